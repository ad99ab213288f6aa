// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/faults/stats.hpp"

#include <algorithm>

namespace hoodtrace {

void FaultCount::add(std::uint64_t took_ns, std::uint64_t its_bytes) {
  count++;
  bytes += its_bytes;
  if (took_ns == HT_UNKNOWN_NS) return;
  timed++;
  time_ns += took_ns;
  max_ns = std::max(max_ns, took_ns);
  latency.add(took_ns);
}

void FaultCount::merge(const FaultCount& other) {
  count += other.count;
  timed += other.timed;
  time_ns += other.time_ns;
  max_ns = std::max(max_ns, other.max_ns);
  bytes += other.bytes;
  latency.merge(other.latency);
}

FaultStats::FaultStats(const FaultStats& other) { merge(other); }

FaultStats& FaultStats::operator=(const FaultStats& other) {
  if (this == &other) return *this;
  *this = FaultStats();
  merge(other);
  return *this;
}

FaultCount& FaultStats::of(FaultKind kind) {
  auto& place = kinds_[static_cast<std::size_t>(kind)];
  if (!place) place = std::make_unique<FaultCount>();
  return *place;
}

void FaultStats::add(const ht_fault& fault, FaultKind kind) {
  of(kind).add(fault.took_ns, given_bytes(fault));
  if ((fault.facts & HT_FAULT_DONE) == 0 || kind == FaultKind::kGup) return;
  ((fault.facts & HT_FAULT_MAJOR) != 0 ? major : minor)++;
}

void FaultStats::add_untimed(FaultKind kind, std::uint64_t count) {
  if (count > 0) of(kind).count += count;
}

void FaultStats::merge(const FaultStats& other) {
  minor += other.minor;
  major += other.major;
  for (std::size_t i = 0; i < kinds_.size(); i++)
    if (other.kinds_[i]) of(static_cast<FaultKind>(i)).merge(*other.kinds_[i]);
}

FaultCount FaultStats::total() const {
  FaultCount all;
  for (const auto& kind : kinds_)
    if (kind) all.merge(*kind);
  return all;
}

bool FaultStats::is_empty() const {
  return std::none_of(kinds_.begin(), kinds_.end(),
                      [](const auto& kind) { return kind && kind->count > 0; });
}

}  // namespace hoodtrace
