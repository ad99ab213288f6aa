// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/kernel_losses.hpp"

#include <bpf/bpf.h>

#include <algorithm>
#include <iterator>

namespace hoodtrace {

bool KernelLosses::read_state(std::uint32_t cpu, ht_cpu_state& state) const {
  return bpf_map_lookup_elem(map_, &cpu, &state) == 0;
}

std::uint64_t KernelLosses::recursion_misses() const {
  std::uint64_t misses = 0;
  for (const int program : programs_) {
    bpf_prog_info info{};
    __u32 size = sizeof(info);
    if (bpf_obj_get_info_by_fd(program, &info, &size) == 0) misses += info.recursion_misses;
  }
  return misses;
}

void KernelLosses::add_troubles(std::uint64_t now_ns, RecordBuffer& out) {
  const auto report = [&](std::uint32_t what, std::uint64_t total, std::uint64_t& reported) {
    if (total <= reported) return;
    ht_trouble trouble{};
    trouble.head = {now_ns, 0, HT_TROUBLE, HT_NO_CPU};
    trouble.count = total - reported;
    trouble.what = what;
    out.add(trouble);
    reported = total;
  };
  const std::uint64_t misses = recursion_misses();
  std::uint64_t second_chances = 0;
  std::uint64_t no_ring = 0;
  std::uint64_t map_full = 0;
  for (std::uint32_t cpu = 0; cpu < cpus_; cpu++) {
    ht_cpu_state state{};
    if (!read_state(cpu, state)) continue;
    no_ring += state.no_ring;
    map_full += state.map_full;
    second_chances += state.second_chances;
  }
  report(HT_TROUBLE_MISSED, misses - std::min(misses, second_chances), reported_misses_);
  report(HT_TROUBLE_NO_RING, no_ring, reported_no_ring_);
  report(HT_TROUBLE_MAP_FULL, map_full, reported_map_full_);
}

void KernelLosses::add_pending(std::uint64_t now_ns, RecordBuffer& out) const {
  for (std::uint32_t cpu = 0; cpu < cpus_; cpu++) {
    ht_cpu_state state{};
    if (!read_state(cpu, state)) continue;
    if (std::all_of(std::begin(state.lost), std::end(state.lost),
                    [](std::uint32_t n) { return n == 0; }))
      continue;
    ht_lost lost{};
    lost.head = {state.lost_first_ns != 0 ? state.lost_first_ns : now_ns, 0, HT_LOST,
                 static_cast<__u16>(cpu)};
    lost.last_ns = state.lost_last_ns;
    std::copy(std::begin(state.lost), std::end(state.lost), lost.counts);
    out.add(lost);
  }
}

}  // namespace hoodtrace
