// SPDX-License-Identifier: GPL-2.0-or-later
// An output file. It replaces an older file of the same name as late as possible.
//
// A name that did not exist has the new file at once; when nothing was written it is removed again.
// What existed is replaced in one of two ways:
// - kWhenWhole: the new file is NAME.partial until finish() renames it. Whatever fails, the old one
//   stays.
// - kAtFirstByte: the old one is emptied by the first write(). For live runs, which have dropped
//   the privilege to rename by then; and what they write is visible under its name at once.
// Pipes and devices are written to as they are; "-" is standard output.
#pragma once

#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace hoodtrace {

enum class Replace { kWhenWhole, kAtFirstByte };

class OutputFile {
 public:
  // `mode` is for a new file; a file that is replaced passes on its own mode.
  static Result<OutputFile> create(const std::string& path, unsigned mode, Replace replace);

  OutputFile() = default;
  OutputFile(OutputFile&& other) noexcept { *this = std::move(other); }
  OutputFile& operator=(OutputFile&& other) noexcept;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  // Without finish() the new file is removed, unless keep() was called.
  ~OutputFile();

  Result<void> write(std::string_view bytes);
  // From now on the file is kept even if it is never finished.
  void keep() { is_kept_ = true; }
  // The file is complete and gets its final name. Last call.
  Result<void> finish();

  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  Result<void> copy_into_old() const;

  Fd fd_;
  std::string path_;      // as asked for; for messages
  std::string written_;   // the name that is removed without finish(); empty: none
  std::string target_;    // what `written_` is renamed to; empty: it has its name
  bool empties_ = false;  // the first write() does
  bool is_kept_ = false;
};

// An error when `output` and `input` are the same file, under whatever names. Empty names, "-" and
// names that do not exist are no files.
Result<void> check_not_same_file(const std::string& input, const std::string& output);

}  // namespace hoodtrace
