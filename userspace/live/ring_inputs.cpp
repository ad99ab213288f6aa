// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/ring_inputs.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "live/boot_clock.hpp"

namespace hoodtrace {
namespace {

// Between a program's clock read and its reserve; a virtual CPU can be descheduled in there.
constexpr std::uint64_t kSlackNs = 1'000'000;
constexpr std::size_t kScanLimit = 65536;    // records indexed per ring at a time
constexpr std::size_t kLanesLimit = 262144;  // the same of all lanes
// From so many CPUs on their switches are cheaper to follow one CPU after the other (docs/performance.md).
constexpr std::size_t kWorthLanes = 16;
constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();

template <class Place>
Merger::Input input_of(const Place& place) {
  return {&place, [](const void* at, std::uint64_t& position) {
            return static_cast<const Place*>(at)->read(position);
          }};
}

}  // namespace

RingInputs::RingInputs(Rings& rings, bool by_cpu)
    : rings_(rings),
      lanes_(by_cpu && rings.buffers.size() >= kWorthLanes ? rings.switches.size() : 0),
      merger_(inputs_of(rings)) {}

std::vector<Merger::Input> RingInputs::inputs_of(const Rings& rings) const {
  std::vector<Merger::Input> inputs;
  for (const RingReader& ring : rings.buffers) inputs.push_back(input_of(ring));
  inputs.push_back(input_of(made_));
  if (lanes_.empty())
    for (const SwitchRing& ring : rings.switches) inputs.push_back(input_of(ring));
  for (const FaultRing& ring : rings.faults) inputs.push_back(input_of(ring));
  for (const WakingRing& ring : rings.wakings) inputs.push_back(input_of(ring));
  return inputs;
}

void RingInputs::queue(RecordBuffer& making) {
  if (making.size() == 0) return;
  const std::uint64_t first = made_.next_position();
  const RecordBuffer& records = made_.add(std::exchange(making, RecordBuffer()));
  for (std::size_t i = 0; i < records.size(); i++)
    merger_.add(own_input(), records.at(i), first + i);
}

void RingInputs::for_each_ring(auto do_it) {
  std::size_t input = 0;
  for (RingReader& ring : rings_.buffers) do_it(input++, ring);
  input++;  // the made ones'
  if (lanes_.empty())
    for (SwitchRing& ring : rings_.switches) do_it(input++, ring);
  for (FaultRing& ring : rings_.faults) do_it(input++, ring);
  for (WakingRing& ring : rings_.wakings) do_it(input++, ring);
}

// Passes at most so many records to add(). True when that was all of it.
bool RingInputs::fill_ring(auto& ring, std::size_t most, std::uint64_t now_ns, auto add) {
  RingReader::Item item{};
  std::size_t count = 0;
  std::uint64_t last_ns = 0;
  while (count < most && ring.scan(item)) {
    add(item);
    last_ns = item.record.head->time_ns;
    count++;
  }
  if (count < most && !ring.is_blocked()) return true;
  // More is behind what was scanned: nothing later may overtake it.
  watermark_ns_ = std::min(watermark_ns_, last_ns != 0 ? last_ns : now_ns - kSlackNs);
  return false;
}

bool RingInputs::fill_input(std::size_t input, auto& ring, std::uint64_t now_ns) {
  return fill_ring(ring, kScanLimit, now_ns, [&](const RingReader::Item& item) {
    merger_.add(input, item.record, item.position);
  });
}

bool RingInputs::fill_lane(Lane& lane, SwitchRing& ring, std::uint64_t now_ns) {
  if (2 * lane.next >= lane.records.size()) {
    lane.records.erase(lane.records.begin(),
                       lane.records.begin() + static_cast<std::ptrdiff_t>(lane.next));
    lane.next = 0;
  }
  return fill_ring(ring, kLanesLimit / lanes_.size(), now_ns, [&](const RingReader::Item& item) {
    if (item.record.head->time_ns < released_ns_) late_++;
    lane.records.push_back(item.record);
  });
}

bool RingInputs::fill(bool all) {
  // Read the clock first: what is written after the look is later than this.
  const std::uint64_t now_ns = boot_clock_ns();
  watermark_ns_ = all ? kForever : now_ns - kSlackNs;
  // These first: a loss is recorded in the other ring before the next record is visible here.
  for (SwitchRing& ring : rings_.switches) ring.look();
  for (FaultRing& ring : rings_.faults) ring.look();
  for (WakingRing& ring : rings_.wakings) ring.look();
  for (RingReader& ring : rings_.buffers) ring.look();
  bool was_all = true;
  fullest_ = 0;
  for_each_ring([&](std::size_t input, auto& ring) {
    fullest_ = std::max(fullest_, ring.fill());
    was_all = fill_input(input, ring, now_ns) && was_all;
  });
  for (std::size_t i = 0; i < lanes_.size(); i++) {
    fullest_ = std::max(fullest_, rings_.switches[i].fill());
    was_all = fill_lane(lanes_[i], rings_.switches[i], now_ns) && was_all;
  }
  return was_all;
}

bool RingInputs::release(std::size_t limit, std::vector<RecordView>& out) {
  // Of one time, these come first.
  std::uint64_t until_ns = watermark_ns_;
  for (const Lane& lane : lanes_)
    if (lane.next < lane.records.size())
      until_ns = std::min<std::uint64_t>(until_ns, lane.records[lane.next].head->time_ns);
  const bool more = merger_.release(until_ns, limit, out);
  if (!out.empty()) released_ns_ = std::max<std::uint64_t>(released_ns_, out.back().head->time_ns);
  return more || until_ns < watermark_ns_;
}

void RingInputs::release_by_cpu(std::vector<RecordView>& out) {
  const std::uint64_t other_ns = merger_.next_ns();
  for (Lane& lane : lanes_) {
    const std::size_t first = lane.next;
    while (lane.next < lane.records.size()) {
      const std::uint64_t time_ns = lane.records[lane.next].head->time_ns;
      if (time_ns >= other_ns || time_ns > watermark_ns_) break;
      lane.next++;
    }
    if (lane.next == first) continue;
    out.insert(out.end(), lane.records.begin() + static_cast<std::ptrdiff_t>(first),
               lane.records.begin() + static_cast<std::ptrdiff_t>(lane.next));
    released_ns_ = std::max<std::uint64_t>(released_ns_, out.back().head->time_ns);
  }
}

void RingInputs::give_back() {
  for_each_ring([this](std::size_t input, auto& ring) {
    ring.consume_to(merger_.oldest_held(input, ring.scanned()));
  });
  for (std::size_t i = 0; i < lanes_.size(); i++)
    rings_.switches[i].consume_to(rings_.switches[i].scanned() -
                                  (lanes_[i].records.size() - lanes_[i].next));
  made_.consume_to(merger_.oldest_held(own_input(), made_.next_position()));
}

}  // namespace hoodtrace
