// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/timeline_html.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Timeline small() {
  Timeline timeline;
  timeline.title = "2 s (kernel)";
  timeline.to_ns = 10'000'000'000;
  TimelineLane lane;
  lane.name = "a.service";
  lane.unit = {{1'000'000'000, 2'000'000'000, BarKind::kStarting, "a.service", "came up in 1 s"}};
  lane.processes = {
      {{1'000'000'000, 1'500'000'000, BarKind::kFailed, "/bin/a -x", "pid 7, exit 1"}}};
  timeline.lanes.push_back(lane);
  timeline.marks = {{2'000'000'000, "basic.target", false}, {3'000'000'000, "userspace", true}};
  return timeline;
}

TEST(TimelineHtml, HasLanesBarsAndMarks) {
  const std::string page = timeline_html(small());
  EXPECT_TRUE(page.starts_with("<!doctype html>"));
  EXPECT_TRUE(has(page, ">a.service</text>"));
  EXPECT_TRUE(has(page, "class=\"starting\""));
  EXPECT_TRUE(has(page, "class=\"failed\""));
  EXPECT_TRUE(has(page, "<title>/bin/a -x\npid 7, exit 1\nfrom 1.000 s to 1.500 s</title>"));
  EXPECT_TRUE(has(page, ">basic.target</text>"));
  EXPECT_TRUE(has(page, "class=phase"));
}

TEST(TimelineHtml, HostileWordsAreTextAndNothingElse) {
  Timeline timeline = small();
  const std::string hostile = "</title><script>alert(1)</script>\"'&\x1b[2J\xff";
  timeline.title = hostile;
  timeline.lanes[0].name = hostile;
  timeline.lanes[0].processes[0][0].label = hostile;
  timeline.lanes[0].processes[0][0].details = hostile;
  timeline.marks[0].label = hostile;
  timeline.remarks = {hostile};
  const std::string page = timeline_html(timeline);
  EXPECT_FALSE(has(page, "<script"));
  EXPECT_FALSE(has(page, "\x1b"));
  EXPECT_FALSE(has(page, "\xff"));
  EXPECT_TRUE(has(page, "&lt;script&gt;"));
  EXPECT_TRUE(has(page, "&amp;"));
}

TEST(TimelineHtml, NothingIsDrawnOutside) {
  Timeline timeline = small();
  timeline.lanes[0].unit[0].to_ns = ~0ULL;
  timeline.marks[0].time_ns = ~0ULL;
  const std::string page = timeline_html(timeline);
  EXPECT_TRUE(has(page, "width=\"1260.00\"")) << page;  // nine of ten seconds of 1400 pixels
}

TEST(TimelineHtml, AnEmptyOneIsAPage) { EXPECT_TRUE(has(timeline_html({}), "</html>")); }

}  // namespace
}  // namespace hoodtrace
