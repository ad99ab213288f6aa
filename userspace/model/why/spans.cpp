// SPDX-License-Identifier: GPL-2.0-or-later
// WhyTracker: the cause of each span, and what somebody else did meanwhile.

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "model/why/tracker.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kMostTimedOut = 4096;

bool is_wait_part(WhyPart part) {
  return part == WhyPart::kWait || part == WhyPart::kThrottled || part == WhyPart::kDispatch;
}

}  // namespace

void WhyTracker::add(TaskSpans::Ended spans, End end) {
  end_ = end;
  for (const TaskSpan& span : spans) add_span(span);
}

void WhyTracker::add_span(const TaskSpan& span) {
  Thread& thread = of(span.task);
  if (span.unshown_ns != 0) {
    move_unshown(thread, span);
    return;
  }
  if (span.follows_unshown) move_unshown_wait(thread, span);
  if (span.to_ns <= span.from_ns) return;
  if (span.time == TaskTime::kRunning) {
    const std::uint64_t ran_ns = span.to_ns - span.from_ns;
    WhySum& sum = count(thread, on_cpu_, span.from_ns, span.to_ns, 1);
    thread.last_lengths.add(sum, on_cpu_, ran_ns, ran_ns);
    remember(thread, on_cpu_, span.from_ns, span.to_ns);
  } else if (span.time == TaskTime::kWaiting) {
    add_wait(thread, span);
  } else {
    add_sleep(thread, span);
  }
}

WhySum& WhyTracker::count(Thread& thread, WhyCauseId cause, std::uint64_t from_ns,
                          std::uint64_t to_ns, std::uint64_t times) {
  WhySum& sum = thread.sums[cause];
  sum.ns += to_ns - from_ns;
  sum.count += times;
  return sum;
}

void WhyTracker::remember(Thread& thread, WhyCauseId cause, std::uint64_t from_ns,
                          std::uint64_t to_ns) {
  thread.recent.add({from_ns, to_ns, cause, activity_of(cause)});
  thread.last = cause;
}

// What a thread does for others to see: of a wait for a CPU, who ran instead; of a sleep, not whose
// doing it was. Else 200 threads that hand a lock around do 40 000 different things.
WhyCauseId WhyTracker::activity_of(WhyCauseId id) {
  if (id < activities_.size() && activities_[id] != CauseTable::kUnknown) return activities_[id];
  WhyCause cause = causes_[id];
  if (cause.part != WhyPart::kWait) {
    cause.relation = WhyRelation::kNone;
    cause.by = WhoTable::kUnknown;
    cause.by_tid = 0;
  }
  if (cause.object_kind == WhyObjectKind::kAddress) {
    cause.object_kind = WhyObjectKind::kNone;
    cause.object = 0;
  }
  const WhyCauseId activity = causes_.at(cause);
  if (activities_.size() <= id) activities_.resize(std::max<std::size_t>(id + 1, id * 3 / 2));
  return activities_[id] = activity;
}

// A thread that does this works, or wants to. One that waits for a thread that itself only waits is
// no proof of work.
bool WhyTracker::is_work(const WhyCause& cause) const {
  switch (cause.part) {
    case WhyPart::kIdle:
    case WhyPart::kStopped:
    case WhyPart::kUnknown:
      return false;
    case WhyPart::kBlocked:
      return cause.reason != WhyReason::kThreadEnd && cause.reason != WhyReason::kChild &&
             cause.reason != WhyReason::kVfork && cause.reason != WhyReason::kFutexWait &&
             cause.reason != WhyReason::kBirth;
    default:
      return true;
  }
}

// More than half of the time that was seen of it, which is at least a quarter of the sleep: whoever
// wakes is on a CPU at that moment.
bool WhyTracker::is_at_work(const WhyTimes& did, std::uint64_t slept_ns) const {
  std::uint64_t work_ns = 0;
  std::uint64_t seen_ns = 0;
  for (const auto& [id, ns] : did) {
    const ChainTable::Node& node = chains_[id];
    if (node.parent != ChainTable::kTop) continue;
    seen_ns += ns;
    if (is_work(causes_[node.cause])) work_ns += ns;
  }
  return work_ns * 2 > seen_ns && seen_ns * 4 >= slept_ns;
}

// A wait is divided among those who ran instead. What the SchedTracker did not measure, such as a
// wait that goes on, is behind nobody known.
void WhyTracker::add_wait(Thread& thread, const TaskSpan& span) {
  std::uint64_t at_ns = span.from_ns;
  const auto add = [&](WhoId who, std::uint64_t until_ns) {
    if (until_ns <= at_ns) return;
    const WhyCauseId cause = cause_of_wait(who);
    WhySum& sum = count(thread, cause, at_ns, until_ns, 1);
    thread.last_lengths.add(sum, cause, until_ns - at_ns, until_ns - at_ns);
    remember(thread, cause, at_ns, until_ns);
    at_ns = until_ns;
  };
  for (const LongWait& wait : waits_) {
    if (wait.task != span.task || wait.behind.empty()) continue;
    for (const auto& [who, ns] : wait.behind) add(who, std::min(span.to_ns, at_ns + ns));
    // The two measures of a wait may differ by the grain of the clocks.
    add(wait.behind.front().first, span.to_ns);
  }
  add(WhoTable::kUnknown, span.to_ns);
}

WhyCauseId WhyTracker::cause_of_wait(WhoId who) {
  if (who < wait_causes_.size() && wait_causes_[who] != CauseTable::kUnknown)
    return wait_causes_[who];
  WhyCause cause;
  cause.part = WhyPart::kWait;
  cause.relation = WhyRelation::kBehind;
  cause.by = who;
  if (who == WhoTable::kIdle) cause = {.part = WhyPart::kDispatch};
  if (who == WhoTable::kThrottled)
    cause = {.part = WhyPart::kThrottled, .reason = WhyReason::kQuota};
  if (who == WhoTable::kOwnDeadline)
    cause = {.part = WhyPart::kThrottled, .reason = WhyReason::kOwnDeadline};
  if (wait_causes_.size() <= who) wait_causes_.resize(who + 1);
  return wait_causes_[who] = causes_.at(cause);
}

void WhyTracker::add_sleep(Thread& thread, const TaskSpan& span) {
  WhySleep sleep;
  sleep.began = thread.sleep ? &*thread.sleep : nullptr;
  sleep.waking = end_ == End::kChange && thread.waking ? &*thread.waking : nullptr;
  sleep.ready_object = thread.ready_object;
  sleep.time = span.time;
  sleep.pid = tasks_[span.task].pid;
  if (const auto stopper = stoppers_.find(sleep.pid); stopper != stoppers_.end())
    sleep.stopper_tid = stopper->second;
  WhyCause cause = sleep_causes_.cause_of(sleep);
  did_.clear();
  if (cause.by_tid != 0) look_at(span.task, cause.by_tid, span.from_ns, span.to_ns);
  if (sleep_causes_.may_be_blocked(cause) && is_at_work(did_, span.to_ns - span.from_ns))
    cause.part = WhyPart::kBlocked;
  const WhyCauseId id = causes_.at(cause);
  remember(thread, id, span.from_ns, span.to_ns);
  const std::uint64_t times = cause.reason == WhyReason::kBirth || thread.is_counted ? 0 : 1;
  thread.is_counted = true;
  const std::uint64_t began_ns =
      thread.sleep ? std::min<std::uint64_t>(thread.sleep->head.time_ns, span.from_ns)
                   : span.from_ns;
  const bool is_condition = cause.reason == WhyReason::kFutexWait;
  if (is_condition && cause.relation == WhyRelation::kTimer && end_ == End::kChange &&
      thread.timed_out.size() < kMostTimedOut) {
    thread.timed_out.push_back({id, cause.object, span.from_ns, span.to_ns, times});
  } else {
    WhySum& sum = count(thread, id, span.from_ns, span.to_ns, times);
    thread.last_lengths.add(sum, id, span.to_ns - span.from_ns,
                            end_ == End::kChange ? span.to_ns - began_ns : 0);
    for (const auto& [other, ns] : did_) sum.meanwhile[other] += ns;
    const bool is_known = is_condition && cause.part == WhyPart::kBlocked;
    if (!thread.timed_out.empty()) count_timed_out(span.task, thread, is_known ? &cause : nullptr);
  }
  if (options_.threshold_ns == 0 || end_ != End::kChange ||
      span.to_ns - began_ns < options_.threshold_ns || !tasks_[span.task].traced)
    return;
  if (tasks_.is_command(span.task) && !thread.has_executed) return;
  long_sleeps_.push_back({span.to_ns, span.task, span.to_ns - began_ns, id,
                          std::exchange(thread.stack, std::nullopt)});
}

// Those that a timer ended get the cause of the wait at the same place that followed, when it is known.
void WhyTracker::count_timed_out(TaskId task, Thread& thread, const WhyCause* until) {
  for (const TimedOut& sleep : std::exchange(thread.timed_out, {})) {
    const bool is_same = until != nullptr && until->object == sleep.address;
    const WhyCauseId cause = is_same ? causes_.at(*until) : sleep.cause;
    WhySum& sum = count(thread, cause, sleep.from_ns, sleep.to_ns, sleep.times);
    thread.last_lengths.add(sum, cause, 0, sleep.to_ns - sleep.from_ns);
    if (!is_same) continue;
    for (const auto& [other, ns] : look_at(task, until->by_tid, sleep.from_ns, sleep.to_ns))
      sum.meanwhile[other] += ns;
  }
}

// What the thread `tid` did between two moments, as far as it was seen.
const WhyTimes& WhyTracker::look_at(TaskId from, std::uint32_t tid, std::uint64_t from_ns,
                                    std::uint64_t to_ns) {
  did_.clear();
  add_did(from, {tid, from_ns, to_ns, ChainTable::kTop, 1});
  return did_;
}

void WhyTracker::add_did(TaskId from, const Look& look) {
  const TaskId id = tasks_.find(look.tid);
  if (id == kNoTask || id == from || id >= threads_.size()) return;
  const Thread& other = threads_[id];
  const auto add = [&](WhyCauseId cause, std::uint64_t ns) {
    const WhyChainId node = chains_.at(look.above, cause);
    if (node != ChainTable::kTop) did_.add(node, ns);
    return node;
  };
  other.recent.overlap(
      look.from_ns, look.to_ns,
      [&](const Recent::Span& span) {
        const bool deeper = options_.chain > 1;
        const WhyChainId node = add(deeper ? span.cause : span.activity, span.to_ns - span.from_ns);
        if (!deeper || look.depth >= options_.chain || node == ChainTable::kTop) return;
        const WhyCause& cause = causes_[span.cause];
        if (cause.relation == WhyRelation::kHolder || cause.relation == WhyRelation::kWaker)
          add_did(from, {cause.by_tid, span.from_ns, span.to_ns, node, look.depth + 1});
      },
      add);
  // Its run that has not ended yet.
  if (other.ran_from_ns != 0 && other.ran_from_ns < look.to_ns)
    add(on_cpu_, look.to_ns - std::max(other.ran_from_ns, look.from_ns));
}

// A run that no switch has shown was within a wait or a sleep, and time off the CPU within a run.
void WhyTracker::move_unshown(Thread& thread, const TaskSpan& span) {
  if (span.instead == TaskTime::kOther) return;  // it would not add up: switches were lost
  const auto moved_ns = static_cast<std::uint64_t>(std::abs(span.unshown_ns));
  if (span.unshown_ns > 0) {
    const auto is_wait = [this](WhyCauseId cause) { return is_wait_part(causes_[cause].part); };
    const bool of_wait = span.instead == TaskTime::kWaiting;
    std::uint64_t taken_ns = thread.last_lengths.shorten(
        thread.sums, moved_ns,
        [&](WhyCauseId cause) { return cause != on_cpu_ && is_wait(cause) == of_wait; });
    taken_ns += shorten_timed_out(thread, moved_ns - taken_ns);
    thread.sums[on_cpu_].ns += taken_ns;
    thread.unshown = thread.last_lengths;
    return;
  }
  const std::uint64_t taken_ns = thread.last_lengths.shorten(
      thread.sums, moved_ns, [this](WhyCauseId cause) { return cause == on_cpu_; });
  thread.unshown.clear();
  if (taken_ns == 0) return;
  const WhyCauseId unknown = causes_.at({.part = WhyPart::kUnknown, .reason = WhyReason::kNotSeen});
  WhySum& sum = thread.sums[unknown];
  sum.ns += taken_ns;
  sum.count++;
  thread.unshown.add(sum, unknown, taken_ns, taken_ns);
}

// A sleep that a timer ended is not in the sums yet. Only one that began when it last left a CPU can have it.
std::uint64_t WhyTracker::shorten_timed_out(Thread& thread, std::uint64_t ns) {
  if (thread.timed_out.empty() || thread.timed_out.back().from_ns < thread.left_ns) return 0;
  TimedOut& sleep = thread.timed_out.back();
  const std::uint64_t taken_ns = std::min(ns, sleep.to_ns - sleep.from_ns);
  sleep.to_ns -= taken_ns;
  return taken_ns;
}

// The wait for that run: the next one has it in its run_delay.
void WhyTracker::move_unshown_wait(Thread& thread, const TaskSpan& span) {
  const std::uint64_t length_ns = span.to_ns - span.from_ns;
  const std::uint64_t more_ns = span.waited_ns() - std::min(span.waited_ns(), length_ns);
  const std::uint64_t taken_ns = thread.unshown.shorten(
      thread.sums, more_ns,
      [this](WhyCauseId cause) { return cause != on_cpu_ && !is_wait_part(causes_[cause].part); });
  thread.last_lengths.raise_longest(thread.sums);
  thread.unshown.clear();
  if (taken_ns == 0) return;
  WhySum& wait = thread.sums[cause_of_wait(WhoTable::kUnknown)];
  wait.ns += taken_ns;
  wait.count++;
  wait.add_length(taken_ns);
}

}  // namespace hoodtrace
