// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/text_table.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "base/text.hpp"

namespace hoodtrace {
namespace {

Report report_of(std::vector<std::vector<Cell>> rows) {
  Report report;
  report.command = "sched";
  report.target = "x";
  report.how = "hooks";
  Table table;
  table.columns = {{"comm", "COMM", Unit::kText, 1},      {"wait_ns", "WAIT", Unit::kNs, 1},
                   {"runs", "RUNS", Unit::kCount, 5},     {"share", "SHARE", Unit::kShare, 4},
                   {"hidden", "HIDDEN", Unit::kCount, 0}, {"behind", "BEHIND", Unit::kText, 3}};
  table.rows = std::move(rows);
  report.tables.push_back(std::move(table));
  return report;
}

std::vector<Cell> row(const std::string& comm, const std::string& behind) {
  return {comm, std::uint64_t{1'230'000}, std::uint64_t{42}, 0.5, std::uint64_t{1}, behind};
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> list;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) list.push_back(line);
  return list;
}

TEST(TextTable, ColumnsAreAlignedAndRankZeroIsNotShown) {
  const auto out = lines(TextRenderer({0, false}).render(report_of({row("make", "cc1 50 %")})));
  EXPECT_EQ(out[2], "COMM     WAIT  RUNS   SHARE  BEHIND");
  EXPECT_EQ(out[3], "make  1.23 ms    42  50.0 %  cc1 50 %");
}

TEST(TextTable, WideCharactersKeepTheColumns) {
  const auto out =
      lines(TextRenderer({0, false}).render(report_of({row("日本", "x"), row("abcd", "x")})));
  EXPECT_EQ(display_width(out[3]), display_width(out[4]));
}

TEST(TextTable, HostileTextNeverReachesTheTerminalRaw) {
  Report report = report_of({row("\033]0;owned\007\n",
                                 "\xff\x9b"
                                 "2J")});
  report.target = "\033[31m";
  report.how = "\033[32m";
  const std::string out = TextRenderer({0, false}).render(report);
  EXPECT_EQ(out.find('\033'), std::string::npos);
  EXPECT_EQ(out.find('\007'), std::string::npos);
  EXPECT_EQ(valid_utf8(out), out);
}

TEST(TextTable, FitsTheTerminalByShrinkingTextAndThenLeavingColumnsOut) {
  const Report report = report_of({row("make", std::string(200, 'x'))});
  for (std::size_t width = 20; width < 120; width++)
    for (const std::string& line : lines(TextRenderer({width, false}).render(report))) {
      if (!line.starts_with("COMM") && !line.starts_with("make")) continue;
      EXPECT_LE(display_width(line), width) << line;
    }
}

TEST(TextTable, AColumnOfHigherRankGoesFirst) {
  const Report report = report_of({row("make", "cc1")});
  const std::string wide = TextRenderer({60, false}).render(report);
  EXPECT_NE(wide.find("RUNS"), std::string::npos);
  const std::string narrow = TextRenderer({34, false}).render(report);
  EXPECT_EQ(narrow.find("RUNS"), std::string::npos) << "rank 5";
  EXPECT_NE(narrow.find("SHARE"), std::string::npos) << "rank 4";
}

TEST(TextTable, WithoutATerminalNothingIsCut) {
  const std::string long_text(500, 'x');
  EXPECT_NE(TextRenderer({0, false}).render(report_of({row("make", long_text)})).find(long_text),
            std::string::npos);
}

TEST(TextTable, ColourOnlyWhenAskedFor) {
  const Report report = report_of({row("make", "x")});
  EXPECT_EQ(TextRenderer({0, false}).render(report).find('\033'), std::string::npos);
  EXPECT_NE(TextRenderer({0, true}).render(report).find("\033[1m"), std::string::npos);
}

TEST(TextTable, TheUnmeasuredIsADashAndZeroIsZero) {
  const auto out = lines(TextRenderer({0, false})
                             .render(report_of({{std::string("a"), std::uint64_t{0}, Cell(), Cell(),
                                                 Cell(), std::string()}})));
  EXPECT_EQ(out[3], "a        0     -      -  ");
}

TEST(TextTable, ReportsHiddenRowsAndLosses) {
  Report report = report_of({row("make", "x")});
  report.tables[0].hidden_rows = 3;
  report.seen = 1234567;
  EXPECT_NE(TextRenderer({0, false}).render(report).find("events: 1 234 567 seen, none lost\n"),
            std::string::npos);
  report.lost = {{"switch", 12000}, {"late", 1}};
  report.undecodable = 2;
  const std::string out = TextRenderer({0, false}).render(report);
  EXPECT_NE(out.find("(and 3 more; --top 0 shows all)"), std::string::npos);
  EXPECT_NE(out.find("seen, 12 001 lost: 1 late, 12 000 switch; 2 not decodable\n"),
            std::string::npos);
}

TEST(TextTable, OnlyWhatIsWrongIsRed) {
  Report report;
  report.command = "sched";
  report.remarks = {"audit: waits 5 ns, kernel run_delay 5 ns: equal", "audit: 2 tasks left out"};
  EXPECT_EQ(TextRenderer({0, true}).render(report).find("\033[31m"), std::string::npos);
  report.remarks.emplace_back("audit: waits 6 ns, kernel run_delay 5 ns: they differ by +1 ns");
  EXPECT_NE(TextRenderer({0, true}).render(report).find("\033[31maudit: waits 6 ns"),
            std::string::npos);
  report.remarks.clear();
  report.lost["switch"] = 3;
  EXPECT_NE(TextRenderer({0, true}).render(report).find("\033[31m, 3 lost: 3 switch"),
            std::string::npos);
  EXPECT_EQ(TextRenderer({0, false}).render(report).find('\033'), std::string::npos);
}

// The kernel called no tracepoint for them: they are no loss.
TEST(TextTable, SwitchesThatTheKernelDidNotReportAreNotLost) {
  Report report;
  report.lost["unshown"] = 3;
  const std::string text = TextRenderer({}).render(report);
  EXPECT_NE(text.find("none lost"), std::string::npos) << text;
  EXPECT_NE(text.find("\n3 switches not reported by the kernel\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace hoodtrace
