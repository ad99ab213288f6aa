// SPDX-License-Identifier: GPL-2.0-or-later
// Where reports go: a file that was asked for, standard output, or standard error.
#pragma once

#include <string>

#include "base/output_file.hpp"
#include "base/result.hpp"
#include "output/renderer.hpp"

namespace hoodtrace {

class Sink {
 public:
  // `path` empty = standard output, or standard error when `keep_stdout` (a traced command owns
  // it).
  static Result<Sink> open(const std::string& path, bool keep_stdout,
                           Replace replace = Replace::kWhenWhole);

  Result<void> write(const std::string& bytes);
  // All is written: a file has its name. Without it, what a file replaces stays (see OutputFile).
  Result<void> finish();

  [[nodiscard]] bool is_terminal() const;
  // Columns of the terminal; 0 when it is none.
  [[nodiscard]] std::size_t width() const;

 private:
  OutputFile file_;
  bool is_file_ = false;
  int fd_ = 1;
  std::string name_;
};

}  // namespace hoodtrace
