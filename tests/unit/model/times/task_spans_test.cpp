// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/times/task_spans.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {
namespace {

// from, to, what, and what the kernel adds to run_delay.
using Span = std::tuple<std::uint64_t, std::uint64_t, TaskTime, std::optional<std::uint64_t>>;

// Owned by their pids.
class Replay {
 public:
  explicit Replay(const StreamBuilder& scenario) {
    for (std::size_t i = 0; i < scenario.records().size(); i++) {
      const std::optional<Event> event = decode(scenario.records().at(i));
      feed(tasks_, *event);
      feed(*this, *event);
    }
    keep(threads_.cut_all(scenario.now_ns()));
  }

  void on(const ht_task_seen& seen) {
    threads_.see(tasks_.find(seen.task.head.tid), seen.task, seen.task.pid);
  }
  void on(const ht_wakeup& wakeup) { threads_.wake(tasks_.find(wakeup.head.tid), wakeup); }
  void on(const ht_switch& record) {
    keep(threads_.leave(tasks_.find(record.prev_tid), record, TaskSpans::kNobody,
                        tasks_.clock_age_ns()));
    keep(threads_.come(tasks_.find(record.head.tid), record, record.next_pid,
                       tasks_.clock_age_ns()));
  }
  void on(const ht_lost& lost) { keep(threads_.forget_all(lost.head.time_ns)); }

  [[nodiscard]] std::vector<Span> of(std::uint64_t pid) const {
    std::vector<Span> list;
    for (const TaskSpan& span : spans_)
      if (span.owner == pid)
        list.emplace_back(span.from_ns, span.to_ns, span.time, span.run_delay_ns);
    return list;
  }

 private:
  void keep(TaskSpans::Ended spans) { spans_.insert(spans_.end(), spans.begin(), spans.end()); }

  TaskTable tasks_;
  TaskSpans threads_;
  std::vector<TaskSpan> spans_;
};

constexpr auto kNone = std::nullopt;

TEST(TaskSpans, ASleepEndsWhereTheWaitBegins) {
  StreamBuilder scenario;
  scenario.session().at(1000).seen(10, {});
  scenario.at(5000).switches({.from = 0, .to = 10, .wait_ns = 700});
  scenario.at(6000).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(9000);
  EXPECT_EQ(Replay(scenario).of(10), (std::vector<Span>{{1000, 4300, TaskTime::kSleeping, kNone},
                                                        {4300, 5000, TaskTime::kWaiting, 700},
                                                        {5000, 6000, TaskTime::kRunning, kNone},
                                                        {6000, 9000, TaskTime::kSleeping, kNone}}));
}

TEST(TaskSpans, AZombieHasNoTime) {
  StreamBuilder scenario;
  scenario.session().at(1000).seen(10, {.state = task_bits::kExitZombie}).seen(11, {});
  scenario.at(2000);
  EXPECT_EQ(Replay(scenario).of(10), std::vector<Span>());
  EXPECT_EQ(Replay(scenario).of(11).size(), 1U);
}

TEST(TaskSpans, APreemptedThreadWaitsAllTheWhile) {
  StreamBuilder scenario;
  scenario.session().at(1000).seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0, .state = kDiskSleep, .preempt = true});
  scenario.at(3000).switches({.from = 0, .to = 10, .wait_ns = 990});
  EXPECT_EQ(Replay(scenario).of(10), (std::vector<Span>{{1000, 2000, TaskTime::kRunning, kNone},
                                                        {2000, 3000, TaskTime::kWaiting, 990}}));
}

// The run ends 300 before its switch, where the kernel begins the wait; the wait ends 200 later than
// the kernel's. The two ages are in one span each.
TEST(TaskSpans, ARunEndsAtTheRunQueuesClockAndAWaitAtTheSwitch) {
  StreamBuilder scenario;
  scenario.session().at(1000).seen(10, {.on_cpu = true});
  scenario.at(1500).switches({.from = 0, .to = 0, .clock_age_ns = 0});
  scenario.at(5000).switches({.from = 10, .to = 0, .preempt = true, .clock_age_ns = 304});
  scenario.at(7000).switches({.from = 0, .to = 10, .wait_ns = 2096, .clock_age_ns = 208});
  scenario.at(8000).switches({.from = 10, .to = 0, .state = kSleeping, .clock_age_ns = 0});
  scenario.at(9000).switches({.from = 0, .to = 10, .wait_ns = 96, .clock_age_ns = 208});
  EXPECT_EQ(Replay(scenario).of(10), (std::vector<Span>{{1000, 4696, TaskTime::kRunning, kNone},
                                                        {4696, 7000, TaskTime::kWaiting, 2096},
                                                        {7000, 8000, TaskTime::kRunning, kNone},
                                                        {8000, 8696, TaskTime::kSleeping, kNone},
                                                        {8696, 9000, TaskTime::kWaiting, 96}}));
}

TEST(TaskSpans, AWaitOnTwoCpusIsOneSpan) {
  StreamBuilder scenario;
  scenario.session().at(1000).seen(10, {});
  scenario.at(2000).switches({.from = 0, .to = 10, .wait_ns = 200, .elsewhere_ns = 300});
  EXPECT_EQ(Replay(scenario).of(10), (std::vector<Span>{{1000, 1500, TaskTime::kSleeping, kNone},
                                                        {1500, 2000, TaskTime::kWaiting, 500}}));
}

TEST(TaskSpans, AWaitLongerThanItsSpanKeepsTheKernelsLength) {
  StreamBuilder scenario;
  scenario.session().at(1000).seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(2100).switches({.from = 0, .to = 10, .wait_ns = 130});
  EXPECT_EQ(Replay(scenario).of(10).back(), (Span{2000, 2100, TaskTime::kWaiting, 130}));
}

TEST(TaskSpans, WithoutTheKernelsWaitsASleepEndsAtTheWakeup) {
  StreamBuilder scenario;
  scenario.session(HT_SESSION_WHOLE).at(1000).seen(10, {});
  scenario.at(3000).wakeup(10);
  scenario.at(3500).switches({.from = 0, .to = 10});
  scenario.at(4000).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(6000).wakeup(10);
  scenario.at(7000);
  EXPECT_EQ(Replay(scenario).of(10), (std::vector<Span>{{1000, 3000, TaskTime::kSleeping, kNone},
                                                        {3000, 3500, TaskTime::kWaiting, kNone},
                                                        {3500, 4000, TaskTime::kRunning, kNone},
                                                        {4000, 6000, TaskTime::kSleeping, kNone},
                                                        {6000, 7000, TaskTime::kWaiting, kNone}}));
}

TEST(TaskSpans, AStoppedThreadDoesNotSleep) {
  StreamBuilder scenario;
  scenario.session().at(1000).seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0, .state = kStopped});
  scenario.at(3000);
  EXPECT_EQ(Replay(scenario).of(10).back(), (Span{2000, 3000, TaskTime::kStopped, kNone}));
}

TEST(TaskSpans, ADeadThreadHasNoTime) {
  StreamBuilder scenario;
  scenario.session().at(1000).seen(10, {.on_cpu = true});
  scenario.at(2000).switches({.from = 10, .to = 0, .state = kDead});
  scenario.at(9000);
  EXPECT_EQ(Replay(scenario).of(10), (std::vector<Span>{{1000, 2000, TaskTime::kRunning, kNone}}));
}

TEST(TaskSpans, AThreadOfUnknownOwnerHasTimeOnceItsOwnerIsKnown) {
  StreamBuilder scenario;
  scenario.session().at(1000).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(3000).switches({.from = 0, .to = 10, .wait_ns = 500});
  EXPECT_EQ(Replay(scenario).of(10), (std::vector<Span>{{1000, 2500, TaskTime::kSleeping, kNone},
                                                        {2500, 3000, TaskTime::kWaiting, 500}}));
}

TEST(TaskSpans, NothingIsKnownAcrossALoss) {
  StreamBuilder scenario;
  scenario.session().at(1000).seen(10, {.on_cpu = true});
  scenario.at(2000).lost(HT_SWITCH, 3, 2500);
  scenario.at(4000).switches({.from = 10, .to = 0, .state = kSleeping});
  scenario.at(4500);
  EXPECT_EQ(Replay(scenario).of(10), (std::vector<Span>{{1000, 2000, TaskTime::kRunning, kNone},
                                                        {4000, 4500, TaskTime::kSleeping, kNone}}));
}

TEST(TaskSpans, ASwitchThatWasNotReportedLeavesNoGap) {
  StreamBuilder scenario;
  scenario.session().at(1000).seen(10, {.on_cpu = true});
  scenario.at(3000).switches({.from = 0, .to = 10, .wait_ns = 400});
  scenario.at(4000);
  EXPECT_EQ(Replay(scenario).of(10), (std::vector<Span>{{1000, 2600, TaskTime::kRunning, kNone},
                                                        {2600, 3000, TaskTime::kWaiting, 400},
                                                        {3000, 4000, TaskTime::kRunning, kNone}}));
}

TEST(TaskSpans, AnExecutingThreadKeepsItsTimeUnderTheLeadersTid) {
  StreamBuilder scenario;
  scenario.session().at(1000).seen(10, {}).seen(11, {.pid = 10, .on_cpu = true});
  scenario.at(2000).execs(10, 11);
  scenario.at(3000).switches({.from = 10, .to = 0, .state = kSleeping});
  const std::vector<Span> spans = Replay(scenario).of(10);
  EXPECT_NE(std::find(spans.begin(), spans.end(), Span{1000, 3000, TaskTime::kRunning, kNone}),
            spans.end());
}

// A damaged file: the sanitizer sees what overflows.
TEST(TaskSpans, TimesOfCenturiesAreDefined) {
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 63;
  for (const std::uint64_t wait_ns : {kHalf, kHalf - 1, std::uint64_t{1} << 62}) {
    StreamBuilder scenario;
    scenario.session().at(1000).seen(10, {});
    for (std::uint64_t i = 1; i < 6; i++) {
      scenario.at(2000 * i).switches({.from = 0, .to = 10, .wait_ns = wait_ns, .clock_age_ns = 0});
      scenario.at(2000 * i + wait_ns).switches({.from = 10, .to = 0, .state = kSleeping});
    }
    EXPECT_FALSE(Replay(scenario).of(10).empty());
  }
}

}  // namespace
}  // namespace hoodtrace
