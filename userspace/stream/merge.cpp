// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/merge.hpp"

#include <algorithm>

namespace hoodtrace {

void Merger::add(std::size_t lane, RecordView record, std::uint64_t position) {
  std::vector<Entry>& entries = lanes_[lane].entries;
  const Entry entry{record.head->time_ns, position, record};
  // A loss is recorded when the ring has space again, with the time at which it began: not late.
  if (entry.time_ns < released_ns_ && record.head->type != HT_LOST) late_++;
  std::size_t at = entries.size();
  entries.push_back(entry);
  const std::size_t first = lanes_[lane].next;
  while (at > first && entries[at - 1].time_ns > entry.time_ns) {
    entries[at] = entries[at - 1];
    at--;
  }
  entries[at] = entry;
}

bool Merger::release(std::uint64_t watermark_ns, std::size_t limit, std::vector<RecordView>& out) {
  const auto head_ns = [this](std::size_t lane) {
    return lanes_[lane].entries[lanes_[lane].next].time_ns;
  };
  const auto later = [&](std::size_t a, std::size_t b) {
    return head_ns(a) != head_ns(b) ? head_ns(a) > head_ns(b) : a > b;
  };
  const auto is_ready = [&](std::size_t lane) {
    return lanes_[lane].next < lanes_[lane].entries.size() && head_ns(lane) <= watermark_ns;
  };

  ready_.clear();
  for (std::size_t lane = 0; lane < lanes_.size(); lane++)
    if (is_ready(lane)) ready_.push_back(lane);
  std::make_heap(ready_.begin(), ready_.end(), later);

  while (!ready_.empty() && limit > 0) {
    std::pop_heap(ready_.begin(), ready_.end(), later);
    const std::size_t lane_index = ready_.back();
    ready_.pop_back();
    Lane& lane = lanes_[lane_index];
    // Runs are long: stay in this lane until another one's head is earlier.
    std::uint64_t until = watermark_ns;
    if (!ready_.empty()) {
      const std::uint64_t other_ns = head_ns(ready_.front());
      until = std::min(until, ready_.front() > lane_index ? other_ns : other_ns - 1);
    }
    while (limit > 0 && lane.next < lane.entries.size() &&
           lane.entries[lane.next].time_ns <= until) {
      out.push_back(lane.entries[lane.next].record);
      released_ns_ = std::max(released_ns_, lane.entries[lane.next].time_ns);
      lane.next++;
      limit--;
    }
    if (lane.next == lane.entries.size()) {
      lane.entries.clear();
      lane.next = 0;
    } else if (is_ready(lane_index)) {
      ready_.push_back(lane_index);
      std::push_heap(ready_.begin(), ready_.end(), later);
    }
  }
  for (Lane& lane : lanes_) {
    if (lane.next * 2 < lane.entries.size()) continue;
    lane.entries.erase(lane.entries.begin(),
                       lane.entries.begin() + static_cast<std::ptrdiff_t>(lane.next));
    lane.next = 0;
  }
  return !ready_.empty();
}

std::uint64_t Merger::oldest_held(std::size_t lane, std::uint64_t none) const {
  std::uint64_t oldest = none;
  const Lane& held = lanes_[lane];
  for (std::size_t i = held.next; i < held.entries.size(); i++)
    oldest = std::min(oldest, held.entries[i].position);
  return oldest;
}

std::size_t Merger::held() const {
  std::size_t count = 0;
  for (const Lane& lane : lanes_) count += lane.entries.size() - lane.next;
  return count;
}

}  // namespace hoodtrace
