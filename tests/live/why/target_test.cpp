// SPDX-License-Identifier: GPL-2.0-or-later
// Threads that lived before and after: sleeps that go on, and the kernel's counters.

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <optional>

#include "live/why/expectations.hpp"

namespace hoodtrace::testing {
namespace {

// A process that a test starts and ends.
class Stuck {
 public:
  template <class Sleep>
  explicit Stuck(const Sleep& sleep) : pid_(::fork()) {
    if (pid_ == 0) {
      sleep();
      ::_exit(0);
    }
    ::usleep(50'000);
  }
  Stuck(const Stuck&) = delete;
  Stuck& operator=(const Stuck&) = delete;
  ~Stuck() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

TEST(Why, ASleepThatBeganBeforeAndDidNotEndIsAllOfTheTime) {
  HOODTRACE_LIVE();
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  struct stat status {};
  ::fstat(ends[0], &status);
  const Stuck reader([&] {
    char byte = 0;
    (void)!::read(ends[0], &byte, 1);
  });
  LiveTrace trace(
      {"why", "--pid", std::to_string(reader.pid()), "--format", "json", "-d", "500ms"});
  EXPECT_EQ(trace.wait(), 0) << trace.error();
  const TracedRun run = trace.run();
  ASSERT_EQ(run.reports.size(), 1U) << run.error;
  const Json thread = thread_of(run.report(), reader.pid());
  expect_sound_thread(thread);
  const Want sleep{.cause = "call", .call = "read", .object = std::to_string(status.st_ino)};
  EXPECT_EQ(total(thread, sleep).ns, number(thread, "wall_ns")) << thread.dump();
  EXPECT_GT(number(thread, "wall_ns"), 450'000'000U) << thread.dump();
  EXPECT_EQ(total(thread, sleep).count, 1U) << thread.dump();
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Why, IntervalsOfALongSleepAddUpAndCountItOnceEach) {
  HOODTRACE_LIVE();
  const Stuck sleeper([] { ::pause(); });
  LiveTrace trace({"why", "--pid", std::to_string(sleeper.pid()), "--format", "json", "-d", "600ms",
                   "-i", "200ms"});
  EXPECT_EQ(trace.wait(), 0) << trace.error();
  const TracedRun run = trace.run();
  ASSERT_GE(run.reports.size(), 3U) << run.error;
  std::uint64_t sum_ns = 0;
  for (const Json& report : run.reports) {
    const Json thread = thread_of(report, sleeper.pid());
    expect_sound_thread(thread);
    EXPECT_EQ(total(thread, {.part = "idle", .cause = "call", .call = "pause"}).ns,
              number(thread, "wall_ns"))
        << thread.dump();
    sum_ns += number(thread, "wall_ns");
  }
  EXPECT_GT(sum_ns, 550'000'000U);
}

// A workload that played between two gates under `hoodtrace why`. Its counters do not change at the
// gates, so they can be compared to the switch.
struct Played {
  TracedRun run;
  std::map<pid_t, KernelCounters> counters;
  std::uint64_t stolen_ns = 0;
};

std::optional<Played> play() {
  GatedWorkload workload({"spin", "ms=1000", "a:naps=50", "b:naps=50", "c"});
  const Stolen stolen;
  LiveTrace trace({"why", "--pid", std::to_string(workload.pid()), "--format", "json"});
  EXPECT_TRUE(workload.is_ready() && trace.is_attached()) << trace.error();
  if (::testing::Test::HasFailure() || !workload.play()) return std::nullopt;
  EXPECT_EQ(trace.stop(), 0) << trace.error();
  Played played{trace.run(), workload.counters(), stolen.most_ns()};
  workload.finish();
  return played;
}

TEST(Why, EachThreadsCountersEqualTheKernels) {
  HOODTRACE_LIVE();
  std::optional<Played> played;
  // A switch that the kernel did not show divides a sleep, or hides one.
  constexpr int kTries = 5;
  for (int i = 0; i < kTries; i++) {
    played = play();
    ASSERT_TRUE(played && played->run.reports.size() == 1U);
    // Nor may the kernel have taken a sleep for a wait (docs/kernel-notes.md, 137).
    const Json& events = played->run.report()["events"];
    if (number(events["lost"], "unshown") == 0 && number(events, "slept_ns") == 0) break;
  }
  const Json& report = played->run.report();
  expect_sound_report(report, Json::object());
  for (const auto& [tid, kernel] : played->counters) {
    const Json thread = thread_of(report, tid);
    ASSERT_FALSE(thread.empty()) << tid;
    const Total on_cpu = total(thread, {.part = "on_cpu"});
    const auto near = [&](std::uint64_t ours, std::uint64_t kernels, std::uint64_t per_run_ns) {
      EXPECT_NEAR(static_cast<double>(ours), static_cast<double>(kernels),
                  static_cast<double>(per_run_ns * (on_cpu.count + 1) + played->stolen_ns))
          << report["events"].dump() << thread.dump();
    };
    near(wait_ns(thread), kernel.run_delay_ns, kApartPerRunNs);
    near(on_cpu.ns, kernel.ran_ns, kApartPerRunNs);
    near(on_cpu.ns + wait_ns(thread), kernel.ran_ns + kernel.run_delay_ns, kSumApartPerRunNs);
    // And the sleep at the first gate, which began before.
    EXPECT_EQ(sleeps(thread).count, kernel.nvcsw + 1) << thread.dump();
  }
}

TEST(Why, AReplayReportsTheSame) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const std::string file = folder.file("run.htrec");
  const Stolen stolen;
  const Finished recorded = run_hoodtrace(
      {"record", "why", "-o", file, "--", why_scenes_path(), "epoll", "count=3", "ms=10"});
  ASSERT_EQ(recorded.exit_code, 0) << recorded.error;
  const Finished replayed = run_hoodtrace({"why", "--from", file, "--format", "json"});
  ASSERT_EQ(replayed.exit_code, 0) << replayed.error;
  const Json report = Json::parse(replayed.output, nullptr, false);
  const Json truth = Json::parse(recorded.output, nullptr, false);
  ASSERT_TRUE(report.is_object() && truth.is_object()) << replayed.output << recorded.output;
  expect_sound_report(report, truth, stolen.most_ns());
}

}  // namespace
}  // namespace hoodtrace::testing
