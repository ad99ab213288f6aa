// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/nearest_word.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

const std::vector<std::string_view> kWords = {"thread", "process", "comm", "cgroup", "cpu"};

TEST(NearestWord, AMissingWrongOrSwappedLetterIsAMistake) {
  for (const char* typed : {"cgrop", "cgruop", "cgroups", "cgroip", "CGroup"})
    EXPECT_EQ(nearest_word(typed, kWords), "cgroup") << typed;
  EXPECT_EQ(nearest_word("proces", kWords), "process");
  EXPECT_EQ(nearest_word("cpus", kWords), "cpu");
}

TEST(NearestWord, WhatIsFarFromAllIsNone) {
  EXPECT_EQ(nearest_word("planet", kWords), "");
  EXPECT_EQ(nearest_word("x", kWords), "");
  EXPECT_EQ(nearest_word("", kWords), "");
  EXPECT_EQ(nearest_word("cpu", {}), "");
}

TEST(NearestWord, TheHintNamesTheWord) {
  EXPECT_EQ(did_you_mean("cgrop", kWords), "; did you mean cgroup?");
  EXPECT_EQ(did_you_mean("planet", kWords), "");
}

}  // namespace
}  // namespace hoodtrace
