// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/on_cpu.hpp"

#include <algorithm>
#include <utility>

#include "model/times/bounded.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kWrap = std::uint64_t{1} << 32;
// A snapshot's count can be newer than that of a switch-out beside it, by so little.
constexpr std::uint64_t kRaceNs = 100'000'000;
// A count grows no faster than time does; the snapshot's may be a few ticks old.
constexpr std::uint64_t kTicksNs = 20'000'000;

}  // namespace

void OnCpuTime::begin_span(std::uint64_t exec_ns, std::uint64_t now_ns, bool running) {
  *this = {};
  known_ = whole_known_ = true;
  exec_ns_ = exec_ns;
  at_ns_ = now_ns;
  begins_old_ = running;
}

void OnCpuTime::begin_interval() {
  counted_ns_ = std::exchange(carried_ns_, 0);
  before_span_ns_ = 0;
  unreported_ns_ = 0;
  ended_ = false;
}

void OnCpuTime::forget(std::uint32_t exec, std::uint64_t now_ns) {
  known_ = true;
  whole_known_ = false;
  exec_ns_ = exec;
  at_ns_ = now_ns;
  ahead_ns_ = 0;
}

std::uint64_t OnCpuTime::take_unreported(std::uint64_t grown_ns, std::uint64_t ran_ns) {
  const std::int64_t lacking_ns = bounded_ns(grown_ns) - std::exchange(ahead_ns_, 0);
  const auto report_ns = static_cast<std::uint64_t>(std::max<std::int64_t>(lacking_ns, 0));
  if (report_ns > ran_ns) unreported_ns_ += report_ns - ran_ns;
  return report_ns;
}

std::uint64_t OnCpuTime::leave(std::uint32_t exec, std::uint64_t ran_ns, bool shown,
                               std::uint64_t now_ns) {
  const std::uint64_t early_ns = std::min(std::exchange(early_ns_, 0), ran_ns);
  const bool begins_old = std::exchange(begins_old_, false);
  if (exec == 0) {
    known_ = false;
    return ran_ns - early_ns;
  }
  if (!known_) {
    forget(exec, now_ns);
    return ran_ns - early_ns;
  }
  const std::int64_t by_clock_ns = bounded_ns(ahead_ns_ + bounded_ns(ran_ns));
  std::uint64_t grown_ns = exec - static_cast<std::uint32_t>(exec_ns_);  // modulo 2^32
  if (grown_ns >= kWrap - kRaceNs && by_clock_ns < static_cast<std::int64_t>(kWrap / 2)) {
    // The snapshot is newer, and has counted this run.
    ahead_ns_ = 0;
    return ran_ns - early_ns;
  }
  // As often as it wrapped, by the clock.
  const std::int64_t lacking_ns = by_clock_ns - bounded_ns(grown_ns + kWrap / 2);
  if (lacking_ns > 0)
    grown_ns += (static_cast<std::uint64_t>(lacking_ns) + kWrap - 1) / kWrap * kWrap;
  if (now_ns < at_ns_ || grown_ns > now_ns - at_ns_ + kTicksNs) {
    // Not this task's count: a thread that execs takes its leader's tid.
    forget(exec, now_ns);
    return ran_ns - early_ns;
  }
  at_ns_ = now_ns;
  exec_ns_ += grown_ns;
  // The first run of the span, whole: what its count has beyond the clock's time is from before.
  if (begins_old && shown && by_clock_ns >= 0 && bounded_ns(grown_ns) > by_clock_ns) {
    before_span_ns_ = grown_ns - static_cast<std::uint64_t>(by_clock_ns);
    grown_ns -= before_span_ns_;
  }
  (ended_ ? carried_ns_ : counted_ns_) += grown_ns;
  if (!shown) return take_unreported(grown_ns, ran_ns);
  ahead_ns_ = 0;
  return ran_ns - early_ns;
}

std::uint64_t OnCpuTime::go_on(std::uint64_t ran_ns) {
  ahead_ns_ = bounded_ns(ahead_ns_ + bounded_ns(ran_ns));
  return ran_ns;
}

std::uint64_t OnCpuTime::end_span(std::uint64_t exec_ns, bool running, std::uint64_t now_ns) {
  // What came after earlier counts came before this one.
  counted_ns_ += std::exchange(carried_ns_, 0);
  ended_ = true;
  begins_old_ = false;  // this count is as old: the run no longer tells the age of the first one
  if (!known_ || !whole_known_) {
    const auto low = static_cast<std::uint32_t>(exec_ns - exec_ns_);
    if (known_ && low < kRaceNs) counted_ns_ += low;
    forget(0, now_ns);
    whole_known_ = true;
    exec_ns_ = exec_ns;
    return 0;
  }
  if (exec_ns < exec_ns_) {  // the switch-out is newer than this snapshot
    carried_ns_ = std::min(counted_ns_, exec_ns_ - exec_ns);
    counted_ns_ -= carried_ns_;
    return 0;
  }
  const std::uint64_t grown_ns = exec_ns - exec_ns_;
  exec_ns_ = exec_ns;
  at_ns_ = now_ns;
  counted_ns_ += grown_ns;
  if (running) {  // the report has it by the clock
    ahead_ns_ = bounded_ns(ahead_ns_ - bounded_ns(grown_ns));
    return 0;
  }
  early_ns_ = take_unreported(grown_ns, 0);
  return early_ns_;
}

}  // namespace hoodtrace
