// SPDX-License-Identifier: GPL-2.0-or-later
// Replays a trace file of version 2: one block in memory at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "stream/block.hpp"
#include "stream/column_decoder.hpp"
#include "stream/gap.hpp"
#include "stream/input_bytes.hpp"
#include "stream/source.hpp"

namespace hoodtrace {

class BlockSource : public Source {
 public:
  // `path` is for messages.
  BlockSource(std::string path, Fd fd) : bytes_(std::move(path), std::move(fd), kFirstBlock) {}

  Result<std::span<const RecordView>> next() override;

  // So far: blocks that were read whole, and those that were not.
  [[nodiscard]] std::uint64_t blocks() const { return blocks_; }
  [[nodiscard]] std::uint64_t damaged_blocks() const { return damaged_; }
  // The position in the file.
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  // Its end is missing.
  [[nodiscard]] bool is_cut() const { return is_cut_; }
  // Something follows its end.
  [[nodiscard]] bool has_more() const { return has_more_; }
  // The records of the last next() are not from the file: they report what is missing.
  [[nodiscard]] bool is_made() const { return is_made_; }

 private:
  // The next block with a sound header at or behind offset_; false at the file's end.
  Result<bool> find_block(BlockHeader& header);
  Result<bool> search_mark();
  Result<void> read_block();
  Result<bool> is_whole_end(const BlockHeader& header, std::uint64_t begin);
  void miss(std::uint64_t first_ns, std::uint64_t last_ns, std::uint64_t records);
  void end(bool whole);

  static constexpr std::uint64_t kFirstBlock = 8;  // its offset: behind the magic

  InputBytes bytes_;
  std::uint64_t offset_ = kFirstBlock;  // of the next block
  bool ended_ = false;
  bool is_cut_ = false;
  bool has_more_ = false;
  bool is_made_ = false;
  bool in_block_ = false;
  BlockHeader header_;
  std::uint32_t given_ = 0;           // records of this block
  std::uint64_t records_before_ = 0;  // of the next block, if none is missing
  std::uint64_t last_ns_ = 0;
  std::uint32_t cpus_ = 1;
  std::uint64_t blocks_ = 0;
  std::uint64_t damaged_ = 0;
  std::vector<std::uint8_t> stored_;
  std::vector<std::uint8_t> window_;
  BlockUnpacker unpacker_;
  ColumnDecoder decoder_;
  RecordBuffer made_;
  std::vector<RecordView> made_views_;
};

}  // namespace hoodtrace
