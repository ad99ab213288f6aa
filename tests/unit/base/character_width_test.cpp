// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/character_width.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

// Each beside its line in the Unicode Character Database (14.0.0).
TEST(CharacterWidth, OneColumnForMostScripts) {
  for (const std::uint32_t code :
       {0x20U, 0x41U, 0xe9U, 0xadU, 0x3b1U, 0x416U, 0x5d0U, 0x2500U, 0x1f650U})
    EXPECT_EQ(character_width(code), 1U) << std::hex << code;
}

TEST(CharacterWidth, TwoForEastAsianWideAndEmoji) {
  for (const std::uint32_t code : {0x1100U, 0x231aU, 0x3042U, 0x4e00U, 0xac00U, 0xff21U, 0x1f600U,
                                   0x1f680U, 0x1f6d2U, 0x1f7e0U, 0x1fa80U, 0x20000U, 0x3fffdU})
    EXPECT_EQ(character_width(code), 2U) << std::hex << code;
}

TEST(CharacterWidth, NoneForMarksAndFormatCharacters) {
  for (const std::uint32_t code : {0x300U, 0x36fU, 0x483U, 0x591U, 0x93cU, 0x1160U, 0x200bU,
                                   0x200dU, 0xfe0fU, 0xfeffU, 0xe0100U, 0x1e8d0U})
    EXPECT_EQ(character_width(code), 0U) << std::hex << code;
}

}  // namespace
}  // namespace hoodtrace
