// SPDX-License-Identifier: GPL-2.0-or-later
// What the traced system puts into names never reaches a terminal, a parser or a sheet raw.

#include <fstream>
#include <sstream>

#include "live/procs/expectations.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace::testing {
namespace {

// No control character but the line's end, no C1 control, no bidirectional override.
void expect_harmless(const std::string& text, bool carriage_returns) {
  for (std::size_t i = 0; i < text.size(); i++) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\n' || (carriage_returns && c == '\r')) continue;
    ASSERT_TRUE(c >= 0x20 && c != 0x7f) << "at " << i << ": " << text.substr(i, 40);
    ASSERT_FALSE(c == 0xc2 && static_cast<unsigned char>(text[i + 1]) < 0xa0) << i;
    ASSERT_NE(text.substr(i, 3), "\xe2\x80\xae") << i;
    ASSERT_NE(c, 0xff) << i;
  }
}

std::string traced(const Words& arguments) {
  const TemporaryFolder folder;
  Words words{HOODTRACE_BINARY, "procs", "-o", folder.file("out")};
  words.insert(words.end(), arguments.begin(), arguments.end());
  words.insert(words.end(), {"--", workload_path(), "life", "hostile"});
  ChildProcess hoodtrace(words);
  EXPECT_EQ(hoodtrace.wait(std::chrono::seconds(60)), 0) << hoodtrace.error();
  std::ifstream file(folder.file("out"));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(ProcsHostile, NoViewShowsARawCharacter) {
  HOODTRACE_LIVE();
  for (const Words& view : std::vector<Words>{{"--timeline"},
                                              {"--tree"},
                                              {"--gantt"},
                                              {"--failed"},
                                              {"--tree", "--threads", "--with", "sched"}}) {
    const std::string text = traced(view);
    expect_harmless(text, false);
    EXPECT_GT(text.size(), 200U) << view[0];
  }
  expect_harmless(traced({"--format", "csv"}), true);
}

TEST(ProcsHostile, JsonIsValidAndOneLine) {
  HOODTRACE_LIVE();
  const std::string text = traced({"--format", "json"});
  expect_harmless(text, false);
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  const Json report = Json::parse(text, nullptr, false);
  ASSERT_FALSE(report.is_discarded());
  bool found = false;
  bool long_found = false;
  for (const Json& process : report["processes"])
    for (const Json& exec : process["execs"]) {
      if (exec["argv"].size() > 3 && exec["argv"][2] == "line\nbreak") {
        found = true;
        EXPECT_EQ(exec["argv"][0], "\x1b]0;owned\x07");
        EXPECT_EQ(exec["argv"][3], "\xef\xbf\xbd\xef\xbf\xbd");
        EXPECT_EQ(exec["argv"][4], "=cmd|' /C calc'!A0");
      }
      if (exec["file"].get<std::string>().size() >= 4000) long_found = true;
    }
  EXPECT_TRUE(found);
  EXPECT_TRUE(long_found);
}

TEST(ProcsHostile, TheTextShowsTheEscapedNames) {
  HOODTRACE_LIVE();
  const std::string text = traced({"--timeline"});
  EXPECT_NE(text.find("'line\\nbreak'"), std::string::npos) << text;
  EXPECT_NE(text.find("\\x1b]0;owned\\x07"), std::string::npos);
  EXPECT_NE(text.find("\\xff\\xe2\\x80\\xae.sh"), std::string::npos);
}

}  // namespace
}  // namespace hoodtrace::testing
