// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/merge.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace hoodtrace {
namespace {

// A lane without a record. No record has this key, whatever its time.
constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();

std::uint64_t key_of(const RecordView& record) {
  return std::min<std::uint64_t>(record.head->time_ns, kNone - 1);
}

}  // namespace

Merger::Merger(const std::vector<Input>& inputs)
    : lanes_(inputs.size()),
      keys_(std::bit_ceil(std::max<std::size_t>(inputs.size(), 1)), kNone),
      tree_(2 * keys_.size()) {
  for (std::size_t i = 0; i < inputs.size(); i++) lanes_[i].input = inputs[i];
}

// Reads on to the next record that is in order. The others are in `early`.
void Merger::read_head(Lane& lane) {
  while (lane.unread > 0) {
    lane.head.position = lane.cursor;
    lane.head.record = lane.input.read(lane.input.place, lane.cursor);
    lane.unread--;
    const std::uint64_t time_ns = lane.head.record.head->time_ns;
    if (time_ns < lane.read_ns) continue;
    lane.read_ns = time_ns;
    lane.has_head = true;
    // Its turn comes when every other input has had one.
    __builtin_prefetch(reinterpret_cast<const char*>(lane.head.record.head) +
                       lane.head.record.bytes);
    return;
  }
  lane.has_head = false;
}

void Merger::set_key(std::size_t input) {
  const Lane& lane = lanes_[input];
  std::uint64_t key = lane.has_head ? key_of(lane.head.record) : kNone;
  if (lane.early_next < lane.early.size())
    key = std::min(key, key_of(lane.early[lane.early_next].record));
  keys_[input] = key;
}

void Merger::add(std::size_t input, RecordView record, std::uint64_t position) {
  Lane& lane = lanes_[input];
  const std::uint64_t time_ns = record.head->time_ns;
  // A loss is recorded when the ring has space again, with the time at which it began: not late.
  if (time_ns < released_ns_ && record.head->type != HT_LOST) late_++;
  if (lane.unread++ == 0) lane.cursor = position;
  held_++;
  if (time_ns >= lane.added_ns) {
    lane.added_ns = time_ns;
    if (lane.has_head) return;
  } else {
    const auto first = lane.early.begin() + static_cast<std::ptrdiff_t>(lane.early_next);
    const auto at = std::upper_bound(
        first, lane.early.end(), time_ns,
        [](std::uint64_t ns, const Entry& entry) { return ns < entry.record.head->time_ns; });
    lane.early.insert(at, {record, position});
  }
  if (!lane.has_head) read_head(lane);
  set_key(input);
}

RecordView Merger::take_early(Lane& lane) {
  const RecordView record = lane.early[lane.early_next++].record;
  if (lane.early_next == lane.early.size()) {
    lane.early.clear();
    lane.early_next = 0;
  }
  return record;
}

void Merger::build_tree() {
  const std::size_t leaves = keys_.size();
  for (std::size_t i = 0; i < leaves; i++) tree_[leaves + i] = static_cast<std::uint32_t>(i);
  for (std::size_t node = leaves - 1; node > 0; node--) {
    const std::uint32_t left = tree_[2 * node];
    const std::uint32_t right = tree_[2 * node + 1];
    tree_[node] = keys_[right] < keys_[left] ? right : left;
  }
}

// After the key of this input has changed. Which of two is earlier cannot be predicted: the choice is
// made without a branch.
void Merger::replay(std::uint32_t input) {
  std::uint64_t winner = input;
  std::uint64_t key = keys_[input];
  for (std::size_t node = keys_.size() + input; node > 1; node /= 2) {
    const std::uint64_t other = tree_[node ^ 1];
    const std::uint64_t other_key = keys_[other];
    // Of equal ones the left, which is the lower input.
    const std::uint64_t loses = (other_key < key) | ((other_key == key) & (node & 1));
    const std::uint64_t mask = 0 - loses;
    winner ^= (winner ^ other) & mask;
    key ^= (key ^ other_key) & mask;
    tree_[node / 2] = static_cast<std::uint32_t>(winner);
  }
}

bool Merger::release(std::uint64_t watermark_ns, std::size_t limit, std::vector<RecordView>& out) {
  watermark_ns = std::min(watermark_ns, kNone - 1);
  build_tree();
  for (; keys_[tree_[1]] <= watermark_ns; limit--) {
    if (limit == 0) return true;
    const std::uint32_t input = tree_[1];
    Lane& lane = lanes_[input];
    if (lane.early.empty()) {
      out.push_back(lane.head.record);
      read_head(lane);
      keys_[input] = lane.has_head ? key_of(lane.head.record) : kNone;
    } else {
      // Of one time, the one that stands first.
      const Entry& early = lane.early[lane.early_next];
      const std::uint64_t head_key = lane.has_head ? key_of(lane.head.record) : kNone;
      if (key_of(early.record) < head_key ||
          (key_of(early.record) == head_key && early.position < lane.head.position)) {
        out.push_back(take_early(lane));
      } else {
        out.push_back(lane.head.record);
        read_head(lane);
      }
      set_key(input);
    }
    held_--;
    released_ns_ = std::max<std::uint64_t>(released_ns_, out.back().head->time_ns);
    replay(input);
  }
  return false;
}

std::uint64_t Merger::next_ns() const { return *std::min_element(keys_.begin(), keys_.end()); }

std::uint64_t Merger::oldest_held(std::size_t input, std::uint64_t none) const {
  const Lane& lane = lanes_[input];
  std::uint64_t oldest = lane.has_head ? lane.head.position : none;
  for (std::size_t i = lane.early_next; i < lane.early.size(); i++)
    oldest = std::min(oldest, lane.early[i].position);
  return oldest;
}

}  // namespace hoodtrace
