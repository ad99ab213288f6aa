// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/why/tracker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "model/sched/slept_waits.hpp"
#include "support/why_scenario.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint32_t kTarget = HT_SESSION_EXACT | HT_SESSION_IOWAIT;
constexpr std::uint64_t kPrivate = 128;        // FUTEX_PRIVATE_FLAG
constexpr std::uint64_t kWaitBitset = 9;       // FUTEX_WAIT_BITSET
constexpr std::uint64_t kRealtimeClock = 256;  // FUTEX_CLOCK_REALTIME
constexpr std::uint32_t kWorker = 10;          // on CPU 0
constexpr std::uint32_t kOther = 11;           // on CPU 1
constexpr std::uint32_t kProcess = 10;

// Two threads of a process, each on a CPU of its own from 1000 ms on.
class WhyTrackerTest : public testing::Test {
 protected:
  WhyTrackerTest() {
    scenario_.at(1000 * kMs).session(kTarget);
    scenario_.on_cpu(0).seen(kWorker, {.pid = kProcess, .comm = "worker", .on_cpu = true});
    scenario_.on_cpu(1).seen(kOther, {.pid = kProcess, .comm = "other", .on_cpu = true});
  }

  // The thread sleeps from `from` ms to `to` ms, on the CPU of its number.
  void sleep(std::uint32_t tid, std::uint64_t from, std::uint64_t to, SleepFields fields,
             std::optional<WakerFields> waker = {}) {
    const std::uint16_t cpu = tid == kWorker ? 0 : 1;
    scenario_.at(from * kMs);
    why_.on_cpu(cpu);
    why_.sleeps(tid, fields);
    scenario_.switches({.from = tid, .to = 0, .state = fields.state});
    scenario_.at(to * kMs);
    if (waker) why_.wakes(tid, *waker);
    scenario_.on_cpu(cpu).switches({.from = 0, .to = tid});
  }

  const WhyTracker& replay(std::uint64_t until) {
    scenario_.at(until * kMs);
    for (std::size_t i = 0; i < scenario_.records().size(); i++) {
      const std::optional<Event> event = decode(scenario_.records().at(i));
      feed(tasks_, *event);
      if (const std::optional<Event> seen = waits_.corrected(*event)) feed(tracker_, *seen);
    }
    tracker_.settle(until * kMs);
    return tracker_;
  }

  // The one cause of the thread in that part.
  WhyCause only(std::uint32_t tid, WhyPart part) {
    WhyCause found;
    int count = 0;
    for (const auto& [id, sum] : tracker_.sums(tasks_.find(tid)).by_cause())
      if (tracker_.cause(id).part == part) {
        found = tracker_.cause(id);
        count++;
      }
    EXPECT_EQ(count, 1);
    return found;
  }
  std::uint64_t ns_of(std::uint32_t tid, WhyPart part) {
    std::uint64_t ns = 0;
    for (const auto& [id, sum] : tracker_.sums(tasks_.find(tid)).by_cause())
      if (tracker_.cause(id).part == part) ns += sum.ns;
    return ns;
  }

  StreamBuilder scenario_;
  WhyScenario why_{scenario_};
  StreamAccount account_;
  TaskTable tasks_;
  SleptWaits waits_{tasks_, account_};
  WhyTracker tracker_{tasks_, {}};
};

TEST_F(WhyTrackerTest, PartsAddUpToTheTime) {
  sleep(kWorker, 1010, 1030, {.call = kNanosleepCall}, WakerFields{.context = HT_CONTEXT_HARDIRQ});
  replay(1100);
  EXPECT_EQ(tracker_.sums(tasks_.find(kWorker)).total_ns(), 100 * kMs);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kOnCpu), 80 * kMs);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kIdle), 20 * kMs);
  EXPECT_EQ(only(kWorker, WhyPart::kIdle).relation, WhyRelation::kTimer);
}

TEST_F(WhyTrackerTest, CyclesAreThoseOfTheThreadAndOfTheInterval) {
  scenario_.at(1010 * kMs);
  why_.on_cpu(0).counts(kWorker, 10 * kMs, 700, 300);
  scenario_.at(1020 * kMs);
  why_.counts(kWorker, 10 * kMs, 800, 200).counts(4711, 1, 1, 1);
  replay(1100);
  const CpuCycles& cycles = tracker_.sums(tasks_.find(kWorker)).cycles();
  EXPECT_EQ(cycles.user, 1500U);
  EXPECT_EQ(cycles.kernel, 500U);
  EXPECT_EQ(cycles.ran_ns, 20 * kMs);
  EXPECT_EQ(tracker_.sums(tasks_.find(kOther)).cycles().ran_ns, 0U);
  tracker_.begin_interval(1100 * kMs);
  EXPECT_EQ(tracker_.sums(tasks_.find(kWorker)).cycles().ran_ns, 0U);
}

TEST_F(WhyTrackerTest, CyclesBeforeTheCommandsExecAreHoodtraces) {
  constexpr std::uint32_t kCommand = 12;
  scenario_.at(1001 * kMs).on_cpu(0).seen(kCommand, {.parent_pid = 999, .comm = "hoodtrace"});
  scenario_.at(1010 * kMs).execs(kCommand, kCommand, true);
  scenario_.at(1015 * kMs);
  why_.counts(kCommand, 6 * kMs, 100, 9000);
  scenario_.at(1020 * kMs);
  why_.counts(kCommand, 5 * kMs, 700, 300);
  replay(1100);
  const CpuCycles& cycles = tracker_.sums(tasks_.find(kCommand)).cycles();
  EXPECT_EQ(cycles.user, 700U);
  EXPECT_EQ(cycles.ran_ns, 5 * kMs);
}

// The kernel begins the wait of a sleeper where it is moved (docs/kernel-notes.md, 137).
class WhyMovedAsleep : public WhyTrackerTest, public testing::WithParamInterface<bool> {};

TEST_P(WhyMovedAsleep, ItsWaitBeginsWithItsWakeUp) {
  const bool is_woken = GetParam();
  scenario_.at(1010 * kMs).on_cpu(0);
  why_.sleeps(kWorker, {.call = kNanosleepCall});
  scenario_.switches({.from = kWorker, .to = 0, .state = kSleeping});
  scenario_.at(1011 * kMs).migrates(kWorker, 1, 0, HT_MIGRATE_ASLEEP);
  scenario_.at(1050 * kMs).on_cpu(1);
  if (is_woken) why_.wakes(kWorker, {.context = HT_CONTEXT_HARDIRQ});
  scenario_.at(1060 * kMs).switches({.from = kOther, .to = kWorker, .wait_ns = 49 * kMs});
  replay(1100);
  EXPECT_EQ(tracker_.sums(tasks_.find(kWorker)).total_ns(), 100 * kMs);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kOnCpu), 50 * kMs);
  // Without the record of the wake-up how long it waited is not known.
  EXPECT_EQ(ns_of(kWorker, WhyPart::kWait), is_woken ? 10 * kMs : 0);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kIdle), is_woken ? 40 * kMs : 50 * kMs);
}

INSTANTIATE_TEST_SUITE_P(WithItsWakeUpAndWithout, WhyMovedAsleep, testing::Bool());

TEST_F(WhyTrackerTest, AContendedLockIsBlockedByItsOwner) {
  sleep(kWorker, 1010, 1030,
        {.call = kFutexCall, .args = {0x1000, kPrivate}, .owner_tid = kOther, .value = 2},
        WakerFields{.tid = kOther, .call = kFutexCall});
  replay(1100);
  const WhyCause cause = only(kWorker, WhyPart::kBlocked);
  EXPECT_EQ(cause.reason, WhyReason::kFutexLock);
  EXPECT_EQ(cause.relation, WhyRelation::kHolder);
  EXPECT_EQ(cause.by_tid, kOther);
}

// The word beside a lock of another library is no tid of this process.
TEST_F(WhyTrackerTest, AnOwnerOfAnotherProcessIsNone) {
  sleep(kWorker, 1010, 1030,
        {.call = kFutexCall, .args = {0x1000, kPrivate}, .owner_tid = 4711, .value = 2},
        WakerFields{.tid = kOther, .call = kFutexCall});
  replay(1100);
  EXPECT_EQ(only(kWorker, WhyPart::kBlocked).relation, WhyRelation::kWaker);
}

// The waker was on a CPU all the time: what the worker waited for was being made.
TEST_F(WhyTrackerTest, AWaitForAThreadAtWorkIsBlocked) {
  sleep(kWorker, 1010, 1030, {.call = kFutexCall, .args = {0x1000, kPrivate | kWaitBitset}},
        WakerFields{.tid = kOther, .call = kFutexCall});
  replay(1100);
  EXPECT_EQ(only(kWorker, WhyPart::kBlocked).reason, WhyReason::kFutexWait);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kIdle), 0U);
}

TEST_F(WhyTrackerTest, AWaitForAThreadThatItselfWaitedForWorkIsIdle) {
  why_.event(5, "[eventpoll]");
  sleep(kOther, 1011, 1029, {.call = kEpollCall, .object = 5});
  sleep(kWorker, 1010, 1030, {.call = kFutexCall, .args = {0x1000, kPrivate | kWaitBitset}},
        WakerFields{.tid = kOther, .call = kFutexCall});
  replay(1100);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kIdle), 20 * kMs);
}

// Python's GIL: a condition wait of 5 ms again and again, on two words that take turns.
TEST_F(WhyTrackerTest, AConditionWaitInPiecesHasTheCauseOfItsEnd) {
  const std::uint64_t op = kPrivate | kWaitBitset | kRealtimeClock;
  const WakerFields timer{.context = HT_CONTEXT_HARDIRQ};
  sleep(kWorker, 1010, 1015, {.call = kFutexCall, .args = {0x1000, op}}, timer);
  sleep(kWorker, 1016, 1021, {.call = kFutexCall, .args = {0x1004, op}}, timer);
  sleep(kWorker, 1022, 1026, {.call = kFutexCall, .args = {0x1000, op}},
        WakerFields{.tid = kOther, .call = kFutexCall});
  replay(1100);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kIdle), 0U);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kBlocked), 14 * kMs);
  EXPECT_EQ(only(kWorker, WhyPart::kBlocked).by_tid, kOther);
}

TEST_F(WhyTrackerTest, AJoinWaitsForTheThread) {
  sleep(kWorker, 1010, 1030,
        {.call = kFutexCall, .args = {0x1000, kWaitBitset | kRealtimeClock}, .value = kOther});
  replay(1100);
  const WhyCause cause = only(kWorker, WhyPart::kBlocked);
  EXPECT_EQ(cause.reason, WhyReason::kThreadEnd);
  EXPECT_EQ(cause.object, kOther);
}

TEST_F(WhyTrackerTest, ASleepThatGoesOnHasItsAge) {
  scenario_.at(1010 * kMs);
  why_.on_cpu(0).sleeps(kWorker, {.call = kWait4Call});
  scenario_.switches({.from = kWorker, .to = 0, .state = kSleeping});
  replay(1100);
  const WhySums& sums = tracker_.sums(tasks_.find(kWorker));
  const auto open = std::find_if(sums.by_cause().begin(), sums.by_cause().end(),
                                 [](const auto& sum) { return sum.second.ongoing_ns > 0; });
  ASSERT_NE(open, sums.by_cause().end());
  EXPECT_EQ(open->second.ongoing_ns, 90 * kMs);
  EXPECT_EQ(open->second.count, 1U);
  EXPECT_EQ(tracker_.cause(open->first).reason, WhyReason::kChild);
}

// The record of its beginning was lost: nothing is guessed.
TEST_F(WhyTrackerTest, ASleepWithoutItsRecordIsUnknown) {
  scenario_.at(1010 * kMs).on_cpu(0).switches({.from = kWorker, .to = 0, .state = kSleeping});
  scenario_.at(1030 * kMs).switches({.from = 0, .to = kWorker});
  replay(1100);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kUnknown), 20 * kMs);
  EXPECT_EQ(only(kWorker, WhyPart::kUnknown).reason, WhyReason::kNotSeen);
}

// Woken at 1025 ms, it waited for 5 ms and ran for 2, and no switch showed that it came.
TEST_F(WhyTrackerTest, ARunThatWasNotShownAndItsWaitAreNotOfTheSleep) {
  scenario_.with_runtimes();
  scenario_.at(1010 * kMs);
  why_.on_cpu(0).sleeps(kWorker, {.call = kNanosleepCall});
  scenario_.switches({.from = kWorker, .to = 0, .state = kSleeping});
  scenario_.at(1030 * kMs).hides({.from = 0, .to = kWorker, .wait_ns = 5 * kMs});
  scenario_.at(1032 * kMs);
  why_.sleeps(kWorker, {.call = kFsyncCall});
  scenario_.switches({.from = kWorker, .to = 0, .state = kSleeping});
  scenario_.at(1050 * kMs).switches({.from = 0, .to = kWorker, .wait_ns = kMs});
  replay(1100);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kOnCpu), 62 * kMs);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kWait), 6 * kMs);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kIdle), 15 * kMs);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kBlocked), 17 * kMs);
  for (const auto& [id, sum] : tracker_.sums(tasks_.find(kWorker)).by_cause()) {
    const WhyPart part = tracker_.cause(id).part;
    if (part == WhyPart::kIdle || part == WhyPart::kBlocked) {
      EXPECT_EQ(sum.count, 1U);
      EXPECT_EQ(sum.max_ns, sum.ns);
    }
  }
}

// Python's GIL: the sleep that a timer ended waits for what ends the next one, and is not in the sums yet.
TEST_F(WhyTrackerTest, ARunThatWasNotShownIsNotOfASleepThatATimerEnded) {
  scenario_.with_runtimes();
  const SleepFields wait{.call = kFutexCall, .args = {0x1000, kWaitBitset | kPrivate}};
  scenario_.at(1010 * kMs);
  why_.on_cpu(0).sleeps(kWorker, wait);
  scenario_.switches({.from = kWorker, .to = 0, .state = kSleeping});
  scenario_.at(1030 * kMs);
  why_.wakes(kWorker, {.context = HT_CONTEXT_HARDIRQ});
  scenario_.on_cpu(0).hides({.from = 0, .to = kWorker});
  scenario_.at(1040 * kMs);
  why_.on_cpu(0).sleeps(kWorker, wait);
  scenario_.switches({.from = kWorker, .to = 0, .state = kSleeping});
  scenario_.at(1050 * kMs).switches({.from = 0, .to = kWorker});
  replay(1100);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kOnCpu), 70 * kMs);
  EXPECT_EQ(tracker_.sums(tasks_.find(kWorker)).total_ns(), 100 * kMs);
}

// It lost the CPU at 1010 ms, waited for 5 ms, and neither switch was shown.
TEST_F(WhyTrackerTest, AWaitThatWasNotShownIsNoTimeOnACpu) {
  scenario_.with_runtimes();
  scenario_.at(1010 * kMs).on_cpu(0).hides({.from = kWorker, .to = 0, .preempt = true});
  scenario_.at(1015 * kMs).hides({.from = 0, .to = kWorker, .wait_ns = 5 * kMs});
  scenario_.at(1032 * kMs);
  why_.on_cpu(0).sleeps(kWorker, {.call = kNanosleepCall});
  scenario_.switches({.from = kWorker, .to = 0, .state = kSleeping});
  scenario_.at(1050 * kMs).switches({.from = 0, .to = kWorker, .wait_ns = kMs});
  replay(1100);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kOnCpu), 77 * kMs);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kWait), 6 * kMs);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kIdle), 17 * kMs);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kUnknown), 0U);
}

// io_uring_enter that waits for a pipe has in_iowait set, and sleeps in S.
TEST_F(WhyTrackerTest, IowaitInAnInterruptibleSleepIsNoDisk) {
  sleep(kWorker, 1010, 1030, {.call = 426, .flags = HT_SLEEP_IOWAIT});
  replay(1100);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kDisk), 0U);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kIdle), 20 * kMs);
}

// userfaultfd: the thread that resolves the fault does it in user space.
TEST_F(WhyTrackerTest, AnInterruptiblePageFaultIsBlocked) {
  why_.place(0x20, {"schedule", "handle_userfault", "do_anonymous_page", "handle_mm_fault",
                    "exc_page_fault"});
  sleep(kWorker, 1010, 1030, {.stack = 0x20}, WakerFields{.tid = kOther});
  replay(1100);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kIdle), 0U);
  EXPECT_EQ(only(kWorker, WhyPart::kBlocked).reason, WhyReason::kUserfault);
}

TEST_F(WhyTrackerTest, ASpliceForRoomIsBlockedAndOneForBytesIsNot) {
  constexpr std::int16_t kSpliceCall = 275;
  sleep(kWorker, 1010, 1030, {.call = kSpliceCall, .args = {3, 0, 4}, .object = 1, .value = 4});
  sleep(kOther, 1010, 1040, {.call = kSpliceCall, .args = {3, 0, 4}, .object = 2, .value = 3});
  replay(1100);
  EXPECT_EQ(ns_of(kWorker, WhyPart::kBlocked), 20 * kMs);
  EXPECT_EQ(ns_of(kOther, WhyPart::kIdle), 30 * kMs);
}

TEST_F(WhyTrackerTest, AnIntervalBeginsWithoutTheSumsOfTheLast) {
  sleep(kWorker, 1010, 1030, {.call = kNanosleepCall});
  replay(1100);
  tracker_.begin_interval(1100 * kMs);
  EXPECT_EQ(tracker_.sums(tasks_.find(kWorker)).total_ns(), 0U);
  tracker_.settle(1150 * kMs);
  EXPECT_EQ(tracker_.sums(tasks_.find(kWorker)).total_ns(), 50 * kMs);
}

// The joined thread has ended when its joiner runs again.
TEST_F(WhyTrackerTest, AJoinOfAThreadThatHasEndedIsOne) {
  scenario_.at(1010 * kMs);
  why_.on_cpu(0).sleeps(
      kWorker,
      {.call = kFutexCall, .args = {0x1000, kWaitBitset | kRealtimeClock}, .value = kOther});
  scenario_.switches({.from = kWorker, .to = 0, .state = kSleeping});
  scenario_.at(1030 * kMs).on_cpu(1);
  why_.on_cpu(1).wakes(kWorker, {.tid = kOther, .call = 60});
  scenario_.switches({.from = kOther, .to = 0, .state = 0x80}).ends(kOther);
  scenario_.at(1031 * kMs).on_cpu(0).switches({.from = 0, .to = kWorker});
  replay(1100);
  EXPECT_EQ(only(kWorker, WhyPart::kBlocked).reason, WhyReason::kThreadEnd);
}

TEST_F(WhyTrackerTest, ARobustMutexHasItsOwnerInTheWord) {
  sleep(kWorker, 1010, 1030,
        {.call = kFutexCall, .args = {0x1000, 0}, .value = 0x80000000U | kOther});
  replay(1100);
  EXPECT_EQ(only(kWorker, WhyPart::kBlocked).by_tid, kOther);
}

// Its own lock is held by one who waits for another one's: two levels.
TEST_F(WhyTrackerTest, AChainGoesDeeperThanTheHolder) {
  constexpr std::uint32_t kLast = 12;
  scenario_.on_cpu(2).seen(kLast, {.pid = kProcess, .comm = "last", .on_cpu = true});
  const auto lock = [](std::uint64_t address, std::uint32_t owner) {
    return SleepFields{
        .call = kFutexCall, .args = {address, kPrivate}, .owner_tid = owner, .value = 2};
  };
  const auto begins = [&](std::uint64_t at, std::uint16_t cpu, std::uint32_t tid,
                          const SleepFields& fields) {
    scenario_.at(at * kMs);
    why_.on_cpu(cpu).sleeps(tid, fields);
    scenario_.on_cpu(cpu).switches({.from = tid, .to = 0, .state = fields.state});
  };
  const auto ends = [&](std::uint64_t at, std::uint16_t cpu, std::uint32_t tid,
                        const WakerFields& waker) {
    scenario_.at(at * kMs);
    why_.on_cpu(cpu).wakes(tid, waker);
    scenario_.on_cpu(cpu).switches({.from = 0, .to = tid});
  };
  begins(1010, 1, kOther, lock(0x2000, kLast));
  begins(1010, 0, kWorker, lock(0x1000, kOther));
  // The last one sleeps 20 of the 30 ms and runs 10.
  begins(1010, 2, kLast, {.call = kNanosleepCall});
  ends(1030, 2, kLast, {.context = HT_CONTEXT_HARDIRQ});
  ends(1040, 1, kOther, {.tid = kLast, .call = kFutexCall});
  ends(1040, 0, kWorker, {.tid = kOther, .call = kFutexCall});

  const auto deeper_ns = [&](unsigned chain) {
    TaskTable tasks;
    WhyTracker tracker(tasks, {.chain = chain});
    for (std::size_t i = 0; i < scenario_.records().size(); i++) {
      const std::optional<Event> event = decode(scenario_.records().at(i));
      feed(tasks, *event);
      feed(tracker, *event);
    }
    tracker.settle(1050 * kMs);
    std::map<WhyPart, std::uint64_t> sums;  // of what "last" did while "other" waited for it
    for (const auto& [id, sum] : tracker.sums(tasks.find(kWorker)).by_cause())
      for (const auto& [node, ns] : sum.meanwhile) {
        const ChainTable::Node& one = tracker.chains()[node];
        if (one.parent == ChainTable::kTop) continue;
        EXPECT_EQ(tracker.cause(tracker.chains()[one.parent].cause).by_tid, kLast);
        sums[tracker.cause(one.cause).part] += ns;
      }
    return sums;
  };
  EXPECT_TRUE(deeper_ns(1).empty());
  EXPECT_EQ(deeper_ns(2), (std::map<WhyPart, std::uint64_t>{{WhyPart::kIdle, 20 * kMs},
                                                            {WhyPart::kOnCpu, 10 * kMs}}));
}

// make waits in pselect6 for SIGCHLD.
TEST_F(WhyTrackerTest, ASleepForSignalsThatAChildEndsIsOneForTheChild) {
  constexpr std::int16_t kPselectCall = 270;
  constexpr std::int16_t kExitGroupCall = 231;
  scenario_.on_cpu(2).seen(30, {.pid = 30, .parent_pid = kProcess, .comm = "child"});
  sleep(kWorker, 1010, 1030, {.call = kPselectCall},
        WakerFields{.tid = 30, .call = kExitGroupCall});
  sleep(kOther, 1010, 1030, {.call = kPselectCall}, WakerFields{.tid = 30, .call = kWriteCall});
  replay(1100);
  const WhyCause cause = only(kWorker, WhyPart::kBlocked);
  EXPECT_EQ(cause.reason, WhyReason::kChild);
  EXPECT_EQ(cause.object, 30U);
  EXPECT_EQ(ns_of(kOther, WhyPart::kIdle), 20 * kMs);
}

// The thread that writes is in glibc's lock, those that read are not.
TEST_F(WhyTrackerTest, AReadWriteLockIsHeldByItsWriter) {
  const std::vector<std::uint64_t> args = {0x1008, kPrivate | kWaitBitset | kRealtimeClock};
  sleep(kWorker, 1010, 1030, {.call = kFutexCall, .args = args, .owner_tid = kOther, .value = 3},
        WakerFields{.tid = kOther, .call = kFutexCall});
  replay(1100);
  const WhyCause cause = only(kWorker, WhyPart::kBlocked);
  EXPECT_EQ(cause.reason, WhyReason::kFutexLock);
  EXPECT_EQ(cause.relation, WhyRelation::kHolder);
  EXPECT_EQ(cause.by_tid, kOther);
}

}  // namespace
}  // namespace hoodtrace
