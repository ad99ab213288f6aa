// SPDX-License-Identifier: GPL-2.0-or-later
// The bytes of a recording by their offset: of a file, or of a pipe, which is read once and no
// faster than asked for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace hoodtrace {

class InputBytes {
 public:
  InputBytes() = default;
  // The first byte that is still to be read has the offset `begin`. `path` is for messages.
  InputBytes(std::string path, Fd fd, std::uint64_t begin);

  // Bytes at `offset`, fewer only at the end. Of a pipe nothing before the last forget_before().
  Result<std::size_t> read_at(std::uint64_t offset, void* into, std::size_t bytes);
  void forget_before(std::uint64_t offset);

 private:
  Result<std::size_t> read_some(std::uint64_t offset, void* into, std::size_t bytes);

  std::string path_;
  Fd fd_;
  bool is_pipe_ = false;
  std::vector<std::uint8_t> window_;  // of a pipe: what was read and not forgotten
  std::uint64_t window_offset_ = 0;
};

}  // namespace hoodtrace
