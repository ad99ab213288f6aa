// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/top/tables.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "event/feed.hpp"
#include "model/cache/tracker.hpp"
#include "model/disk/tracker.hpp"
#include "model/faults/fork_tracker.hpp"
#include "model/faults/ranges.hpp"
#include "model/faults/signals.hpp"
#include "model/faults/tracker.hpp"
#include "model/names/file_table.hpp"
#include "model/procs/tracker.hpp"
#include "model/sched/tracker.hpp"
#include "model/why/tracker.hpp"
#include "view/cache/view.hpp"
#include "view/disk/view.hpp"
#include "view/faults/view.hpp"
#include "view/sched/load.hpp"
#include "view/sched/view.hpp"
#include "view/top/lives_list.hpp"
#include "view/top/task_log.hpp"
#include "view/top/why_list.hpp"
#include "view/why/rows.hpp"

namespace hoodtrace {
namespace {

// Of one screen and interval: more than anybody reads, and little enough to keep many intervals.
constexpr std::size_t kMostRows = 500;

std::optional<std::uint64_t> sum(const Table& table, std::string_view key) {
  const std::optional<std::size_t> place = place_of(table, key);
  if (!place) return {};
  std::uint64_t sum = 0;
  for (const auto& row : table.rows)
    if (const auto* number = std::get_if<std::uint64_t>(&row[*place])) sum += *number;
  return sum;
}

void cut(Table& table) {
  if (table.rows.size() <= kMostRows) return;
  table.hidden_rows += table.rows.size() - kMostRows;
  table.rows.resize(kMostRows);
}

ViewOptions view_of(Grouping by, std::size_t top, std::string sort = {}) {
  ViewOptions view;
  view.by = by;
  view.top = top;
  view.sort = std::move(sort);
  view.text = true;
  view.start_times = true;
  return view;
}

std::optional<Table> first_table(Report& report) {
  if (report.tables.empty()) return {};
  return std::move(report.tables.front());
}

std::optional<Table> sched_table(const SchedTracker& tracker, const TaskTable& tasks,
                                 const ViewOptions& view, std::uint64_t interval_ns) {
  Report report;
  report.duration_ns = interval_ns;
  add_sched_report(tracker, tasks, view, report);
  return first_table(report);
}

std::optional<Table> load_table(const SchedTracker& tracker, const TaskTable& tasks,
                                const ViewOptions& view, std::uint64_t interval_ns) {
  Report report;
  report.duration_ns = interval_ns;
  add_load_table(tracker, tasks, view, report);
  return first_table(report);
}

WaitCounts wait_counts(const std::vector<std::uint64_t>& by_power) {
  WaitCounts counts;
  for (std::size_t i = 0; i < by_power.size(); i++)
    if (by_power[i] > 0)
      counts.emplace_back(
          static_cast<std::uint8_t>(i),
          static_cast<std::uint32_t>(std::min<std::uint64_t>(by_power[i], UINT32_MAX)));
  return counts;
}

std::optional<bool> is_equal(const SchedAudit& audit) {
  if (audit.tasks == 0) return {};
  if (!audit.run_delay_known && !audit.exec_runtime_known) return {};
  return (!audit.run_delay_known || audit.wait_ns == audit.kernel_run_delay_ns) &&
         (!audit.exec_runtime_known || audit.on_cpu_ns == audit.kernel_exec_runtime_ns);
}

}  // namespace

struct TopTables::Trackers {
  Trackers(TaskTable& task_table, Families traced)
      : tasks(task_table),
        families(traced),
        signals(task_table),
        ranges(task_table),
        log(task_table) {
    if (families.has(Family::kWhy))
      why.emplace(tasks, WhyTracker::Options{});
    else if (families.has(Family::kSched))
      sched.emplace(tasks, SchedTracker::Options{.idle_waits = true});
    if (families.has(Family::kFaults)) faults.emplace(tasks);
    if (families.has(Family::kCache)) cache.emplace(tasks);
    if (families.has(Family::kDisk)) disk.emplace(tasks, DiskTracker::Settings{});
    if (families.has(Family::kLife)) lives.emplace(tasks, LifecycleTracker::Options{});
  }
  [[nodiscard]] const SchedTracker* waits() const {
    return why ? &why->sched() : sched ? &*sched : nullptr;
  }

  TaskTable& tasks;
  Families families;
  std::optional<SchedTracker> sched;
  std::optional<WhyTracker> why;  // has the waits too
  std::optional<FaultTracker> faults;
  FileTable files;
  FaultSignals signals;
  FaultRanges ranges;
  std::optional<CacheTracker> cache;
  std::optional<DiskTracker> disk;
  std::optional<LifecycleTracker> lives;
  TaskLog log;
};

TopTables::TopTables(TaskTable& tasks, Families families)
    : trackers_(std::make_unique<Trackers>(tasks, families)) {}
TopTables::~TopTables() = default;

void TopTables::on_event(const Event& event) {
  Trackers& all = *trackers_;
  if (all.sched) feed(*all.sched, event);
  if (all.why) feed(*all.why, event);
  if (all.faults) {
    feed(all.files, event);
    feed(*all.faults, event);
    feed(all.signals, event);
  }
  if (all.cache) feed(*all.cache, event);
  if (all.disk) feed(*all.disk, event);
  if (all.lives) feed(*all.lives, event);
  if (all.log.is_following()) feed(all.log, event);
}

void TopTables::fold(TaskId task) {
  Trackers& all = *trackers_;
  if (all.sched) all.sched->fold(task);
  if (all.why) all.why->fold(task);
  if (all.faults) all.faults->fold(task);
  if (all.cache) all.cache->fold(task);
  if (all.disk) all.disk->fold(task);
  if (all.lives) all.lives->fold(task);
}

void TopTables::expect(const Browser::Wish& wish) { trackers_->log.follow(wish.task); }

void TopTables::fill(const Browser::Wish& wish, Snapshot& snapshot) {
  Trackers& all = *trackers_;
  snapshot.moments = all.log.take();
  const std::uint64_t now_ns = snapshot.until_ns;
  const auto place = [&snapshot](ScreenId screen) -> std::optional<Table>& {
    return snapshot.tables[index_of(screen)];
  };
  if (all.why) all.why->settle(now_ns);
  if (all.sched) all.sched->settle(now_ns);
  if (const SchedTracker* waits = all.waits()) {
    std::optional<Table>& units = place(ScreenId::kUnits);
    units = sched_table(*waits, all.tasks, view_of(Grouping::kCgroup, 0), snapshot.length_ns());
    if (units) {
      snapshot.totals.on_cpu_ns = sum(*units, "on_cpu_ns");
      snapshot.totals.wait_ns = sum(*units, "wait_ns");
      snapshot.totals.throttled_ns = sum(*units, "wait_throttled_ns");
      cut(*units);
    }
    ViewOptions view = view_of(wish.by, kMostRows, wish.sort);
    if (wish.task)
      view.always = static_cast<std::uint32_t>(
          (wish.by == Grouping::kThread ? wish.task->tid : wish.task->pid).value_or(0));
    SchedTasks tasks = sched_tasks(*waits, all.tasks, view);
    place(ScreenId::kTasks) = std::move(tasks.table);
    for (const auto& counts : tasks.waits) snapshot.waits.push_back(wait_counts(counts));
    place(ScreenId::kCpus) =
        sched_table(*waits, all.tasks, view_of(Grouping::kCpu, 0), snapshot.length_ns());
    place(ScreenId::kLoad) =
        load_table(*waits, all.tasks, view_of(wish.by, kMostRows), snapshot.length_ns());
    snapshot.audit_is_equal = is_equal(waits->audit());
  }
  if (all.why) place(ScreenId::kWhy) = why_list(*all.why, snapshot.length_ns(), kMostRows);
  if (all.faults) {
    Report report;
    add_faults_report({*all.faults, all.tasks, all.files, all.signals, &all.ranges, nullptr},
                      view_of(Grouping::kProcess, 0), report);
    std::optional<Table>& faults = place(ScreenId::kFaults);
    faults = first_table(report);
    if (faults) {
      if (const auto pid = place_of(*faults, "pid")) faults->columns[*pid].rank = 1;
      snapshot.totals.major_faults = sum(*faults, "major");
      snapshot.totals.faults =
          sum(*faults, "minor").value_or(0) + snapshot.totals.major_faults.value_or(0);
      cut(*faults);
    }
  }
  if (all.cache) {
    all.cache->settle();
    Report report;
    report.duration_ns = snapshot.length_ns();
    add_cache_report(*all.cache, all.tasks, view_of(Grouping::kThread, 0), report);
    std::optional<Table>& cache = place(ScreenId::kCache);
    cache = first_table(report);
    if (cache) {
      snapshot.totals.pages_added = sum(*cache, "added");
      cut(*cache);
    }
  }
  if (all.disk) {
    Report report;
    report.duration_ns = snapshot.length_ns();
    add_disk_report(*all.disk, view_of(Grouping::kFile, 0), report);
    std::optional<Table>& disk = place(ScreenId::kDisk);
    disk = first_table(report);
    if (disk) cut(*disk);
  }
  if (all.lives) {
    std::optional<Table>& lives = place(ScreenId::kLives);
    lives = lives_list(*all.lives, all.tasks, now_ns);
    cut(*lives);
  }
}

void TopTables::begin_interval(std::uint64_t now_ns) {
  Trackers& all = *trackers_;
  if (all.sched) all.sched->begin_interval(now_ns);
  if (all.why) all.why->begin_interval(now_ns);
  if (all.faults) all.faults->begin_interval();
  all.ranges.begin_interval();
  all.signals.begin_interval();
  if (all.cache) all.cache->begin_interval();
  if (all.disk) all.disk->begin_interval(now_ns);
  if (all.lives) all.lives->begin_interval();
}

}  // namespace hoodtrace
