// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/zstd_stream.hpp"

#include <gtest/gtest.h>
#include <zstd.h>

namespace hoodtrace {
namespace {

std::string decompressed(const std::string& frame, std::size_t bytes) {
  std::string out(bytes, '\0');
  const std::size_t got = ::ZSTD_decompress(out.data(), out.size(), frame.data(), frame.size());
  EXPECT_EQ(::ZSTD_isError(got), 0U);
  out.resize(got);
  return out;
}

TEST(ZstdStream, PiecesOfAnySizeBecomeOneFrame) {
  std::string text;
  for (int i = 0; i < 200'000; i++) text += std::to_string(i * 7919 % 1000) + ",";
  for (const std::size_t piece : {std::size_t{1000}, std::size_t{1} << 20, text.size()}) {
    ZstdStream stream;
    std::string frame;
    for (std::size_t at = 0; at < text.size(); at += piece)
      stream.add(std::string_view(text).substr(at, piece), frame);
    stream.finish(frame);
    EXPECT_LT(frame.size(), text.size() / 2);
    EXPECT_EQ(decompressed(frame, text.size()), text);
  }
}

TEST(ZstdStream, NothingIsAnEmptyFrame) {
  ZstdStream stream;
  std::string frame;
  stream.finish(frame);
  EXPECT_FALSE(frame.empty());
  EXPECT_EQ(decompressed(frame, 1), "");
}

}  // namespace
}  // namespace hoodtrace
