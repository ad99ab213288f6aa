// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/json_text.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace hoodtrace {
namespace {

std::string text_of(std::string_view hostile) {
  std::string out;
  append_json_text(out, hostile);
  return out;
}

TEST(JsonText, PlainTextIsQuoted) { EXPECT_EQ(text_of("make -j2"), "\"make -j2\""); }

TEST(JsonText, QuotesAndBackslashesAreEscaped) { EXPECT_EQ(text_of("a\"b\\c"), "\"a\\\"b\\\\c\""); }

TEST(JsonText, TerminalControlsAreEscaped) {
  EXPECT_EQ(text_of("\033[2J\n\x7f"), "\"\\u001b[2J\\u000a\\u007f\"");
  EXPECT_EQ(text_of("\xc2\x9b!"), "\"\\u009b!\"") << "a C1 control: CSI";
  EXPECT_EQ(text_of("\xe2\x80\xae\xe2\x81\xa6\xe2\x80\xa8"), "\"\\u202e\\u2066\\u2028\"");
}

TEST(JsonText, OtherTextIsUnchanged) {
  EXPECT_EQ(text_of("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xe2\x80\xa6"),
            "\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xe2\x80\xa6\"");
}

TEST(JsonText, AnyBytesComeBackAsJsonReadsThem) {
  std::string all;
  for (int c = 0; c < 256; c++) all += static_cast<char>(c);
  for (std::size_t from = 0; from < all.size(); from++) {
    const auto read = nlohmann::json::parse(text_of(all.substr(from)), nullptr, false);
    ASSERT_TRUE(read.is_string()) << from;
  }
  EXPECT_EQ(nlohmann::json::parse(text_of(all.substr(0, 128))), all.substr(0, 128));
}

}  // namespace
}  // namespace hoodtrace
