// SPDX-License-Identifier: GPL-2.0-or-later
// The stacks of long sleeps, live and from a recording.

#include <algorithm>

#include "live/why/expectations.hpp"

namespace hoodtrace::testing {
namespace {

const Words kScene = {"chain", "ms=60"};

// The sleep of the thread for the outer lock.
Json sleep_of(const Json& report, pid_t tid) {
  for (const Json& sleep : report["long_sleeps"])
    if (sleep["tid"] == tid && text_of(sleep, "cause") == "futex_lock") return sleep;
  return Json::object();
}

std::vector<std::string> functions(const Json& stack) {
  std::vector<std::string> names;
  for (const Json& frame : stack) names.push_back(text_of(frame, "function"));
  return names;
}

bool has(const std::vector<std::string>& names, std::string_view part) {
  return std::any_of(names.begin(), names.end(), [part](const std::string& name) {
    return name.find(part) != std::string::npos;
  });
}

void expect_stacks(const Json& report, pid_t tid) {
  const Json sleep = sleep_of(report, tid);
  ASSERT_FALSE(sleep.empty()) << report["long_sleeps"].dump();
  EXPECT_GE(number(sleep, "ns"), 40'000'000U);
  const std::vector<std::string> kernel = functions(sleep["kernel_stack"]);
  EXPECT_TRUE(has(kernel, "futex_wait")) << sleep.dump();
  // The library has no frame pointers, and the scene is optimized.
  const std::vector<std::string> user = functions(sleep["user_stack"]);
  EXPECT_TRUE(has(user, "pthread_mutex_lock")) << sleep.dump();
  const auto inner = std::find_if(user.begin(), user.end(), [](const std::string& name) {
    return name.find("take_outer_lock") != std::string::npos;
  });
  ASSERT_NE(inner, user.end()) << sleep.dump();
  ASSERT_NE(inner + 1, user.end()) << sleep.dump();
  EXPECT_NE((inner + 1)->find("wait_for_the_outer_lock"), std::string::npos) << sleep.dump();
  const Json& frame = sleep["user_stack"][static_cast<std::size_t>(inner - user.begin())];
  EXPECT_EQ(text_of(frame, "file"), "why_scenes") << sleep.dump();
}

TEST(Why, TheStacksOfALongSleepNameTheFunctionsOfTheProgram) {
  HOODTRACE_SCENE(run, kScene, {"--threshold", "20ms", "--stacks"});
  expect_stacks(run.report(), run.tid("first"));
}

TEST(Why, StacksAreInARecording) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const std::string file = folder.file("run.htrec");
  const Finished recorded =
      run_hoodtrace({"why", "--threshold", "20ms", "--stacks", "-w", file, "-o",
                     folder.file("report"), "--", why_scenes_path(), "chain", "ms=60"});
  ASSERT_EQ(recorded.exit_code, 0) << recorded.error;
  const Json truth = Json::parse(recorded.output, nullptr, false);
  const auto tid = static_cast<pid_t>(number(named(truth, "first"), "tid"));
  const Finished replayed =
      run_hoodtrace({"why", "--from", file, "--threshold", "20ms", "--stacks", "--format", "json"});
  ASSERT_EQ(replayed.exit_code, 0) << replayed.error;
  expect_stacks(Json::parse(replayed.output, nullptr, false), tid);
  // Memory of the program is in no recording.
  const Finished listed = run_hoodtrace({"info", file});
  EXPECT_EQ(listed.output.find("stack_memory"), std::string::npos) << listed.output;
  EXPECT_NE(listed.output.find("sleep_stack"), std::string::npos) << listed.output;
}

// "first" waits for "middle", that one for "last", which sleeps.
TEST(Why, AChainOfARecordingGoesDeeper) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const std::string file = folder.file("run.htrec");
  const Finished recorded =
      run_hoodtrace({"record", "why", "-o", file, "--", why_scenes_path(), "chain", "ms=60"});
  ASSERT_EQ(recorded.exit_code, 0) << recorded.error;
  const Json truth = Json::parse(recorded.output, nullptr, false);
  const auto tid_of = [&truth](const char* name) {
    return static_cast<pid_t>(number(named(truth, name), "tid"));
  };
  const Finished replayed =
      run_hoodtrace({"why", "--from", file, "--chain", "2", "--format", "json"});
  ASSERT_EQ(replayed.exit_code, 0) << replayed.error;
  const Json first = thread_of(Json::parse(replayed.output, nullptr, false), tid_of("first"));
  std::uint64_t asleep_ns = 0;
  for (const Json& line : first["parts"]) {
    if (!matches(line, {.relation = "holder", .by = tid_of("middle")})) continue;
    for (const Json& middle : line["meanwhile"]) {
      if (by_of(middle) != tid_of("last") || !middle.contains("meanwhile")) continue;
      for (const Json& last : middle["meanwhile"])
        if (text_of(last, "part") == "idle") asleep_ns += number(last, "ns");
    }
  }
  EXPECT_GT(asleep_ns, 40'000'000U) << first.dump();
}

}  // namespace
}  // namespace hoodtrace::testing
