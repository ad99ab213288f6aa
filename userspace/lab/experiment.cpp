// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/experiment.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace hoodtrace {
namespace {

const LabJson kNull;

// The first element of a list whose `key` is `value`.
LabJson find_row(const LabJson& list, const char* key, const LabJson& value) {
  for (const LabJson& row : list)
    if (row.value(key, LabJson()) == value) return row;
  return kNull;
}

}  // namespace

const LabJson& Evidence::report(std::string_view command) const {
  const auto found = reports.find(command);
  return found == reports.end() ? kNull : found->second;
}

LabJson Evidence::faults_in(const LabJson& region, std::string_view kind,
                            const LabJson& pid) const {
  const LabJson& faults = report("faults");
  if (!faults.contains("ranges")) return kNull;
  std::uint64_t sum = 0;
  for (const LabJson& range : faults["ranges"]) {
    if (range["start"] < region[0] || range["start"] >= region[1]) continue;
    if (pid != 0 && range["pid"] != pid) continue;
    if (const auto found = range["kinds"].find(kind); found != range["kinds"].end())
      sum += (*found)["count"].get<std::uint64_t>();
  }
  return sum;
}

LabJson Evidence::life(const LabJson& pid) const {
  const LabJson& procs = report("procs");
  return procs.contains("processes") ? find_row(procs["processes"], "pid", pid) : kNull;
}

LabJson Evidence::thread(const LabJson& tid) const {
  const LabJson& sched = report("sched");
  return sched.contains("tasks") ? find_row(sched["tasks"], "tid", tid) : kNull;
}

LabJson Evidence::fair(const LabJson& tid) const {
  const LabJson& sched = report("sched");
  return sched.contains("fair") ? find_row(sched["fair"], "tid", tid) : kNull;
}

std::uint64_t Evidence::why_ns(const LabJson& tid, std::string_view part,
                               std::string_view cause) const {
  const LabJson& why = report("why");
  std::uint64_t sum = 0;
  if (!why.contains("threads")) return sum;
  const LabJson row = find_row(why["threads"], "tid", tid);
  if (row.is_null()) return sum;
  for (const LabJson& one : row["parts"])
    if (one["part"] == part && (cause.empty() || one["cause"] == cause))
      sum += one["ns"].get<std::uint64_t>();
  return sum;
}

LabJson Evidence::file(const LabJson& dev, const LabJson& inode) const {
  const LabJson& cache = report("cache");
  if (!cache.contains("files")) return kNull;
  for (const LabJson& row : cache["files"])
    if (row["dev"] == dev && row["inode"] == inode) return row;
  return kNull;
}

LabJson value_of(const LabJson& row, const char* key) {
  return row.is_null() ? row : row.value(key, LabJson());
}

void Verdict::equal(std::string what, const LabJson& predicted, const LabJson& measured,
                    const LabJson& kernel, LabUnit unit) {
  const bool ok = measured == predicted && (kernel.is_null() || kernel == predicted);
  checks.push_back({std::move(what), unit, predicted, measured, kernel, ok});
}

void Verdict::within(std::string what, double least, double most, const LabJson& measured,
                     LabUnit unit, const LabJson& kernel, double slack) {
  LabCheck check{std::move(what), unit, {}, measured, kernel, false};
  // Whole numbers where they are meant.
  const auto number = [](double value) {
    return std::floor(value) == value ? LabJson(static_cast<std::int64_t>(value)) : LabJson(value);
  };
  if (least == most)
    check.predicted = number(least);
  else
    check.predicted = {{"least", number(least)},
                       {"most", std::isinf(most) ? LabJson() : number(most)}};
  if (measured.is_number()) {
    const auto value = measured.get<double>();
    check.ok = value >= least && value <= most;
    if (kernel.is_number() && std::fabs(kernel.get<double>() - value) > slack) check.ok = false;
  }
  checks.push_back(std::move(check));
}

void Verdict::at_least(std::string what, double least, const LabJson& measured, LabUnit unit) {
  within(std::move(what), least, HUGE_VAL, measured, unit);
}

bool Verdict::passed() const {
  return !checks.empty() &&
         std::all_of(checks.begin(), checks.end(), [](const LabCheck& check) { return check.ok; });
}

const Experiment* find_experiment(std::string_view name) {
  for (const Experiment* one : experiments())
    if (one->name == name) return one;
  return nullptr;
}

}  // namespace hoodtrace
