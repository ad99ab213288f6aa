// SPDX-License-Identifier: GPL-2.0-or-later
// Replays a trace file of version 1, a chunk at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "stream/record_buffer.hpp"
#include "stream/source.hpp"

namespace hoodtrace {

class PlainSource : public Source {
 public:
  // `fd` is positioned after the magic; `path` is for messages.
  PlainSource(std::string path, Fd fd);

  // What is malformed or cut off becomes an ht_trouble (undecodable) and ends the stream.
  Result<std::span<const RecordView>> next() override;

  // The position in the file.
  [[nodiscard]] std::uint64_t offset() const { return read_ - (end_ - start_); }
  // It ended with something malformed, or inside a record.
  [[nodiscard]] bool is_cut() const { return is_cut_; }

 private:
  RecordView up_to_date(RecordView record);
  // Bytes read, 0 at the end of the file.
  Result<std::size_t> fill();

  std::string path_;
  Fd fd_;
  std::vector<std::uint64_t> words_;  // 8-byte aligned file content
  std::size_t start_ = 0;             // bytes of it already yielded
  std::size_t end_ = 0;               // bytes of it read
  bool ended_ = false;
  bool is_cut_ = false;
  std::uint64_t read_ = 8;  // bytes of the file
  std::uint64_t last_ns_ = 0;
  std::vector<RecordView> views_;
  RecordBuffer made_;
  std::vector<std::unique_ptr<RecordBuffer>> grown_;
};

}  // namespace hoodtrace
