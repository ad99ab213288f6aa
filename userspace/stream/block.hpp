// SPDX-License-Identifier: GPL-2.0-or-later
// One block of a trace file to and from bytes: compression and checksums (see recording.hpp).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "stream/recording.hpp"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace hoodtrace {

std::uint32_t checksum(std::span<const std::uint8_t> bytes);

// Its mark, its checksum, and sizes that can be.
bool is_sound(const BlockHeader& header);

class BlockPacker {
 public:
  // Level of zstd; 0 = not compressed.
  explicit BlockPacker(int level);

  // Header and payload as they go into the file; sizes, checksums and compression of the header are
  // filled in. Valid until the next call. `hurried`: at level 1, if at all.
  std::span<const std::uint8_t> pack(BlockHeader& header, std::span<const std::uint8_t> payload,
                                     bool hurried = false);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
  int level_;
  std::vector<std::uint8_t> bytes_;
};

class BlockUnpacker {
 public:
  BlockUnpacker();

  // The payload of a block with a sound header, from its stored bytes; empty when they do not fit
  // their checksum or do not decompress. Valid until the next call, ColumnDecoder's slack behind
  // it.
  std::span<const std::uint8_t> unpack(const BlockHeader& header,
                                       std::span<const std::uint8_t> stored);

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace hoodtrace
