// SPDX-License-Identifier: GPL-2.0-or-later
// Replays a trace file of any version.
#pragma once

#include <memory>
#include <string>

#include "stream/block_source.hpp"
#include "stream/plain_source.hpp"
#include "stream/source.hpp"

namespace hoodtrace {

class FileSource : public Source {
 public:
  // "-" is standard input. An error when it is no recording, or of a version not known here.
  static Result<std::unique_ptr<FileSource>> open(const std::string& path);

  // What is damaged or cut off shows as an ht_trouble, and before it, where records are missing, as
  // an ht_lost of unknown types on every CPU.
  Result<std::span<const RecordView>> next() override;

  // Of the file, as far as it was read.
  struct Facts {
    int version = 0;
    std::uint64_t bytes = 0;
    std::uint64_t offset = 0;  // position in the file
    std::uint64_t blocks = 0;  // version 2
    std::uint64_t damaged_blocks = 0;
    bool is_whole = true;              // nothing was damaged, and the end is there
    std::uint64_t trailing_bytes = 0;  // behind the end of a whole file
  };
  [[nodiscard]] Facts facts() const;
  // Which records of the last next() are not from the file, but report what is missing.
  [[nodiscard]] bool is_made(const RecordView& record) const;

 private:
  FileSource() = default;

  Facts facts_;
  std::unique_ptr<PlainSource> plain_;  // version 1
  std::unique_ptr<BlockSource> blocks_;
};

}  // namespace hoodtrace
