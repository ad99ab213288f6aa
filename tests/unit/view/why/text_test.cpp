// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/why/text.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.hpp"
#include "support/why_scenario.hpp"

namespace hoodtrace {
namespace {

WhyRow blocked_worker(std::string object) {
  WhyRow row;
  row.tid = 11;
  row.pid = 10;
  row.comm = "worker";
  row.process = "db";
  row.wall_ns = 2'000'000'000;
  WhyLine& line = row.lines.emplace_back();
  line.cause = {.part = WhyPart::kBlocked,
                .reason = WhyReason::kCall,
                .object_kind = WhyObjectKind::kFile,
                .relation = WhyRelation::kTimer,
                .call = kReadCall};
  line.object = std::move(object);
  line.ns = 1'000'000'000;
  line.count = 12'345;
  line.max_ns = 20'000'000;
  return row;
}

std::vector<std::string> texts(const std::vector<WhyRow>& rows, std::size_t width,
                               Grouping by = Grouping::kThread) {
  std::vector<std::string> list;
  for (const Line& line : why_lines(rows, WhoTable(), by, width)) list.push_back(line.text);
  return list;
}

TEST(WhyText, HasABlockPerThreadInColumns) {
  EXPECT_EQ(texts({blocked_worker("/x")}, 80),
            (std::vector<std::string>{
                "THREAD                            SHARE    TIME   COUNT      MAX",
                "worker (11), thread of db (10)  100.0 %  2.00 s",
                "  blocked                        50.0 %  1.00 s  12 345  20.0 ms",
                "    read /x, ended by a timer    50.0 %  1.00 s  12 345  20.0 ms"}));
}

TEST(WhyText, ALongObjectIsBrokenAfterAComma) {
  const auto lines = texts({blocked_worker("/var/lib/db/base/5/12490")}, 80);
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_TRUE(lines[3].starts_with("    read /var/lib/db/base/5/12490, ")) << lines[3];
  EXPECT_EQ(lines[4], "      ended by a timer");
}

TEST(WhyText, NoLineIsWiderThanTheTerminalAndNothingIsCut) {
  const std::string path = "/" + std::string(300, 'x') + "\xc3\xa9" + std::string(100, 'y');
  for (const std::size_t width : {64, 80, 160}) {
    std::string all;
    for (const std::string& line : texts({blocked_worker(path)}, width)) {
      EXPECT_LE(display_width(line), width) << line;
      all += line;
    }
    std::erase(all, ' ');
    EXPECT_EQ(std::count(all.begin(), all.end(), 'x'), 300);
    EXPECT_NE(all.find("\xc3\xa9"), std::string::npos);
    EXPECT_GE(std::count(all.begin(), all.end(), 'y'), 100);
  }
}

TEST(WhyText, WithoutATerminalNothingIsBroken) {
  const std::string path = "/" + std::string(300, 'x');
  EXPECT_NE(texts({blocked_worker(path)}, 0)[3].find(path), std::string::npos);
}

TEST(WhyText, ControlCharactersAreEscaped) {
  EXPECT_NE(texts({blocked_worker("/\x1b[31m")}, 80)[3].find("/\\x1b[31m"), std::string::npos);
}

TEST(WhyText, AGroupHasItsNumberOfThreads) {
  WhyRow row = blocked_worker("/x");
  row.tid.reset();
  row.stats.threads = 3;
  EXPECT_TRUE(texts({row}, 80, Grouping::kProcess)[1].starts_with("worker (10), 3 threads "));
  row.pid.reset();
  row.stats.threads = 1;
  EXPECT_TRUE(texts({row}, 80, Grouping::kComm)[1].starts_with("worker, 1 thread "));
}

TEST(WhyText, ExactSecondsHaveAllDigits) {
  EXPECT_EQ(exact_seconds(10'000'000'000), "10.000 000 000 s");
  EXPECT_EQ(exact_seconds(1'234'056'007'089), "1 234.056 007 089 s");
  EXPECT_EQ(exact_seconds(7), "0.000 000 007 s");
}

}  // namespace
}  // namespace hoodtrace
