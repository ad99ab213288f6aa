// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"

#include <gtest/gtest.h>

#include <random>
#include <sstream>
#include <string>

namespace hoodtrace {
namespace {

std::string encode(std::uint32_t code) {
  std::string out;
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6), put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12), put(0x80 | (code >> 6 & 0x3f)), put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | code >> 18), put(0x80 | (code >> 12 & 0x3f));
    put(0x80 | (code >> 6 & 0x3f)), put(0x80 | (code & 0x3f));
  }
  return out;
}

// Control characters of ISO/IEC 6429 in a text that claims to be harmless.
bool has_control_bytes(const std::string& text) {
  for (std::size_t i = 0; i < text.size(); i++) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    if (byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0)
      return true;  // U+0080 .. U+009F
  }
  return false;
}

TEST(Text, AFixedStringEndsAtItsNulOrItsBuffer) {
  const char full[4] = {'a', 'b', 'c', 'd'};
  const char ended[4] = {'a', '\0', 'c', 'd'};
  EXPECT_EQ(fixed_string(full), "abcd");
  EXPECT_EQ(fixed_string(ended), "a");
}

TEST(Text, EveryC0ControlAndDelIsEscaped) {
  for (std::uint32_t code = 0; code < 0x20; code++) {
    const std::string shown = printable(encode(code));
    EXPECT_EQ(shown.front(), '\\') << code;
    EXPECT_FALSE(has_control_bytes(shown)) << code;
  }
  EXPECT_EQ(printable("\n"), "\\n");
  EXPECT_EQ(printable("\t"), "\\t");
  EXPECT_EQ(printable("\033[31mred"), "\\x1b[31mred");
  EXPECT_EQ(printable("\x7f"), "\\x7f");
}

TEST(Text, VisibleUtf8HasAQuestionMarkForEachCharacterThatIsNotSeen) {
  for (std::uint32_t code = 0; code < 0xa0; code++) {
    const bool is_control = code < 0x20 || code >= 0x7f;
    EXPECT_EQ(visible_utf8("a" + encode(code) + "b"), is_control ? "a?b" : "a" + encode(code) + "b")
        << code;
  }
  for (const std::uint32_t code : {0xadU, 0x61cU, 0x200bU, 0x200dU, 0x200eU, 0x2028U, 0x202eU,
                                   0x2060U, 0x2066U, 0x2069U, 0xfe0fU, 0xfeffU, 0xe0041U})
    EXPECT_EQ(visible_utf8(encode(code)), "?") << std::hex << code;
  for (const std::uint32_t code : {0xa0U, 0xe9U, 0x301U, 0x20acU, 0x4e2dU, 0x1f600U})
    EXPECT_EQ(visible_utf8(encode(code)), encode(code)) << std::hex << code;
  EXPECT_EQ(visible_utf8("a\x9b\xc2"), "a\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(Text, EveryC1ControlIsEscapedEncodedOrRaw) {
  for (std::uint32_t code = 0x80; code < 0xa0; code++) {
    EXPECT_FALSE(has_control_bytes(printable(encode(code)))) << code;
    EXPECT_EQ(printable(std::string(1, static_cast<char>(code))).substr(0, 2), "\\x") << code;
  }
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");  // CSI
}

TEST(Text, BidirectionalControlsAndLineSeparatorsAreEscaped) {
  for (const std::uint32_t code : {0x061cU, 0x200eU, 0x200fU, 0x2028U, 0x2029U, 0x202aU, 0x202bU,
                                   0x202cU, 0x202dU, 0x202eU, 0x2066U, 0x2067U, 0x2068U, 0x2069U})
    EXPECT_EQ(printable(encode(code)).find(encode(code)), std::string::npos) << std::hex << code;
}

TEST(Text, ABackslashIsDoubledSoThatAnEscapeCannotBeForged) {
  EXPECT_EQ(printable("\\x1b"), "\\\\x1b");
  EXPECT_NE(printable("\\n"), printable("\n"));
}

TEST(Text, OrdinaryTextOfAnyScriptStaysAsItIs) {
  for (const char* text : {"kworker/0:1H", "grüße", "日本語", "привет", "🦀"})
    EXPECT_EQ(printable(text), text);
}

// Unicode 15, table 3-7 and the text around it: what is not well formed.
constexpr const char* kIllFormed[] = {
    "\x80",              // a continuation alone
    "\xc0\xaf",          // overlong /
    "\xc1\xbf",          //
    "\xe0\x80\xaf",      // overlong
    "\xf0\x80\x80\xaf",  // overlong
    "\xed\xa0\x80",      // a surrogate
    "\xf4\x90\x80\x80",  // above U+10FFFF
    "\xf8\x88\x80\x80\x80",
    "\xff",
    "\xe2\x82",  // cut off
    "\xf0\x9f\xa6",
};

TEST(Text, IllFormedUtf8IsEscapedByteByByte) {
  for (const char* text : kIllFormed) {
    const std::string bytes(text);
    EXPECT_EQ(printable(bytes).size(), 4 * bytes.size()) << printable(bytes);
  }
  EXPECT_EQ(printable("a\xffz"), "a\\xffz");
}

TEST(Text, ValidUtf8ReplacesEachBadByteAndKeepsTheRest) {
  for (const char* text : kIllFormed) {
    const std::string bytes(text);
    std::string expected;
    for (std::size_t i = 0; i < bytes.size(); i++) expected += "\xef\xbf\xbd";
    EXPECT_EQ(valid_utf8(bytes), expected) << printable(bytes);
  }
  EXPECT_EQ(valid_utf8("a\xffz"), "a\xef\xbf\xbdz");
  EXPECT_EQ(valid_utf8("日本語\033"), "日本語\033");  // JSON escapes controls itself
}

TEST(Text, EveryCodePointIsKeptOrRefusedByValidUtf8) {
  for (std::uint32_t code = 0; code <= 0x10ffff; code++) {
    const bool surrogate = code >= 0xd800 && code < 0xe000;
    if (surrogate) continue;
    ASSERT_EQ(valid_utf8(encode(code)), encode(code)) << std::hex << code;
  }
}

TEST(Text, RandomBytesNeverReachATerminalRaw) {
  std::mt19937 random(7);
  for (int round = 0; round < 20000; round++) {
    std::string bytes;
    for (unsigned i = random() % 24; i > 0; i--) bytes += static_cast<char>(random() & 0xff);
    const std::string shown = printable(bytes);
    ASSERT_FALSE(has_control_bytes(shown));
    ASSERT_EQ(valid_utf8(shown), shown) << "not valid UTF-8";
    ASSERT_EQ(valid_utf8(valid_utf8(bytes)), valid_utf8(bytes));
  }
}

TEST(Text, WidthCountsWideTwiceAndCombiningNot) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(display_width("e\xcc\x81"), 1U);  // e and a combining acute
  EXPECT_EQ(display_width("🦀"), 2U);
  EXPECT_EQ(display_width(""), 0U);
}

TEST(Text, ACutNeverExceedsItsColumnsNorSplitsACharacter) {
  const std::string text = "a日b本c語d🦀e\xcc\x81";
  for (std::size_t columns = 0; columns < 16; columns++) {
    const std::string cut = cut_to_width(text, columns);
    EXPECT_LE(display_width(cut), columns);
    EXPECT_EQ(valid_utf8(cut), cut);
  }
  EXPECT_EQ(cut_to_width("abc", 3), "abc");
  EXPECT_EQ(cut_to_width("abcd", 3), "ab…");
  EXPECT_EQ(cut_to_width("abcd", 1), "…");
  EXPECT_EQ(cut_to_width("abcd", 0), "");
}

TEST(Text, AWrappedLineIsCompleteAndFits) {
  const std::string line =
      "   12  name  one two a日b本c語d🦀 threeandfour" + std::string(90, 'x') + " five";
  const auto packed = [](std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
    return text;
  };
  for (std::size_t columns = 8; columns < 200; columns++) {
    const std::string wrapped = wrap_to_width(line, columns);
    EXPECT_EQ(packed(wrapped), packed(line)) << columns;
    std::istringstream pieces(wrapped);
    for (std::string piece; std::getline(pieces, piece);)
      EXPECT_LE(display_width(piece), columns) << wrapped;
  }
  EXPECT_EQ(wrap_to_width(line, 0), line);
  EXPECT_EQ(wrap_to_width("1  ab cd ef", 8), "1  ab cd\n   ef");
  EXPECT_EQ(wrap_to_width("abcd efgh ij", 10), "abcd efgh\n    ij");
}

}  // namespace
}  // namespace hoodtrace
