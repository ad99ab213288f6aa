// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/totals/unit_pairs.hpp"

#include <algorithm>

namespace hoodtrace {
namespace {

// Sums of what has lost its series are remembered, for its return.
constexpr std::size_t kRemembered = 10 * UnitPairs::kSeries;

template <class Map>
void forget_oldest(Map& sums, std::size_t most) {
  if (sums.size() <= most) return;
  std::vector<std::pair<std::uint64_t, typename Map::key_type>> by_age;
  for (const auto& [key, sum] : sums)
    if (!sum.has_series) by_age.emplace_back(sum.last_snapshot, key);
  std::sort(by_age.begin(), by_age.end());
  for (std::size_t i = 0; i < by_age.size() && sums.size() > most; i++)
    sums.erase(by_age[i].second);
}

}  // namespace

void UnitPairs::on(const ht_totals_pair& record, const std::string& unit,
                   const std::string& behind) {
  // The kernel side has fewer; a damaged recording must not make us allocate gigabytes.
  constexpr std::uint32_t kMostPlaces = 1U << 22;
  if (record.place >= kMostPlaces) return;
  if (record.place >= places_.size()) places_.resize(record.place + 1);
  Place& place = places_[record.place];
  const bool goes_on = place.cgroup_id == record.cgroup_id && place.behind_id == record.behind_id &&
                       record.ns >= place.ns && place.last_snapshot == snapshot_;
  growth_[{unit, behind}] += record.ns - (goes_on ? place.ns : 0);
  place = {record.cgroup_id, record.behind_id, record.ns, snapshot_ + 1};
}

void UnitPairs::settle(const HasSeries& has_series) {
  snapshot_++;
  const std::string other(kOtherUnits);
  std::map<Pair, std::uint64_t> grown;
  for (const auto& [pair, ns] : growth_)
    grown[{has_series(pair.first) ? pair.first : other,
           has_series(pair.second) ? pair.second : other}] += ns;
  growth_.clear();
  std::size_t taken = 0;
  for (auto& [pair, sum] : sums_) {
    sum.has_series = sum.has_series && has_series(pair.first) && has_series(pair.second);
    if (sum.has_series) taken++;
  }
  std::vector<std::pair<std::uint64_t, Pair>> candidates;
  for (const auto& [pair, ns] : grown) {
    const auto known = sums_.find(pair);
    if (pair.second != other && ns > 0 && (known == sums_.end() || !known->second.has_series))
      candidates.emplace_back(ns, pair);
  }
  std::sort(candidates.begin(), candidates.end(), std::greater<>());
  for (const auto& [ns, pair] : candidates) {
    if (taken >= kSeries) break;
    sums_[pair].has_series = true;
    taken++;
  }
  for (auto& [unit, sum] : rest_) sum.has_series = has_series(unit);
  for (const auto& [pair, ns] : grown) {
    const auto known = sums_.find(pair);
    const bool has_own = known != sums_.end() && known->second.has_series;
    Sum& sum = has_own ? known->second : rest_[pair.first];
    sum.ns += ns;
    sum.has_series = true;
    sum.last_snapshot = snapshot_;
  }
  forget();
}

void UnitPairs::forget() {
  forget_oldest(sums_, kRemembered);
  forget_oldest(rest_, kRemembered);
}

std::map<UnitPairs::Pair, std::uint64_t> UnitPairs::sums() const {
  std::map<Pair, std::uint64_t> out;
  for (const auto& [pair, sum] : sums_)
    if (sum.has_series) out[pair] = sum.ns;
  for (const auto& [unit, sum] : rest_)
    if (sum.has_series) out[{unit, std::string(kOtherUnits)}] = sum.ns;
  return out;
}

}  // namespace hoodtrace
