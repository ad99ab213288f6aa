// SPDX-License-Identifier: GPL-2.0-or-later
// The stacks of long sleeps: records in, text and JSON out.
#include "view/why/long_sleeps.hpp"

#include <gtest/gtest.h>

#include "support/command_run.hpp"
#include "support/why_scenario.hpp"
#include "view/report.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint32_t kTid = 20;
constexpr std::uint64_t kStack = 0x77;
constexpr std::uint64_t kAddress = 0x7f00'0000'1234;

class LongSleeps : public ::testing::Test {
 protected:
  LongSleeps() {
    scenario_.at(1000 * kMs).session(HT_SESSION_EXACT | HT_SESSION_IOWAIT, "process 20");
    scenario_.on_cpu(0).seen(kTid, {.pid = kTid, .comm = "worker", .on_cpu = true});
    why_.on_cpu(0).place(kStack, {"schedule", "pipe_read", "vfs_read"});
  }
  // A sleep of `ms` that begins now.
  void sleep(std::uint64_t ms, std::string_view function, std::string_view file) {
    why_.sleeps(kTid, {.call = kMunmapCall, .state = kDiskSleep, .lock = HT_LOCK_MUTEX});
    scenario_.switches({.from = kTid, .to = 0, .state = kDiskSleep, .iowait = false});
    now_ms_ += ms;
    scenario_.at(now_ms_ * kMs);
    why_.wakes(kTid, {.tid = 9}).unwound(kTid, kStack, kAddress, function, file);
    scenario_.on_cpu(0).switches({.from = 0, .to = kTid});
  }
  std::string run(std::vector<std::string> words) {
    scenario_.at((now_ms_ + 1) * kMs).end();
    words.insert(words.begin(), "why");
    const CommandRun made = run_command(words, scenario_);
    EXPECT_EQ(made.error, "");
    return made.output;
  }

  StreamBuilder scenario_;
  WhyScenario why_{scenario_};
  std::uint64_t now_ms_ = 1000;
};

TEST_F(LongSleeps, HaveALineForEachFrame) {
  sleep(10, "read", "libc.so.6");
  const std::string text = run({"--threshold", "5ms", "--stacks"});
  EXPECT_NE(text.find("             kernel  pipe_read\n"
                      "                     vfs_read\n"
                      "             user    read (libc.so.6)\n"),
            std::string::npos)
      << text;
}

TEST_F(LongSleeps, AFrameWithoutANameHasItsAddress) {
  sleep(10, "", "");
  const std::string text = run({"--threshold", "5ms", "--stacks"});
  EXPECT_NE(text.find("user    0x7f0000001234\n"), std::string::npos) << text;
}

TEST_F(LongSleeps, NamesOfFunctionsAreEscaped) {
  sleep(10, "bad\x1b[2Jname", "x\ny");
  const std::string text = run({"--threshold", "5ms", "--stacks"});
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find("x\ny"), std::string::npos) << text;
}

TEST_F(LongSleeps, StacksAreInJsonWhenTheyAreAskedFor) {
  sleep(10, "read", "libc.so.6");
  const Json report =
      Json::parse(run({"--threshold", "5ms", "--stacks", "--format", "json"}), nullptr, false);
  ASSERT_EQ(report["long_sleeps"].size(), 1U) << report.dump();
  const Json& one = report["long_sleeps"][0];
  EXPECT_EQ(one["tid"], kTid);
  ASSERT_EQ(one["kernel_stack"].size(), 2U);
  EXPECT_EQ(one["kernel_stack"][0]["function"], "pipe_read");
  ASSERT_EQ(one["user_stack"].size(), 1U);
  EXPECT_EQ(one["user_stack"][0]["address"], kAddress);
  EXPECT_EQ(one["user_stack"][0]["function"], "read");
  EXPECT_EQ(one["user_stack"][0]["file"], "libc.so.6");
}

TEST_F(LongSleeps, WithoutStacksThereAreNone) {
  sleep(10, "read", "libc.so.6");
  EXPECT_EQ(run({"--threshold", "5ms"}).find("libc.so.6"), std::string::npos);
}

// The next sleep has none of its own: records may be lost.
TEST_F(LongSleeps, AStackBelongsToOneSleep) {
  sleep(10, "read", "libc.so.6");
  why_.sleeps(kTid, {.call = kMunmapCall, .state = kDiskSleep, .lock = HT_LOCK_MUTEX});
  scenario_.switches({.from = kTid, .to = 0, .state = kDiskSleep, .iowait = false});
  now_ms_ += 10;
  scenario_.at(now_ms_ * kMs);
  why_.wakes(kTid, {.tid = 9});
  scenario_.on_cpu(0).switches({.from = 0, .to = kTid});
  const Json report =
      Json::parse(run({"--threshold", "5ms", "--stacks", "--format", "json"}), nullptr, false);
  ASSERT_EQ(report["long_sleeps"].size(), 2U) << report.dump();
  EXPECT_TRUE(report["long_sleeps"][1]["user_stack"].is_null());
}

}  // namespace
}  // namespace hoodtrace
