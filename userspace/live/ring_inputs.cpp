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
constexpr std::size_t kScanLimit = 65536;  // records indexed per ring at a time
constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();

template <class Place>
Merger::Input input_of(const Place& place) {
  return {&place, [](const void* at, std::uint64_t& position) {
            return static_cast<const Place*>(at)->read(position);
          }};
}

}  // namespace

std::vector<Merger::Input> RingInputs::inputs_of(const Rings& rings) const {
  std::vector<Merger::Input> inputs;
  for (const RingReader& ring : rings.buffers) inputs.push_back(input_of(ring));
  inputs.push_back(input_of(made_));
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
  for (SwitchRing& ring : rings_.switches) do_it(input++, ring);
  for (FaultRing& ring : rings_.faults) do_it(input++, ring);
  for (WakingRing& ring : rings_.wakings) do_it(input++, ring);
}

// True when that was all of it.
bool RingInputs::fill_input(std::size_t input, auto& ring, std::uint64_t now_ns) {
  RingReader::Item item{};
  std::size_t count = 0;
  std::uint64_t last_ns = 0;
  while (count < kScanLimit && ring.scan(item)) {
    merger_.add(input, item.record, item.position);
    last_ns = item.record.head->time_ns;
    count++;
  }
  if (count < kScanLimit && !ring.is_blocked()) return true;
  // More is behind what was scanned: nothing later may overtake it.
  watermark_ns_ = std::min(watermark_ns_, last_ns != 0 ? last_ns : now_ns - kSlackNs);
  return false;
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
  return was_all;
}

void RingInputs::give_back() {
  for_each_ring([this](std::size_t input, auto& ring) {
    ring.consume_to(merger_.oldest_held(input, ring.scanned()));
  });
  made_.consume_to(merger_.oldest_held(own_input(), made_.next_position()));
}

}  // namespace hoodtrace
