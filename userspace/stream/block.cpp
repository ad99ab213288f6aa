// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/block.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>

#include "stream/column_decoder.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kUnsummed = offsetof(BlockHeader, payload_crc);

std::uint32_t header_checksum(const BlockHeader& header) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&header);
  return checksum({bytes + kUnsummed, sizeof(header) - kUnsummed});
}

}  // namespace

std::uint32_t checksum(std::span<const std::uint8_t> bytes) {
  return static_cast<std::uint32_t>(::crc32(0, bytes.data(), static_cast<unsigned>(bytes.size())));
}

bool is_sound(const BlockHeader& header) {
  return header.mark == kBlockMark && header.header_crc == header_checksum(header) &&
         header.stored_bytes <= kMaxBlockBytes && header.raw_bytes <= kMaxBlockBytes &&
         header.records <= kMaxBlockRecords && header.first_ns <= header.last_ns;
}

void BlockPacker::Free::operator()(ZSTD_CCtx_s* context) const { ::ZSTD_freeCCtx(context); }

BlockPacker::BlockPacker(int level)
    : context_(level == 0 ? nullptr : ::ZSTD_createCCtx()), level_(level) {}

std::span<const std::uint8_t> BlockPacker::pack(BlockHeader& header,
                                                std::span<const std::uint8_t> payload,
                                                bool hurried) {
  bytes_.resize(sizeof(header) + std::max(payload.size(), ::ZSTD_compressBound(payload.size())));
  std::uint8_t* stored = bytes_.data() + sizeof(header);
  header.compression = Compression::kNone;
  header.raw_bytes = header.stored_bytes = static_cast<std::uint32_t>(payload.size());
  if (context_) {
    const std::size_t size =
        ::ZSTD_compressCCtx(context_.get(), stored, bytes_.size() - sizeof(header), payload.data(),
                            payload.size(), hurried ? 1 : level_);
    if (::ZSTD_isError(size) == 0 && size < payload.size()) {
      header.compression = Compression::kZstd;
      header.stored_bytes = static_cast<std::uint32_t>(size);
    }
  }
  if (header.compression == Compression::kNone && !payload.empty())
    std::memcpy(stored, payload.data(), payload.size());
  header.payload_crc = checksum({stored, header.stored_bytes});
  header.header_crc = header_checksum(header);
  std::memcpy(bytes_.data(), &header, sizeof(header));
  return {bytes_.data(), sizeof(header) + header.stored_bytes};
}

void BlockUnpacker::Free::operator()(ZSTD_DCtx_s* context) const { ::ZSTD_freeDCtx(context); }

BlockUnpacker::BlockUnpacker() : context_(::ZSTD_createDCtx()) {}

std::span<const std::uint8_t> BlockUnpacker::unpack(const BlockHeader& header,
                                                    std::span<const std::uint8_t> stored) {
  if (stored.size() != header.stored_bytes || checksum(stored) != header.payload_crc) return {};
  bytes_.resize(header.raw_bytes + ColumnDecoder::kSlackBytes);
  switch (header.compression) {
    case Compression::kNone:
      if (header.raw_bytes != stored.size()) return {};
      if (!stored.empty()) std::memcpy(bytes_.data(), stored.data(), stored.size());
      break;
    case Compression::kZstd: {
      const std::size_t size = ::ZSTD_decompressDCtx(
          context_.get(), bytes_.data(), header.raw_bytes, stored.data(), stored.size());
      if (::ZSTD_isError(size) != 0 || size != header.raw_bytes) return {};
      break;
    }
    default:
      return {};
  }
  std::memset(bytes_.data() + header.raw_bytes, 0, ColumnDecoder::kSlackBytes);
  return {bytes_.data(), header.raw_bytes};
}

}  // namespace hoodtrace
