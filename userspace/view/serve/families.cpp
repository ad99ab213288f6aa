// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/serve/families.hpp"

#include <array>
#include <functional>
#include <map>
#include <string_view>

#include "base/text.hpp"
#include "view/serve/unit_metrics.hpp"

namespace hoodtrace {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

constexpr double kSecond = 1e9;

constexpr std::array kBoundsNs = {
#define HT_BOUND(bound) std::uint64_t{bound},
    HT_WAIT_BOUNDS(HT_BOUND)
#undef HT_BOUND
};
static_assert(kBoundsNs.size() + 1 == HT_WAIT_BUCKETS);

std::uint64_t kernel_waits_ns(const ht_sums& sums) {
  return sums.woken_ns + sums.preempted_ns + sums.throttled_ns;
}

void add_label(Labels& labels, std::string_view name, std::string_view value) {
  labels.emplace_back(name, valid_utf8(value));
}

Labels labels_of(std::string_view unit) {
  Labels labels;
  add_label(labels, "unit", unit);
  return labels;
}

using EachUnit = std::function<void(std::string_view name, const ht_sums& sums)>;

void for_each_unit(const UnitTotals& totals, const EachUnit& take) {
  for (const UnitTotals::Unit* unit : totals.units()) take(unit->name.unit, unit->sums);
  if (totals.has_others()) take(kOtherUnits, totals.other().sums);
}

MetricFamily waits(const UnitTotals& totals) {
  MetricFamily family{"hoodtrace_sched_wait_seconds",
                      "Waits in run queues, from runnable until the task runs; the time that an "
                      "idle CPU takes to begin included.",
                      MetricType::kHistogram,
                      {}};
  for_each_unit(totals, [&family](std::string_view name, const ht_sums& sums) {
    MetricSample sample;
    sample.labels = labels_of(name);
    sample.value = static_cast<double>(kernel_waits_ns(sums) + sums.dispatch_ns) / kSecond;
    for (std::size_t i = 0; i < kBoundsNs.size(); i++) {
      sample.count += sums.waits[i];
      sample.buckets.push_back({static_cast<double>(kBoundsNs[i]) / kSecond, sample.count});
    }
    sample.count += sums.waits[kBoundsNs.size()];
    family.samples.push_back(std::move(sample));
  });
  return family;
}

MetricFamily by_unit(const UnitMetric& row, const UnitTotals& totals) {
  MetricFamily family{std::string(row.name), std::string(row.help), MetricType::kCounter, {}};
  for_each_unit(totals, [&](std::string_view name, const ht_sums& sums) {
    for (const UnitSeries& part : row.parts) {
      const std::uint64_t value = sum_at(sums, part.sum);
      if (part.is_sparse && value == 0) continue;
      MetricSample sample;
      sample.labels = labels_of(name);
      if (!part.value.empty()) add_label(sample.labels, row.label, part.value);
      sample.value = static_cast<double>(value) / row.scale;
      family.samples.push_back(std::move(sample));
    }
  });
  return family;
}

MetricFamily pairs(const UnitTotals& totals) {
  MetricFamily family{"hoodtrace_sched_wait_behind_seconds_total",
                      "Time in run queues by whose tasks ran on that CPU meanwhile: the heaviest "
                      "pairs; the sum of a unit is that of hoodtrace_sched_wait_seconds.",
                      MetricType::kCounter,
                      {}};
  std::map<UnitPairs::Pair, std::uint64_t> sums = totals.pairs().sums();
  // What found no place in the kernel side's table.
  for_each_unit(totals, [&sums](std::string_view name, const ht_sums& of_unit) {
    if (of_unit.behind_others_ns > 0)
      sums[{std::string(name), std::string(kOtherUnits)}] += of_unit.behind_others_ns;
  });
  for (const auto& [pair, ns] : sums) {
    MetricSample sample;
    sample.labels = labels_of(pair.first);
    add_label(sample.labels, "behind", pair.second);
    sample.value = static_cast<double>(ns) / kSecond;
    family.samples.push_back(std::move(sample));
  }
  return family;
}

MetricFamily unit_info(const UnitTotals& totals) {
  MetricFamily family{"hoodtrace_unit_info",
                      "What a unit is: a systemd unit, a container, a pod.",
                      MetricType::kGauge,
                      {}};
  for (const UnitTotals::Unit* unit : totals.units()) {
    MetricSample sample;
    sample.labels = labels_of(unit->name.unit);
    add_label(sample.labels, "kind", unit->name.kind);
    add_label(sample.labels, "runtime", unit->name.runtime);
    add_label(sample.labels, "container_id", unit->name.container_id);
    add_label(sample.labels, "pod_uid", unit->name.pod_uid);
    sample.value = 1;
    family.samples.push_back(std::move(sample));
  }
  return family;
}

MetricFamily single(std::string_view name, std::string_view help, MetricType type, double value,
                    Labels labels = {}) {
  MetricFamily family{std::string(name), std::string(help), type, {}};
  MetricSample sample;
  sample.labels = std::move(labels);
  sample.value = value;
  family.samples.push_back(std::move(sample));
  return family;
}

MetricFamily losses(const UnitTotals& totals, const StreamAccount& account) {
  MetricFamily family{"hoodtrace_events_lost_total",
                      "What could not be counted, by kind (docs/serve.md).",
                      MetricType::kCounter,
                      {}};
  const auto add = [&family](std::string_view kind, std::uint64_t count) {
    MetricSample sample;
    add_label(sample.labels, "kind", kind);
    sample.value = static_cast<double>(count);
    family.samples.push_back(std::move(sample));
  };
  add("task_forgotten", totals.end()->forgotten);
  add("no_slot", totals.end()->slots_full);
  bool has_missed = false;
  for (const auto& [kind, count] : account.lost()) {
    add(kind, count);
    has_missed |= kind == "missed";
  }
  if (!has_missed) add("missed", 0);
  return family;
}

void add_own(const ht_totals_end& end, MetricFamilies& out) {
  const auto gauge = MetricType::kGauge;
  out.push_back(single("process_cpu_seconds_total",
                       "Total user and system CPU time spent in seconds.", MetricType::kCounter,
                       static_cast<double>(end.own_cpu_ns) / kSecond));
  out.push_back(single("process_start_time_seconds",
                       "Start time of the process since unix epoch in seconds.", gauge,
                       static_cast<double>(end.own_start_wall_ns) / kSecond));
  out.push_back(single("process_resident_memory_bytes", "Resident memory size in bytes.", gauge,
                       static_cast<double>(end.own_resident_bytes)));
  out.push_back(single("process_virtual_memory_bytes", "Virtual memory size in bytes.", gauge,
                       static_cast<double>(end.own_virtual_bytes)));
  out.push_back(single("process_open_fds", "Number of open file descriptors.", gauge,
                       static_cast<double>(end.own_open_fds)));
  out.push_back(single("process_max_fds", "Maximum number of open file descriptors.", gauge,
                       static_cast<double>(end.own_max_fds)));
}

}  // namespace

MetricFamilies serve_families(const UnitTotals& totals, const StreamAccount& account,
                              const ServeFacts& facts) {
  MetricFamilies out;
  if (!totals.end()) return out;
  out.push_back(waits(totals));
  for (const UnitMetric& row : unit_metrics())
    if (row.when == nullptr || facts.*row.when) out.push_back(by_unit(row, totals));
  if (facts.pairs) out.push_back(pairs(totals));
  out.push_back(unit_info(totals));
  Labels build;
  add_label(build, "version", facts.version);
  out.push_back(single("hoodtrace_build_info", "The version of hoodtrace.", MetricType::kGauge, 1,
                       std::move(build)));
  Labels probe;
  add_label(probe, "kernel", facts.kernel);
  add_label(probe, "hooks", facts.hooks);
  out.push_back(single("hoodtrace_probe_info", "How hoodtrace measures on this kernel.",
                       MetricType::kGauge, 1, std::move(probe)));
  out.push_back(losses(totals, account));
  if (const auto difference = totals.audit_difference_ns())
    out.push_back(single("hoodtrace_audit_difference_seconds",
                         "Time on a CPU since the start, as counted here, less that of the "
                         "kernel's cpu.stat.",
                         MetricType::kGauge, static_cast<double>(*difference) / kSecond));
  out.push_back(single("hoodtrace_slots_in_use", "Pairs of cgroup and CPU that have a slot.",
                       MetricType::kGauge, static_cast<double>(totals.end()->slots_in_use)));
  add_own(*totals.end(), out);
  return out;
}

}  // namespace hoodtrace
