// SPDX-License-Identifier: GPL-2.0-or-later
// Writes a trace file block by block; always leaves it whole.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "stream/block.hpp"

namespace hoodtrace {

class TraceFile {
 public:
  // Makes or truncates it, mode 0600, with nothing but its magic in it.
  static Result<TraceFile> create(const std::string& path);

  // Appends a packed block. An error (a full disk, say) cuts the file back to its last whole block.
  Result<void> append(const BlockHeader& header, std::span<const std::uint8_t> packed);

  // Writes index and trailer; last call. When the disk has no room for them, the last blocks make
  // room.
  Result<void> finish();

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t blocks() const { return index_.size(); }
  // The records in its blocks.
  [[nodiscard]] std::uint64_t records() const;

 private:
  TraceFile(std::string path, Fd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  Result<void> put(std::span<const std::uint8_t> bytes);
  Result<void> put_end();
  void cut_to(std::uint64_t bytes);

  std::string path_;
  Fd fd_;
  std::uint64_t bytes_ = 0;
  std::vector<IndexEntry> index_;
};

}  // namespace hoodtrace
