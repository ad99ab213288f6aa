// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/json.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace hoodtrace {
namespace {

TEST(JsonRenderer, IsOneLineWithTheSchemasHeadInOrder) {
  Report report;
  report.command = "sched";
  report.target = "the whole system";
  report.seen = 3;
  report.lost = {{"switch", 2}};
  report.audit = {{"wait_ns", 1}};
  report.body.emplace_back("tasks", Json::array());
  const std::string out = JsonRenderer().render(report);
  EXPECT_EQ(out,
            "{\"schema\":\"hoodtrace.sched/1\",\"clock\":\"boottime\",\"started_ns\":0,"
            "\"duration_ns\":0,\"target\":\"the whole system\",\"events\":{\"seen\":3,\"lost\":"
            "{\"switch\":2},\"undecodable\":0},\"audit\":{\"wait_ns\":1},\"tasks\":[]}\n");
}

TEST(JsonRenderer, ListsFollowTheBody) {
  Report report;
  report.command = "sched";
  report.body.emplace_back("system", 1);
  report.lists.emplace_back("tasks", [](std::string& out) { out += "{\"tid\":1},{\"tid\":2}"; });
  report.lists.emplace_back("none", [](std::string&) {});
  const std::string out = JsonRenderer().render(report);
  EXPECT_TRUE(out.ends_with(",\"system\":1,\"tasks\":[{\"tid\":1},{\"tid\":2}],\"none\":[]}\n"))
      << out;
  EXPECT_EQ(Json::parse(out)["tasks"].size(), 2U);
}

TEST(JsonRenderer, HostileTextIsValidUtf8AndStaysOneLine) {
  Report report;
  report.command = "sched";
  report.target = "\xff\xc0\xaf\n\033[31m\"\\";
  report.body.emplace_back("tasks", Json::array({std::string("\xed\xa0\x80\n")}));
  const std::string out = JsonRenderer().render(report);
  EXPECT_EQ(valid_utf8(out), out);
  EXPECT_EQ(out.find('\n'), out.size() - 1);
  EXPECT_EQ(out.find('\033'), std::string::npos);
  const Json parsed = Json::parse(out);
  EXPECT_EQ(parsed["target"], "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\n\033[31m\"\\");
}

TEST(JsonRenderer, NonAsciiControlsAreEscapedAndDecodeAgain) {
  Report report;
  report.command = "sched";
  report.target =
      "\x7f \xc2\x9b"
      "31m \xe2\x80\xae \xc3\xa9 \xe6\xbc\xa2";  // DEL, CSI, RLO, é, 漢
  const std::string out = JsonRenderer().render(report);
  EXPECT_NE(out.find("\\u007f \\u009b31m \\u202e \xc3\xa9 \xe6\xbc\xa2"), std::string::npos) << out;
  EXPECT_EQ(Json::parse(out)["target"], report.target);
}

}  // namespace
}  // namespace hoodtrace
