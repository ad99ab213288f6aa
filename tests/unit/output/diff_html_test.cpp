// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/diff_html.hpp"

#include <gtest/gtest.h>

#include "support/diff_report.hpp"

namespace hoodtrace {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    found++;
  return found;
}

DiffReport slower_disk() {
  DiffScene after{.seed = 2};
  after.service_ns *= 2;
  return diff_report({.seed = 1}, after);
}

TEST(DiffHtml, AChangeHasARowALinkAndPicturesOfBothSides) {
  const std::string page = diff_html(slower_disk());
  EXPECT_TRUE(page.starts_with("<!doctype html>"));
  EXPECT_TRUE(has(page, "A: before.htrec"));
  EXPECT_TRUE(has(page, "<td class=worse>worse</td><td><a href=\"#figure-0\">"));
  const std::string section = page.substr(page.find("<section id=\"figure-0\">"));
  const std::string first = section.substr(0, section.find("</section>"));
  EXPECT_TRUE(has(first, "service times"));
  EXPECT_EQ(count(first, "<svg"), 2U) << "over time, and the histograms";
  for (const char* part : {"\"line a\"", "\"line b\"", "\"area a\"", "\"area b\"", "\"mark a\""})
    EXPECT_TRUE(has(first, part)) << part;
}

TEST(DiffHtml, ASumHasNoHistogram) {
  DiffScene after{.seed = 2};
  after.major_per_s = 200;
  const std::string page = diff_html(diff_report({.seed = 1}, after));
  const std::size_t at = page.find("<h2>major page faults, all</h2>");
  ASSERT_NE(at, std::string::npos);
  const std::string section = page.substr(at, page.find("</section>", at) - at);
  EXPECT_EQ(count(section, "<svg"), 1U);
  EXPECT_TRUE(has(section, "<span class=new>new</span>"));
}

TEST(DiffHtml, EqualRunsShowTheTotalsInstead) {
  const std::string page = diff_html(diff_report({.seed = 1}, {.seed = 1}));
  EXPECT_FALSE(has(page, "<table>"));
  EXPECT_FALSE(has(page, "figure-0"));
  EXPECT_TRUE(has(page, "no change that this data can show"));
  EXPECT_TRUE(has(page, "<details open>"));
  EXPECT_TRUE(has(page, "<section id=\"total-0\">"));
}

TEST(DiffHtml, HostileNamesAreTextAndNothingElse) {
  const std::string hostile = "</title><script>alert(1)</script>\"'&\x1b[2J\xff";
  const auto samples = [&hostile](double waits) {
    DiffSamples made;
    for (int i = 0; i < 40; i++) {
      DiffPiece piece;
      piece.work = 0.01;
      piece.add({DiffMetric::kWaitNs, DiffBy::kComm, hostile}, waits + i % 3);
      Histogram lengths;
      lengths.add(static_cast<std::uint64_t>(waits) * 1000, 50);
      piece.add({DiffMetric::kWait, DiffBy::kFile, hostile}, lengths);
      made.add_slice(std::move(piece));
    }
    return made;
  };
  DiffReport report = diff_report(samples(100), samples(900));
  report.a.files = {hostile};
  report.gates.push_back(std::move(*parse_gate("waits<2x")));
  const std::string page = diff_html(report);
  ASSERT_TRUE(has(page, "figure-0")) << "a change is shown";
  EXPECT_FALSE(has(page, "<script"));
  EXPECT_FALSE(has(page, "\x1b"));
  EXPECT_FALSE(has(page, "\xff"));
  EXPECT_TRUE(has(page, "&lt;script&gt;"));
  EXPECT_TRUE(has(page, "gate waits&lt;2x: no data"));
}

TEST(DiffHtml, LoadsNothing) {
  const std::string page = diff_html(slower_disk());
  for (const char* word : {"<script", "http:", "https:", "src=", "url(", "@import"})
    EXPECT_FALSE(has(page, word)) << word;
}

TEST(DiffHtml, TopLimitsTheRows) {
  DiffReport report = slower_disk();
  report.rows = 1;
  const std::string page = diff_html(report);
  EXPECT_EQ(count(page, "<tr><td"), 1U);
  EXPECT_TRUE(has(page, "more changes; --top 0 shows all"));
}

}  // namespace
}  // namespace hoodtrace
