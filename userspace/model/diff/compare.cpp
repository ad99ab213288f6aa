// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/diff/compare.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "model/diff/interval.hpp"
#include "model/diff/resampling.hpp"
#include "model/diff/student.hpp"

namespace hoodtrace {
namespace {

// Of one metric, the keys with the largest shares, and no share below kLeastShare; but all kinds of
// faults and all devices, which are few: what is rare among them may be what matters.
constexpr std::size_t kMostKeys = 12;
bool are_all_kept(DiffBy by) { return by == DiffBy::kKind || by == DiffBy::kDevice; }
constexpr double kLeastShare = 0.01;
// A percentile is of the values beyond it: that many at least, on each side.
constexpr double kLeastBeyond = 5;

// Of a recording: slices that have such values, on each side. What happens in few of them, such as the start
// of a program, shows nothing of how its times vary: drawn from one slice, they are always the same.
constexpr std::size_t kLeastOccupied = Resampling::kFewestBlocks;

// Times vary from run to run by more than within a run: the CPU's frequency, the neighbours and the
// caches are others. One recording cannot show that, so its times get this relative error too. (Equal
// runs on a busy virtual machine had medians of page faults that were up to 12 % apart from their mean.)
constexpr double kRunSpread = 0.05;

// One side of one comparison.
struct Side {
  std::optional<double> value;
  std::vector<DiffError> errors;
  std::vector<DiffOccupancy> occupancy;  // of sums
};

struct Comparison {
  DiffChange change;
  Side a;
  Side b;
};

// How large each key is, both sides together.
std::map<DiffKey, double> sizes_of(const DiffSamples& a, const DiffSamples& b) {
  std::map<DiffKey, double> sizes;
  for (const DiffSamples* side : {&a, &b}) {
    const double work = side->work();
    if (work <= 0) continue;
    for (const DiffPiece& piece : side->pieces()) {
      for (const auto& [key, value] : piece.sums) sizes[key] += value / work;
      for (const auto& [key, values] : piece.lengths)
        sizes[key] += static_cast<double>(values.count()) / work;
    }
  }
  return sizes;
}

std::vector<DiffKey> chosen_keys(const DiffSamples& a, const DiffSamples& b,
                                 const std::vector<std::string_view>& families) {
  using Group = std::pair<DiffMetric, DiffBy>;
  std::map<Group, std::vector<std::pair<double, DiffKey>>> groups;
  for (const auto& [key, size] : sizes_of(a, b)) {
    const std::string_view family = row_of(key.metric).family;
    if (families.empty() || std::find(families.begin(), families.end(), family) != families.end())
      groups[{key.metric, key.by}].emplace_back(size, key);
  }
  std::vector<DiffKey> chosen;
  for (auto& [group, members] : groups) {
    std::sort(members.begin(), members.end(), [](const auto& x, const auto& y) {
      return x.first != y.first ? x.first > y.first : x.second < y.second;
    });
    double whole = 0;
    for (const auto& [size, key] : members) whole += size;
    for (std::size_t i = 0; i < members.size(); i++)
      if (are_all_kept(group.second) || (i < kMostKeys && members[i].first >= kLeastShare * whole))
        chosen.push_back(members[i].second);
  }
  return chosen;
}

Side side_of_sum(const DiffSamples& samples, const Resampling& resampling, const DiffKey& key) {
  std::vector<double> values;
  std::vector<double> work;
  double sum = 0;
  for (const DiffPiece& piece : samples.pieces()) {
    const auto found = piece.sums.find(key);
    values.push_back(found == piece.sums.end() ? 0 : found->second);
    work.push_back(piece.work);
    sum += values.back();
  }
  const double done = samples.work();
  if (done <= 0) return {};
  return {sum / done, resampling.of_rate(values, work), resampling.occupancy(values)};
}

std::array<Side, kDiffPercents.size()> sides_of_lengths(const DiffSamples& samples,
                                                        const Resampling& resampling,
                                                        const DiffKey& key) {
  std::vector<const Histogram*> pieces;
  Histogram whole;
  std::size_t occupied = 0;
  for (const DiffPiece& piece : samples.pieces()) {
    const auto found = piece.lengths.find(key);
    pieces.push_back(found == piece.lengths.end() ? nullptr : &found->second);
    if (pieces.back() == nullptr) continue;
    whole.merge(*pieces.back());
    occupied++;
  }
  if (!samples.are_runs() && occupied < kLeastOccupied) return {};
  std::array<double, kDiffPercents.size()> shares{};
  for (std::size_t i = 0; i < shares.size(); i++) shares[i] = kDiffPercents[i] / 100.0;
  auto errors = resampling.of_quantiles(pieces, shares);
  std::array<Side, kDiffPercents.size()> sides;
  for (std::size_t i = 0; i < shares.size(); i++) {
    if (static_cast<double>(whole.count()) * (1 - shares[i]) < kLeastBeyond) continue;
    sides[i].value = smooth_quantile(whole, shares[i]);
    // The histogram's own error: values of one bucket count as equal.
    const double bucket = *sides[i].value / 32 / std::sqrt(12.0);
    const double run = samples.are_runs() ? 0 : kRunSpread * *sides[i].value;
    for (DiffError& error : errors[i]) error.error = std::hypot(error.error, bucket, run);
    sides[i].errors = std::move(errors[i]);
  }
  return sides;
}

void add_sum(const DiffKey& key, const DiffSamples& a, const Resampling& of_a, const DiffSamples& b,
             const Resampling& of_b, std::vector<Comparison>& list) {
  Comparison one;
  one.change.key = key;
  one.a = side_of_sum(a, of_a, key);
  one.b = side_of_sum(b, of_b, key);
  list.push_back(std::move(one));
}

void add_lengths(const DiffKey& key, const DiffSamples& a, const Resampling& of_a,
                 const DiffSamples& b, const Resampling& of_b, std::vector<Comparison>& list) {
  auto sides_a = sides_of_lengths(a, of_a, key);
  auto sides_b = sides_of_lengths(b, of_b, key);
  for (std::size_t i = 0; i < kDiffPercents.size(); i++) {
    if (!sides_a[i].value || !sides_b[i].value) continue;
    Comparison one;
    one.change.key = key;
    one.change.percent = kDiffPercents[i];
    one.a = std::move(sides_a[i]);
    one.b = std::move(sides_b[i]);
    list.push_back(std::move(one));
  }
}

// One side has none of it. If both sides were alike, how probable is it that all blocks where it
// happened are of the other side? The most careful block length counts; twice, for it could have been
// the other way round. (A permutation test: no distribution is assumed.)
double chance_of_absence(const Side& none, const Side& some) {
  double chance = 0;
  for (std::size_t i = 0; i < std::min(none.occupancy.size(), some.occupancy.size()); i++) {
    const auto blocks = static_cast<double>(some.occupancy[i].blocks);
    const double all = blocks + static_cast<double>(none.occupancy[i].blocks);
    double product = 1;
    for (std::size_t k = 0; k < some.occupancy[i].occupied; k++)
      product *= (blocks - static_cast<double>(k)) / (all - static_cast<double>(k));
    chance = std::max(chance, product);
  }
  return 2 * chance;
}

void finish(Comparison& one, const DiffSettings& settings, std::size_t comparisons) {
  DiffChange& change = one.change;
  change.a = one.a.value;
  change.b = one.b.value;
  if (!change.a || !change.b) return;
  if (*change.a != 0) change.ratio = *change.b / *change.a;
  const double tails = (1 - settings.confidence) / static_cast<double>(comparisons);
  const std::optional<RatioInterval> interval =
      widest_interval(*change.a, one.a.errors, *change.b, one.b.errors, tails);
  if (!interval) return;
  change.has_interval = true;
  change.low = interval->low;
  change.high = interval->high;
  const bool is_large = !change.ratio || std::fabs(*change.ratio - 1) >= settings.least_change;
  change.significant = interval->excludes_one && is_large;
  if ((*change.a == 0) == (*change.b == 0) || one.a.occupancy.empty() || one.b.occupancy.empty())
    return;
  const bool is_new = *change.a == 0;
  if (chance_of_absence(is_new ? one.a : one.b, is_new ? one.b : one.a) <= tails)
    change.significant = true;
}

// Half of the totals would show a change of this factor.
std::optional<double> detectable_of(const std::vector<Comparison>& list) {
  std::vector<double> factors;
  for (const Comparison& one : list) {
    const DiffChange& change = one.change;
    if (change.key.by != DiffBy::kAll || !change.has_interval || !change.ratio) continue;
    if (!change.high || *change.ratio <= 0) continue;
    factors.push_back(*change.high / *change.ratio);
  }
  if (factors.empty()) return {};
  std::nth_element(factors.begin(),
                   factors.begin() + static_cast<std::ptrdiff_t>(factors.size() / 2),
                   factors.end());
  return factors[factors.size() / 2];
}

// Smaller = earlier.
int rank_of(const DiffChange& change) {
  if (!change.significant) return 3;
  const MoreIs more = row_of(change.key.metric).more;
  if (more == MoreIs::kNeutral) return 2;
  const bool has_more = change.b.value_or(0) > change.a.value_or(0);
  return has_more == (more == MoreIs::kWorse) ? 0 : 1;
}

bool is_before(const DiffChange& x, const DiffChange& y) {
  const int rank_x = rank_of(x);
  const int rank_y = rank_of(y);
  if (rank_x != rank_y) return rank_x < rank_y;
  if (!x.significant) return false;
  return x.least_factor() > y.least_factor();
}

}  // namespace

std::string DiffChange::metric() const {
  const DiffMetricRow& row = row_of(key.metric);
  if (row.form == DiffForm::kSum) return std::string(row.name);
  return std::string(row.name) + "_p" + std::to_string(percent) + "_ns";
}

double DiffChange::least_factor() const {
  if (!significant) return 1;
  // It is new, or none of it is left.
  if (!ratio || *ratio == 0) return HUGE_VAL;
  if (low && *low > 1) return *low;
  if (high && *high < 1) return *high <= 0 ? HUGE_VAL : 1 / *high;
  return 1;
}

DiffResult compare_samples(const DiffSamples& a, const DiffSamples& b,
                           const DiffSettings& settings) {
  const Resampling of_a(a.pieces().size(), a.are_runs());
  const Resampling of_b(b.pieces().size(), b.are_runs());
  std::vector<Comparison> list;
  for (const DiffKey& key : chosen_keys(a, b, settings.families)) {
    const bool is_sum = row_of(key.metric).form == DiffForm::kSum;
    (is_sum ? add_sum : add_lengths)(key, a, of_a, b, of_b, list);
  }
  DiffResult result;
  result.is_too_short = of_a.is_empty() || of_b.is_empty();
  for (const Comparison& one : list)
    if (!one.a.errors.empty() && !one.b.errors.empty()) result.comparisons++;
  for (Comparison& one : list) finish(one, settings, std::max<std::size_t>(result.comparisons, 1));
  result.detectable = detectable_of(list);
  for (Comparison& one : list) result.changes.push_back(std::move(one.change));
  std::stable_sort(result.changes.begin(), result.changes.end(), is_before);
  return result;
}

}  // namespace hoodtrace
