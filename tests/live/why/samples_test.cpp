// SPDX-License-Identifier: GPL-2.0-or-later
// The report against samples of /proc: which system call each thread was in, 100 times a second.

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "base/syscalls.hpp"
#include "live/why/expectations.hpp"
#include "support/child_process.hpp"

namespace hoodtrace::testing {
namespace {

constexpr const char* kAwake = "on a CPU, or waiting for one";

// The system call that a thread sleeps in, as the kernel names it by number.
std::string sample(const std::filesystem::path& task) {
  std::ifstream file(task / "syscall");
  std::string number;
  file >> number;
  if (number == "running") return kAwake;
  if (number.empty() || number[0] == '-') return "";
  return std::string(syscall_name(CallTable::kX86_64, std::atoi(number.c_str())));
}

using Samples = std::map<pid_t, std::map<std::string, double>>;

void take_samples(pid_t process, Samples& samples) {
  const std::filesystem::path tasks = "/proc/" + std::to_string(process) + "/task";
  std::error_code gone;
  for (const auto& task : std::filesystem::directory_iterator(tasks, gone))
    samples[std::atoi(task.path().filename().c_str())][sample(task.path())]++;
}

TEST(Why, SharesOfSystemCallsAgreeWithSamples) {
  HOODTRACE_LIVE();
#if !defined(__x86_64__)
  GTEST_SKIP() << "cannot run here: only those of x86-64 are sampled";
#endif
  ChildProcess scene({why_scenes_path(), "--gate", "epoll", "count=50", "ms=20"});
  ASSERT_TRUE(scene.wait_for_error("ready\n", std::chrono::seconds(30)));
  LiveTrace trace({"why", "--follow", "--pid", std::to_string(scene.pid()), "--format", "json"});
  ASSERT_TRUE(trace.is_attached()) << trace.error();
  scene.write_input("g");
  Samples samples;
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(2800);
  while (std::chrono::steady_clock::now() < end) {
    take_samples(scene.pid(), samples);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(trace.stop(), 0) << trace.error();
  const TracedRun run = trace.run();
  ASSERT_EQ(run.reports.size(), 1U) << run.error;
  expect_sound_report(run.report(), Json::object());
  std::size_t compared = 0;
  for (const auto& [tid, by_call] : samples) {
    const Json thread = thread_of(run.report(), tid);
    ASSERT_FALSE(thread.empty()) << run.report().dump();
    double all = 0;
    for (const auto& [call, count] : by_call) all += count;
    if (all < 100) continue;
    for (const auto& [call, count] : by_call) {
      if (call == kAwake || call.empty()) continue;
      const double ours = static_cast<double>(total(thread, {.call = call}).ns) /
                          static_cast<double>(number(thread, "wall_ns"));
      // Four standard deviations of a share of `all` samples; plus the time before the first sample.
      const double most = 4 * std::sqrt(0.25 / all) + 0.05;
      EXPECT_NEAR(ours, count / all, most) << call << ' ' << thread.dump();
      compared++;
    }
  }
  EXPECT_GE(compared, 3U);
  scene.write_input("e");
  scene.wait(std::chrono::seconds(30));
}

}  // namespace
}  // namespace hoodtrace::testing
