// SPDX-License-Identifier: GPL-2.0-or-later
// Values of labels: short, and still different where the names were.
#include "model/totals/label_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/text.hpp"

namespace hoodtrace {
namespace {

std::size_t bytes_in_a_scrape(const std::string& label) {
  return label.size() +
         static_cast<std::size_t>(std::count_if(label.begin(), label.end(),
                                                [](char c) { return c == '\\' || c == '"'; }));
}

TEST(LabelText, ANameOfTheMostBytesIsNotCut) {
  const std::string name(kMostLabelBytes, 'a');
  EXPECT_EQ(cut_label(name), name);
  EXPECT_EQ(cut_label(""), "");
  EXPECT_EQ(cut_label("postgresql@15-main.service"), "postgresql@15-main.service");
}

TEST(LabelText, ALongNameIsCutVisiblyAndItsHashIsThatOfAllOfIt) {
  const std::string begin(200, 'a');
  const std::string cut = cut_label(begin + "x");
  EXPECT_EQ(cut.size(), kMostLabelBytes);
  EXPECT_EQ(cut.substr(0, 109), begin.substr(0, 109));
  EXPECT_EQ(cut.substr(109, 3), "…");
  EXPECT_NE(cut, cut_label(begin + "y"));
  EXPECT_EQ(cut, cut_label(begin + "x"));
}

TEST(LabelText, TheHashIsAlwaysTheSame) {
  // A restart of serve must not give a unit another series.
  EXPECT_EQ(cut_label(std::string(129, 'a')).substr(112), "ba20d66a82fdb40c");
}

TEST(LabelText, WhatIsEscapedCountsTwice) {
  for (const char c : {'"', '\\'}) {
    EXPECT_EQ(cut_label(std::string(64, c)), std::string(64, c));
    const std::string cut = cut_label(std::string(65, c));
    EXPECT_LE(bytes_in_a_scrape(cut), kMostLabelBytes);
    EXPECT_GE(bytes_in_a_scrape(cut), kMostLabelBytes - 1);
  }
}

TEST(LabelText, ACutIsBetweenTwoCharacters) {
  for (const std::string& character : {std::string("é"), std::string("€"), std::string("😀")})
    for (std::size_t before = 0; before < 5; before++) {
      std::string name(before, 'a');
      while (name.size() <= 300) name += character;
      const std::string cut = cut_label(name);
      EXPECT_EQ(cut, valid_utf8(cut));
      EXPECT_LE(cut.size(), kMostLabelBytes);
      EXPECT_GT(cut.size(), kMostLabelBytes - character.size());
    }
}

}  // namespace
}  // namespace hoodtrace
