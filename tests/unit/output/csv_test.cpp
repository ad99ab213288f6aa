// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/csv.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

Report one_cell(const std::string& text) {
  Report report;
  report.started_ns = 5;
  report.duration_ns = 10;
  report.tables.push_back({"", {{"comm", "COMM", Unit::kText, 1}}, {{Cell(text)}}, 0});
  return report;
}

std::string cell_line(const std::string& text) {
  const std::string out = CsvRenderer().render(one_cell(text));
  const std::size_t first = out.find("\r\n") + 2;
  return out.substr(first, out.find("\r\n", first) - first);
}

TEST(Csv, QuotesWhatNeedsQuotes) {
  EXPECT_EQ(cell_line("plain"), "5,10,plain");
  EXPECT_EQ(cell_line("a,b"), "5,10,\"a,b\"");
  EXPECT_EQ(cell_line("say \"x\""), "5,10,\"say \"\"x\"\"\"");
}

TEST(Csv, HostileTextStaysOneCellOfOneLine) {
  EXPECT_EQ(cell_line("a\r\nb"), "5,10,a\\x0d\\nb");
  EXPECT_EQ(cell_line("\033[2J"), "5,10,\\x1b[2J");
}

TEST(Csv, AFormulaIsDefused) {
  for (const char* text : {"=1+1", "+1", "-1", "@x"})
    EXPECT_EQ(cell_line(text), "5,10,\"'" + std::string(text) + "\"");
}

TEST(Csv, NumbersArePlainAndTheUnmeasuredIsEmpty) {
  Report report;
  report.tables.push_back(
      {"",
       {{"a", "A", Unit::kNs, 1},
        {"b", "B", Unit::kCount, 1},
        {"c", "C", Unit::kShare, 1},
        {"d", "D", Unit::kCount, 1}},
       {{Cell(std::uint64_t{1'000'000}), Cell(std::int64_t{-5}), Cell(0.25), Cell()}},
       0});
  EXPECT_EQ(CsvRenderer().render(report).substr(0, 53),
            "started_ns,duration_ns,a,b,c,d\r\n0,0,1000000,-5,0.25,\r");
}

TEST(Csv, TheHeadingIsPrintedOnceForAllIntervals) {
  CsvRenderer renderer;
  EXPECT_NE(renderer.render(one_cell("x")).find("comm"), std::string::npos);
  EXPECT_EQ(renderer.render(one_cell("x")).find("comm"), std::string::npos);
}

TEST(Csv, LossesAndTheAuditAreComments) {
  Report report = one_cell("x");
  report.seen = 7;
  report.lost = {{"switch", 3}};
  report.undecodable = 2;
  report.audit = {{"wait_ns", 5}, {"kernel_run_delay_ns", nullptr}};
  const std::string out = CsvRenderer().render(report);
  EXPECT_NE(out.find("# events seen 7, undecodable 2, lost switch 3\r\n"), std::string::npos);
  EXPECT_NE(out.find("# audit kernel_run_delay_ns null\r\n"), std::string::npos);
}

}  // namespace
}  // namespace hoodtrace
