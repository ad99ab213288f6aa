// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/totals/units.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "base/text.hpp"
#include "model/totals/label_text.hpp"

namespace hoodtrace {
namespace {

using Numbers = std::array<std::uint64_t, sizeof(ht_sums) / sizeof(std::uint64_t)>;

// to += now - before; a slot that was emptied in between begins at 0.
void add_growth(ht_sums& to, const ht_sums& now, const ht_sums& before) {
  auto sums = std::bit_cast<Numbers>(to);
  const auto numbers = std::bit_cast<Numbers>(now);
  const auto old = std::bit_cast<Numbers>(before);
  for (std::size_t i = 0; i < sums.size(); i++)
    sums[i] += numbers[i] >= old[i] ? numbers[i] - old[i] : numbers[i];
  to = std::bit_cast<ht_sums>(sums);
}

std::uint64_t activity(const ht_sums& sums) {
  return sums.on_cpu_ns + sums.woken_ns + sums.preempted_ns + sums.throttled_ns;
}

// A unit that was cut off the table keeps its sums for its return: as many as that times the series.
constexpr std::size_t kRememberedTimes = 10;

// One invalid byte in a label makes Prometheus refuse all of a scrape, and so do two series with the
// same labels: a name is made what its label shows before anything is summed up by it.
UnitName shown_unit_of(std::string_view path) {
  UnitName name = unit_of(visible_utf8(path));
  for (std::string* text : {&name.unit, &name.runtime, &name.container_id, &name.pod_uid})
    *text = cut_label(*text);
  return name;
}

void add(ht_sums& to, const ht_sums& sums) { add_growth(to, sums, {}); }

void add(UnitTotals::Unit& unit, const ht_sums& sums, std::uint64_t open_ns) {
  const std::uint64_t reported_ns = unit.sums.on_cpu_ns;
  unit.sums.on_cpu_ns = unit.ended_ns;
  add(unit.sums, sums);
  unit.ended_ns = unit.sums.on_cpu_ns;
  // A run that ended between the look at the slots and the one at the CPUs is in the next snapshot.
  unit.sums.on_cpu_ns = std::max(unit.ended_ns + open_ns, reported_ns);
}

}  // namespace

void UnitTotals::on(const ht_session& session) {
  is_whole_ = (session.flags & HT_SESSION_WHOLE) != 0;
}

void UnitTotals::on(const ht_cgroup_name& name) {
  const std::string_view tail = tail_of(name);
  const std::string_view path = tail.substr(0, tail.find('\0'));
  Cgroup& cgroup = cgroups_[name.cgroup_id];
  cgroup.name = shown_unit_of(path);
  cgroup.is_root = path == "/";
}

void UnitTotals::on(const ht_cgroup_gone& gone) {
  const auto found = cgroups_.find(gone.cgroup_id);
  if (found != cgroups_.end()) found->second.is_gone = true;
}

UnitTotals::Growth& UnitTotals::growth_of(std::uint64_t cgroup_id) {
  if (cgroup_id == 0) return growth_[""];
  Cgroup& cgroup = cgroups_[cgroup_id];
  cgroup.has_slots = true;
  cgroup.last_snapshot = snapshot_ + 1;
  Unit& unit = units_[cgroup.name.unit];
  unit.name = cgroup.name;
  unit.last_snapshot = snapshot_ + 1;
  return growth_[cgroup.name.unit];
}

void UnitTotals::on(const ht_totals& record) {
  // The kernel side has fewer; a damaged recording must not make us allocate gigabytes.
  constexpr std::uint32_t kMostSlots = 1U << 20;
  if (record.slot >= kMostSlots) return;
  if (record.slot >= slots_.size()) slots_.resize(record.slot + 1);
  Slot& slot = slots_[record.slot];
  if (slot.cgroup_id != record.cgroup_id) slot = {record.cgroup_id, {}};
  ht_sums grown{};
  add_growth(grown, record.sums, slot.last);
  slot.last = record.sums;
  Growth& growth = growth_of(record.cgroup_id);
  add(growth.sums, grown);
  // The kernel's cpu.stat of the cgroups below the root has none of the root's own tasks.
  if (!is_whole_ || record.cgroup_id == 0 || !cgroups_[record.cgroup_id].is_root)
    counted_ns_ += grown.on_cpu_ns;
}

void UnitTotals::on(const ht_totals_open& record) {
  growth_of(record.cgroup_id).open_ns += record.on_cpu_ns;
  if (!is_whole_ || record.cgroup_id == 0 || !cgroups_[record.cgroup_id].is_root)
    counted_open_ns_ += record.on_cpu_ns;
}

// "(other)" without a slot, or when it is not known.
std::string UnitTotals::unit_of_cgroup(std::uint64_t id) const {
  const auto found = cgroups_.find(id);
  return found == cgroups_.end() ? std::string(kOtherUnits) : found->second.name.unit;
}

void UnitTotals::on(const ht_totals_pair& pair) {
  std::string behind;
  switch (pair.behind_id) {
    case HT_BEHIND_IDLE:
      behind = "(idle)";
      break;
    case HT_BEHIND_MOVED:
      behind = "(queued elsewhere)";
      break;
    case HT_BEHIND_UNKNOWN:
      behind = "(unknown)";
      break;
    case HT_BEHIND_OUTSIDE:
      behind = "(not served)";
      break;
    case HT_BEHIND_MANY:
      behind = kOtherUnits;
      break;
    default:
      behind = unit_of_cgroup(pair.behind_id);
  }
  pairs_.on(pair, unit_of_cgroup(pair.cgroup_id), behind);
}

void UnitTotals::choose_series() {
  std::size_t taken = 0;
  std::vector<std::pair<std::uint64_t, Unit*>> candidates;
  for (auto& [name, unit] : units_) {
    unit.lives = unit.last_snapshot == snapshot_;
    if (!unit.lives) unit.has_series = false;
    if (unit.has_series) taken++;
    if (!unit.lives || unit.has_series) continue;
    const Growth& growth = growth_[name];
    candidates.emplace_back(activity(growth.sums) + growth.open_ns, &unit);
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (auto& [did, unit] : candidates) {
    if (taken >= max_units_) break;
    unit->has_series = true;
    taken++;
  }
}

void UnitTotals::settle() {
  ht_sums others{};
  std::uint64_t others_open_ns = 0;
  for (const auto& [name, growth] : growth_) {
    const auto unit = units_.find(name);
    if (unit != units_.end() && unit->second.has_series) {
      add(unit->second, growth.sums, growth.open_ns);
      continue;
    }
    add(others, growth.sums);
    others_open_ns += growth.open_ns;
    has_others_ |= unit != units_.end() || activity(growth.sums) > 0;
  }
  add(other_, others, others_open_ns);
  growth_.clear();
}

// Units and cgroups that are gone: what is remembered of them stays bounded.
void UnitTotals::forget() {
  std::erase_if(cgroups_, [this](const auto& one) {
    const Cgroup& cgroup = one.second;
    // Its slots stay for a while after it: one that came and went since the snapshot before has them now.
    return cgroup.has_slots ? cgroup.last_snapshot != snapshot_ : cgroup.is_gone;
  });
  std::vector<std::pair<std::uint64_t, std::string>> gone;
  for (const auto& [name, unit] : units_)
    if (!unit.lives) gone.emplace_back(unit.last_snapshot, name);
  const std::size_t most = max_units_ * kRememberedTimes;
  if (gone.size() <= most) return;
  std::sort(gone.begin(), gone.end());
  for (std::size_t i = 0; i + most < gone.size(); i++) {
    const auto unit = units_.find(gone[i].second);
    has_others_ = true;
    unit->second.sums.on_cpu_ns = unit->second.ended_ns;
    add(other_, unit->second.sums, 0);
    units_.erase(unit);
  }
}

void UnitTotals::on(const ht_totals_end& end) {
  snapshot_++;
  end_ = end;
  choose_series();
  settle();
  pairs_.settle([this](const std::string& name) {
    const auto unit = units_.find(name);
    return unit == units_.end() ? name.starts_with("(") : unit->second.has_series;
  });
  forget();
  audit_open_ns_ = counted_open_ns_;
  counted_open_ns_ = 0;
}

std::vector<const UnitTotals::Unit*> UnitTotals::units() const {
  std::vector<const Unit*> units;
  for (const auto& [name, unit] : units_)
    if (unit.has_series) units.push_back(&unit);
  return units;
}

std::optional<std::int64_t> UnitTotals::audit_difference_ns() const {
  if (!end_ || end_->usage_ns == HT_UNKNOWN_NS) return {};
  return static_cast<std::int64_t>(counted_ns_ + audit_open_ns_ - end_->usage_ns);
}

}  // namespace hoodtrace
