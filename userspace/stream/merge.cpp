// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/merge.hpp"

#include <algorithm>

namespace hoodtrace {

void Merger::add(std::size_t input, RecordView record, std::uint64_t position) {
  std::vector<Entry>& entries = inputs_[input].entries;
  const Entry entry{record.head->time_ns, position, record};
  // A loss is recorded when the ring has space again, with the time at which it began: not late.
  if (entry.time_ns < released_ns_ && record.head->type != HT_LOST) late_++;
  std::size_t at = entries.size();
  entries.push_back(entry);
  const std::size_t first = inputs_[input].next;
  while (at > first && entries[at - 1].time_ns > entry.time_ns) {
    entries[at] = entries[at - 1];
    at--;
  }
  entries[at] = entry;
}

bool Merger::release(std::uint64_t watermark_ns, std::size_t limit, std::vector<RecordView>& out) {
  const auto head_ns = [this](std::size_t input) {
    return inputs_[input].entries[inputs_[input].next].time_ns;
  };
  const auto later = [&](std::size_t a, std::size_t b) {
    return head_ns(a) != head_ns(b) ? head_ns(a) > head_ns(b) : a > b;
  };
  const auto is_ready = [&](std::size_t input) {
    return inputs_[input].next < inputs_[input].entries.size() && head_ns(input) <= watermark_ns;
  };

  ready_.clear();
  for (std::size_t input = 0; input < inputs_.size(); input++)
    if (is_ready(input)) ready_.push_back(input);
  std::make_heap(ready_.begin(), ready_.end(), later);

  while (!ready_.empty() && limit > 0) {
    std::pop_heap(ready_.begin(), ready_.end(), later);
    const std::size_t input_index = ready_.back();
    ready_.pop_back();
    Input& input = inputs_[input_index];
    // Runs are long: stay in this input until another one's head is earlier.
    std::uint64_t until = watermark_ns;
    if (!ready_.empty()) {
      const std::uint64_t other_ns = head_ns(ready_.front());
      until = std::min(until, ready_.front() > input_index ? other_ns : other_ns - 1);
    }
    while (limit > 0 && input.next < input.entries.size() &&
           input.entries[input.next].time_ns <= until) {
      out.push_back(input.entries[input.next].record);
      released_ns_ = std::max(released_ns_, input.entries[input.next].time_ns);
      input.next++;
      limit--;
    }
    if (input.next == input.entries.size()) {
      input.entries.clear();
      input.next = 0;
    } else if (is_ready(input_index)) {
      ready_.push_back(input_index);
      std::push_heap(ready_.begin(), ready_.end(), later);
    }
  }
  for (Input& input : inputs_) {
    if (input.next * 2 < input.entries.size()) continue;
    input.entries.erase(input.entries.begin(),
                        input.entries.begin() + static_cast<std::ptrdiff_t>(input.next));
    input.next = 0;
  }
  return !ready_.empty();
}

std::uint64_t Merger::oldest_held(std::size_t input, std::uint64_t none) const {
  std::uint64_t oldest = none;
  const Input& held = inputs_[input];
  for (std::size_t i = held.next; i < held.entries.size(); i++)
    oldest = std::min(oldest, held.entries[i].position);
  return oldest;
}

std::size_t Merger::held() const {
  std::size_t count = 0;
  for (const Input& input : inputs_) count += input.entries.size() - input.next;
  return count;
}

}  // namespace hoodtrace
