// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/terminal_text.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

TEST(AsciiDrawings, ATreeKeepsItsWidth) {
  const std::string tree = "├─ a\n│  └─ b → c…\n";
  EXPECT_EQ(ascii_drawings(tree), "|- a\n|  `- b > c~\n");
  // Names stay as they are.
  EXPECT_EQ(ascii_drawings("naïve 猫"), "naïve 猫");
}

TEST(Utf8Locale, TheFirstVariableThatIsSetDecides) {
  EXPECT_TRUE(is_utf8_locale(nullptr, nullptr, nullptr));
  EXPECT_TRUE(is_utf8_locale("", "", "de_DE.UTF-8"));
  EXPECT_TRUE(is_utf8_locale("C.utf8", nullptr, "C"));
  EXPECT_FALSE(is_utf8_locale("C", nullptr, "de_DE.UTF-8"));
  EXPECT_FALSE(is_utf8_locale(nullptr, "POSIX", "de_DE.UTF-8"));
  EXPECT_FALSE(is_utf8_locale(nullptr, nullptr, "de_DE@euro"));
}

}  // namespace
}  // namespace hoodtrace
