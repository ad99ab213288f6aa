// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/why/sums.hpp"

#include <algorithm>

namespace hoodtrace {

void WhySum::add_length(std::uint64_t length_ns) {
  max_ns = std::max(max_ns, length_ns);
  lengths.add(length_ns);
}

void WhySum::take_off(std::uint64_t off_ns) {
  if (off_ns == 0) return;
  __extension__ using Wide = unsigned __int128;
  for (auto& [node, part_ns] : meanwhile)
    part_ns = static_cast<std::uint64_t>(Wide{part_ns} * (ns - off_ns) / ns);
  ns -= off_ns;
}

void WhySum::merge(const WhySum& other) {
  ns += other.ns;
  count += other.count;
  max_ns = std::max(max_ns, other.max_ns);
  lengths.merge(other.lengths);
  ongoing_ns = std::max(ongoing_ns, other.ongoing_ns);
  for (const auto& [id, part_ns] : other.meanwhile) meanwhile[id] += part_ns;
}

void WhySums::merge(const WhySums& other) {
  for (const auto& [cause, sum] : other.sums_) sums_[cause].merge(sum);
  cycles_.merge(other.cycles_);
}

std::uint64_t WhySums::total_ns() const {
  std::uint64_t total_ns = 0;
  for (const auto& [cause, sum] : sums_) total_ns += sum.ns;
  return total_ns;
}

}  // namespace hoodtrace
