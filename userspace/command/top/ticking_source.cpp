// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/top/ticking_source.hpp"

#include <cstddef>

namespace hoodtrace {

Result<std::span<const RecordView>> TickingSource::next() {
  Result<std::span<const RecordView>> records = source_->next();
  if (!records || records->empty()) return records;
  ticks_.clear();
  views_.clear();
  // Where ticks stand among the records; their views come last: the buffer moves while it grows.
  std::vector<std::size_t> places;
  for (const RecordView& record : *records) {
    const std::uint64_t time_ns = record.head->time_ns;
    if (record.head->type == HT_TICK &&
        reinterpret_cast<const ht_tick*>(record.head)->kind == HT_TICK_INTERVAL)
      continue;
    if (next_ns_ == 0 && record.head->type == HT_SESSION) next_ns_ = time_ns + interval_ns_;
    // An interval in which nothing happened has a tick as well, but a gap of hours not one for each.
    constexpr int kMostAtOnce = 1000;
    for (int i = 0; next_ns_ != 0 && time_ns >= next_ns_; i++) {
      if (i == kMostAtOnce) next_ns_ = time_ns;
      ht_tick tick{};
      tick.head = {next_ns_, 0, HT_TICK, HT_NO_CPU};
      tick.kind = HT_TICK_INTERVAL;
      tick.command_status = HT_NO_STATUS;
      ticks_.add(tick);
      places.push_back(views_.size());
      views_.emplace_back();
      next_ns_ += interval_ns_;
    }
    views_.push_back(record);
  }
  for (std::size_t i = 0; i < places.size(); i++) views_[places[i]] = ticks_.at(i);
  return std::span<const RecordView>(views_);
}

}  // namespace hoodtrace
