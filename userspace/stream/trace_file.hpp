// SPDX-License-Identifier: GPL-2.0-or-later
// Writes a trace file block by block; always leaves it complete.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/output_file.hpp"
#include "base/result.hpp"
#include "stream/block.hpp"

namespace hoodtrace {

class TraceFile {
 public:
  // A new file has mode 0600. Nothing is written before the first block.
  static Result<TraceFile> create(const std::string& path);

  // Appends a packed block. An error (a full disk, say) cuts the file back to its last whole block.
  Result<void> append(const BlockHeader& header, std::span<const std::uint8_t> packed);

  // Writes index and trailer; last call. When the disk is full, they replace the last blocks.
  Result<void> finish();

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t blocks() const { return index_.size(); }
  // The records in its blocks.
  [[nodiscard]] std::uint64_t records() const;

 private:
  explicit TraceFile(OutputFile file) : file_(std::move(file)) {}

  Result<void> put_magic();
  Result<void> put(std::span<const std::uint8_t> bytes);
  Result<void> put_end();
  void cut_to(std::uint64_t bytes);

  OutputFile file_;
  std::uint64_t bytes_ = 0;
  std::vector<IndexEntry> index_;
};

}  // namespace hoodtrace
