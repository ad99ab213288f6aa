// SPDX-License-Identifier: GPL-2.0-or-later
// How old one CPU's run-queue clock was at each switch, from ht_switch.clock_lag.
//
// sched_info_arrive() (kernel/sched/stats.h) ends a wait at rq->clock. After a wake-up that has set
// need_resched, update_rq_clock() is skipped (rq_clock_skip_update(), wakeup_preempt()), so that on
// an idle CPU rq->clock still is the time of the wake-up: the interrupt's end and the way out of the
// idle state are in no kernel count. CLOCK_BOOTTIME minus rq->clock shows it: its smallest value of
// the last 50 to 100 ms is the offset of the two clocks (plus the constant way from the clock's
// update to the tracepoint, some 100 ns), what exceeds it is the clock's age.
//
// The clocks also run at different rates, for NTP steers CLOCK_BOOTTIME alone (by 500 ppm at most).
// Once their rate is known (from adjtimex at first, then measured), smallest values are carried
// forward at it, and the last 500 ms count:
// with a target, 100 ms of a busy CPU may have a handful of records, all after preemptions, and
// then the clock is old at each of them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace hoodtrace {

class ClockLag {
 public:
  // The lag grows by so much per time, until that was measured: then older values count from the start.
  void assume_rate(double rate) {
    rate_known_ = true;
    rate_ = std::clamp(rate, -kMostRate, kMostRate);
  }
  // How far the two clocks were apart at at_ns. With the most of the way to the tracepoint added it counts
  // as a smallest value of that time. Without it the first switch of a CPU passes for one with a fresh clock.
  void assume_lag(std::int64_t lag_ns, std::uint64_t at_ns) {
    constexpr std::int64_t kMostNs = std::int64_t{1} << 60;  // a damaged file's may be anything
    if (lag_ns > kMostNs || lag_ns < -kMostNs) return;
    assumed_ = {lag_ns + kWayNs, at_ns, true};
  }
  // The age at a switch at now_ns; each CPU's switches in their order. 0 for the first,
  // when no lag is assumed.
  std::uint64_t age_ns(std::uint64_t now_ns, std::uint32_t clock_lag);

 private:
  // A smallest value, and when it was seen.
  struct Least {
    std::int64_t lag_ns = 0;
    std::uint64_t at_ns = 0;
    bool known = false;
  };

  static constexpr double kMostRate = 0.001;  // twice what NTP may
  static constexpr std::uint64_t kHalfWindowNs = 50'000'000;
  static constexpr std::size_t kHalfWindows = 10;  // remembered
  // The rate is of at least the first, and at most the second.
  static constexpr std::uint64_t kRateSpanNs = 1'000'000'000;
  static constexpr std::uint64_t kLongestRateSpanNs = 4'000'000'000;
  // So much the way from the clock's update to the tracepoint varies.
  static constexpr std::int64_t kJitterNs = 128;
  // From the clock's update to the tracepoint's time, with cold caches in a virtual machine (1.1 to 2.4 us).
  static constexpr std::int64_t kWayNs = 2000;
  // So long after it was read it is of use, whatever the error of the rate.
  static constexpr std::uint64_t kAssumedForNs = 2 * kHalfWindows * kHalfWindowNs;
  // More than that is a jump of the clocks (a suspend), not an age.
  static constexpr std::int64_t kJumpNs = 1'000'000'000;

  [[nodiscard]] std::int64_t carried(const Least& least, std::uint64_t now_ns) const {
    return least.lag_ns +
           static_cast<std::int64_t>(rate_ * static_cast<double>(now_ns - least.at_ns));
  }
  void restart(std::uint64_t now_ns, std::int64_t lag_ns);
  // The first record's lag by itself.
  void begin(std::uint64_t now_ns, std::uint32_t clock_lag);
  void end_half_window(std::uint64_t now_ns);
  void measure_rate();

  bool known_ = false;
  std::uint32_t last_raw_ = 0;
  std::int64_t last_ns_ = 0;  // unwrapped
  std::uint64_t half_began_ns_ = 0;
  Least now_;                                 // of the half window that goes on
  std::array<Least, kHalfWindows> before_{};  // of those before, in a ring
  std::size_t last_ = 0;                      // the newest of them
  Least lowest_;                              // of those before: the smallest, carried
  Least assumed_;                             // of all CPUs, at the start
  Least anchor_;                              // where the measuring of the rate began
  bool rate_known_ = false;
  double rate_ = 0;
};

}  // namespace hoodtrace
