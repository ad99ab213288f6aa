// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/zstd_stream.hpp"

#include <zstd.h>

#include <array>

namespace hoodtrace {

void ZstdStream::Free::operator()(ZSTD_CCtx_s* context) const { ::ZSTD_freeCCtx(context); }

ZstdStream::ZstdStream() : context_(::ZSTD_createCCtx()) {
  ::ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
}

void ZstdStream::add(std::string_view bytes, std::string& out) { compress(bytes, false, out); }

void ZstdStream::finish(std::string& out) { compress({}, true, out); }

void ZstdStream::compress(std::string_view bytes, bool is_end, std::string& out) {
  std::array<char, 65536> room{};
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  for (;;) {
    ZSTD_outBuffer ready{room.data(), room.size(), 0};
    // With memory and a valid context it cannot fail: 0 = nothing is left.
    const std::size_t left =
        ::ZSTD_compressStream2(context_.get(), &ready, &in, is_end ? ZSTD_e_end : ZSTD_e_continue);
    out.append(room.data(), ready.pos);
    if (::ZSTD_isError(left) != 0) return;
    if (is_end ? left == 0 : in.pos == in.size) return;
  }
}

}  // namespace hoodtrace
