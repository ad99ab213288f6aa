// SPDX-License-Identifier: GPL-2.0-or-later
// Every screen of `top` at three sizes, character for character, drawn from recordings. After a wanted
// change: HOODTRACE_UPDATE_GOLDEN=1 ctest -L golden, and read the frames as one who needs them would.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <ostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "support/recorded_browser.hpp"

namespace hoodtrace::golden {
namespace {

struct Case {
  std::string name;
  std::string recording;  // in recordings/
  std::string keys;       // then "\n" is Enter, "\t" Tab, "\v" Down
};

void PrintTo(const Case& wanted, std::ostream* out) { *out << wanted.name; }

const Case kCases[] = {
    {"units", "top_shop", "1"},
    {"tasks", "top_shop", "2"},
    {"why", "top_shop", "3"},
    {"cpus", "top_shop", "4"},
    {"faults", "top_shop", "5{]"},
    {"cache", "top_shop", "6{]"},
    {"disk", "top_shop", "7{]"},
    {"lives", "top_shop", "8"},
    {"load", "top_shop", "9"},
    {"task", "top_shop", "2\n"},
    {"process", "top_shop", "2b\v\n"},
    {"unit_tasks", "top_shop", "1\n"},
    {"filtered", "top_shop", "2/comm:nobody\n"},
    {"following", "top_shop", "2/comm:ld\nF3"},
    {"remarks", "top_shop", "!"},
    {"keys", "top_shop", "?"},
    {"not_recorded", "faults_only", "3"},
};

constexpr std::pair<std::size_t, std::size_t> kSizes[] = {{80, 24}, {120, 40}, {200, 60}};

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

testing::RecordedBrowser browse(const Case& wanted) {
  BrowserFacts facts;
  facts.host = "db1";
  facts.from = wanted.recording + ".htrec";
  facts.target = facts.from;
  return {HOODTRACE_SOURCE_DIR "/tests/golden/recordings/" + wanted.recording + ".htrec",
          std::move(facts)};
}

void press(testing::RecordedBrowser& browser, const std::string& keys) {
  for (const char c : keys) {
    if (c == '\n')
      browser.press(KeyCode::kEnter);
    else if (c == '\v')
      browser.press(KeyCode::kDown);
    else
      browser.type(std::string(1, c));
  }
}

class TopFrames : public ::testing::TestWithParam<Case> {};

TEST_P(TopFrames, AreAsExpected) {
  testing::RecordedBrowser browser = browse(GetParam());
  press(browser, GetParam().keys);
  const char* update = std::getenv("HOODTRACE_UPDATE_GOLDEN");
  for (const auto& [width, height] : kSizes) {
    const std::string path = HOODTRACE_SOURCE_DIR "/tests/golden/expected/top/" + GetParam().name +
                             "_" + std::to_string(width) + "x" + std::to_string(height) + ".txt";
    const std::string text = browser.text(width, height);
    if (update != nullptr && *update != '\0') {
      std::ofstream(path, std::ios::binary) << text;
      continue;
    }
    EXPECT_EQ(text, content(path)) << "differs from " << path;
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, TopFrames, ::testing::ValuesIn(kCases),
                         [](const auto& test) { return test.param.name; });

// A name that is as long as the kernel allows, or a path, may be cut, but a line never ends in the
// middle of a figure.
TEST(TopFrame, NoLineIsWiderThanTheScreen) {
  for (const Case& wanted : kCases) {
    testing::RecordedBrowser browser = browse(wanted);
    press(browser, wanted.keys);
    for (const auto& [width, height] : kSizes) {
      std::istringstream lines(browser.text(width, height));
      std::size_t count = 0;
      for (std::string line; std::getline(lines, line); count++)
        EXPECT_LE(display_width(line), width) << wanted.name;
      EXPECT_EQ(count, height);
    }
  }
}

}  // namespace
}  // namespace hoodtrace::golden
