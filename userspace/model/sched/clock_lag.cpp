// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/clock_lag.hpp"

#include "events.h"

namespace hoodtrace {

void ClockLag::restart(std::uint64_t now_ns, std::int64_t lag_ns) {
  half_began_ns_ = now_ns;
  now_ = {lag_ns, now_ns, true};
  before_ = {};
  lowest_ = {};
  anchor_ = {};
}

void ClockLag::end_half_window(std::uint64_t now_ns) {
  last_ = (last_ + 1) % kHalfWindows;
  before_[last_] = lowest_ = now_;
  if (rate_known_) {
    constexpr std::uint64_t kOldestNs = kHalfWindowNs * kHalfWindows;
    for (const Least& least : before_)
      if (least.known && now_ns - least.at_ns <= kOldestNs &&
          carried(least, now_ns) < carried(lowest_, now_ns))
        lowest_ = least;
  }
  // Not from a half window in which the clock was never fresh.
  if (carried(now_, now_ns) <= carried(lowest_, now_ns) + kJitterNs) measure_rate();
  now_.known = false;
  half_began_ns_ = now_ns;
}

void ClockLag::measure_rate() {
  if (!anchor_.known) anchor_ = now_;
  const std::uint64_t span_ns = now_.at_ns - anchor_.at_ns;
  if (span_ns < kRateSpanNs) return;
  rate_ =
      std::clamp(static_cast<double>(now_.lag_ns - anchor_.lag_ns) / static_cast<double>(span_ns),
                 -kMostRate, kMostRate);
  rate_known_ = true;
  if (span_ns >= kLongestRateSpanNs) anchor_ = now_;
}

void ClockLag::begin(std::uint64_t now_ns, std::uint32_t clock_lag) {
  known_ = true;
  last_raw_ = clock_lag;
  last_ns_ = std::int64_t{clock_lag} << HT_LAG_SHIFT;
  if (assumed_.known && now_ns >= assumed_.at_ns && now_ns - assumed_.at_ns <= kAssumedForNs) {
    // The record has the low 32 bits: the lag that is next to the assumed one.
    const auto assumed_raw = static_cast<std::uint32_t>(assumed_.lag_ns >> HT_LAG_SHIFT);
    const auto step = static_cast<std::int32_t>(clock_lag - assumed_raw);
    last_ns_ = ((assumed_.lag_ns >> HT_LAG_SHIFT) + step) * (1 << HT_LAG_SHIFT);
    const std::int64_t age_ns = last_ns_ - carried(assumed_, now_ns);
    assumed_.known = age_ns >= -kWayNs && age_ns <= kJumpNs;
  } else {
    assumed_.known = false;
  }
  restart(now_ns, last_ns_);
  if (assumed_.known) before_[last_] = lowest_ = assumed_;
}

std::uint64_t ClockLag::age_ns(std::uint64_t now_ns, std::uint32_t clock_lag) {
  if (!known_) begin(now_ns, clock_lag);
  const auto step = static_cast<std::int32_t>(clock_lag - last_raw_);
  last_raw_ = clock_lag;
  last_ns_ += static_cast<std::int64_t>(step) * (1 << HT_LAG_SHIFT);
  if (now_ns < half_began_ns_) return 0;
  if (now_.known && now_ns - half_began_ns_ >= kHalfWindowNs) end_half_window(now_ns);
  std::int64_t least_ns = INT64_MAX;
  for (const Least& least : {now_, lowest_})
    if (least.known) least_ns = std::min(least_ns, carried(least, now_ns));
  const std::int64_t age_ns = last_ns_ - least_ns;
  if (age_ns > kJumpNs || age_ns < -kJumpNs) {
    restart(now_ns, last_ns_);
    return 0;
  }
  if (!now_.known || last_ns_ <= carried(now_, now_ns)) now_ = {last_ns_, now_ns, true};
  return age_ns > kJitterNs ? static_cast<std::uint64_t>(age_ns) : 0;
}

}  // namespace hoodtrace
