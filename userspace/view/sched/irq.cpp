// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/sched/irq.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "base/units.hpp"
#include "event/irq_words.hpp"
#include "view/columns.hpp"
#include "view/task_rows.hpp"

namespace hoodtrace {
namespace {

using Cut = std::vector<std::pair<std::string, std::uint64_t>>;  // by comm, the longest first

struct SourceRow {
  IrqKey key;
  IrqTime all;
  std::uint64_t idle_ns;
  Cut cut;
};
using SourceColumn = ColumnOf<SourceRow>;

std::string cut_text(const SourceRow& row) {
  constexpr std::size_t kShown = 2;
  std::string text;
  for (std::size_t i = 0; i < std::min(row.cut.size(), kShown); i++)
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", printable(row.cut[i].first),
                        format_duration(row.cut[i].second));
  return text;
}

// Its order is the JSON schema's.
constexpr std::array kSourceColumns = {
    SourceColumn{"kind", "KIND", Unit::kText, 1,
                 [](const SourceRow& r) -> Cell { return std::string(irq_kind_word(r.key.kind)); }},
    SourceColumn{"vector", "VECTOR", Unit::kId, 3,
                 [](const SourceRow& r) -> Cell { return std::uint64_t{r.key.vector}; }},
    SourceColumn{"name", "INTERRUPT", Unit::kText, 1,
                 [](const SourceRow& r) -> Cell { return r.key.name; }},
    SourceColumn{"count", "COUNT", Unit::kCount, 1,
                 [](const SourceRow& r) -> Cell { return r.all.count; }},
    SourceColumn{"time_ns", "TIME", Unit::kNs, 1,
                 [](const SourceRow& r) -> Cell { return r.all.ns; }},
    SourceColumn{"max_ns", "MAX", Unit::kNs, 2,
                 [](const SourceRow& r) -> Cell { return r.all.max_ns; }},
    SourceColumn{"idle_ns", "IDLE", Unit::kNs, 4,
                 [](const SourceRow& r) -> Cell { return r.idle_ns; }},
};

std::vector<SourceRow> source_rows(const IrqTracker& tracker, const TaskTable& tasks) {
  std::vector<SourceRow> rows;
  for (const auto& [key, source] : tracker.sources()) {
    SourceRow& row = rows.emplace_back(SourceRow{key, source.all, source.idle_ns, {}});
    std::map<std::string, std::uint64_t> by_comm;
    for (const auto& [task, ns] : source.cut)
      by_comm[task == kNoTask ? "(others)" : std::string(comm_view(tasks[task]))] += ns;
    row.cut.assign(by_comm.begin(), by_comm.end());
    std::stable_sort(row.cut.begin(), row.cut.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
  }
  sort_rows(kSourceColumns, rows, "time_ns");
  return rows;
}

struct LossStats {
  std::uint64_t on_cpu_ns = 0;
  TaskLoss loss;

  void merge(const LossStats& other) {
    on_cpu_ns += other.on_cpu_ns;
    loss.merge(other.loss);
  }
};

struct LossRow {
  std::optional<std::uint32_t> tid;
  std::optional<std::uint32_t> pid;
  std::optional<std::string> comm;
  std::optional<std::string> cgroup;
  LossStats stats;
  bool has_steal = false;
  bool has_kernel_irq = false;
};
using LossColumn = ColumnOf<LossRow>;

// Its order is the JSON schema's.
constexpr std::array kLossColumns = {
    LossColumn{"tid", "TID", Unit::kId, 1, [](const LossRow& r) { return optional_cell(r.tid); }},
    LossColumn{"pid", "PID", Unit::kId, 5, [](const LossRow& r) { return optional_cell(r.pid); }},
    LossColumn{"comm", "COMM", Unit::kText, 1,
               [](const LossRow& r) { return optional_cell(r.comm); }},
    LossColumn{"cgroup", "CGROUP", Unit::kText, 0,
               [](const LossRow& r) { return optional_cell(r.cgroup); }},
    LossColumn{"on_cpu_ns", "ON-CPU", Unit::kNs, 1,
               [](const LossRow& r) -> Cell { return r.stats.on_cpu_ns; }},
    LossColumn{"net_ns", "NET", Unit::kNs, 1,
               [](const LossRow& r) -> Cell {
                 return r.stats.on_cpu_ns - std::min(r.stats.on_cpu_ns, r.stats.loss.ns());
               }},
    LossColumn{"hard_irq_ns", "HARD-IRQ", Unit::kNs, 1,
               [](const LossRow& r) -> Cell { return r.stats.loss.hard.ns; }},
    LossColumn{"hard_irqs", "HARD", Unit::kCount, 4,
               [](const LossRow& r) -> Cell { return r.stats.loss.hard.count; }},
    LossColumn{"soft_irq_ns", "SOFT-IRQ", Unit::kNs, 1,
               [](const LossRow& r) -> Cell { return r.stats.loss.soft.ns; }},
    LossColumn{"soft_irqs", "SOFT", Unit::kCount, 4,
               [](const LossRow& r) -> Cell { return r.stats.loss.soft.count; }},
    LossColumn{"stolen_ns", "STOLEN", Unit::kNs, 1,
               [](const LossRow& r) -> Cell {
                 if (!r.has_steal) return {};
                 return r.stats.loss.steal_ns;
               }},
    LossColumn{"kernel_irq_ns", "KERNEL-IRQ", Unit::kNs, 6,
               [](const LossRow& r) -> Cell {
                 if (!r.has_kernel_irq) return {};
                 return r.stats.loss.kernel_irq_ns;
               }},
};

std::vector<LossRow> loss_rows(const SchedTracker& sched, const IrqTracker& tracker,
                               const TaskTable& tasks, Grouping by) {
  std::vector<LossRow> rows;
  for (TaskId id = 1; id < tasks.size(); id++) {
    if (!tasks[id].in_use || !tasks[id].traced) continue;
    const TaskLoss* loss = tracker.loss(id);
    const std::uint64_t on_cpu_ns = sched.stats(id).on_cpu_ns;
    if (loss == nullptr && on_cpu_ns == 0) continue;
    LossRow& row = rows.emplace_back();
    name_row(row, tasks[id], tasks);
    row.stats.on_cpu_ns = on_cpu_ns;
    if (loss != nullptr) row.stats.loss = *loss;
  }
  if (by != Grouping::kThread) rows = group_rows(rows, by);
  if (sched.ended_others_count() > 0) {
    LossRow& row = rows.emplace_back();
    row.comm = fmt::format("({} ended tasks)", sched.ended_others_count());
    row.stats = {sched.ended_others().on_cpu_ns, tracker.ended_others()};
  }
  for (LossRow& row : rows) {
    row.has_steal = tracker.has_steal();
    row.has_kernel_irq = tracker.has_kernel_irq();
  }
  sort_rows(kLossColumns, rows, "on_cpu_ns");
  return rows;
}

}  // namespace

void add_irq_report(const SchedTracker& sched, const IrqTracker& tracker, const TaskTable& tasks,
                    const ViewOptions& options, Report& report) {
  const std::vector<SourceRow> sources = source_rows(tracker, tasks);
  const std::vector<LossRow> losses = loss_rows(sched, tracker, tasks, options.by);
  ViewOptions all = options;
  all.top = 0;
  if (options.json) {
    Json list = rows_json(kSourceColumns, sources, all);
    for (std::size_t i = 0; i < sources.size(); i++) {
      Json& cut = list[i]["cut"] = Json::array();
      constexpr std::size_t kMost = 8;
      for (std::size_t j = 0; j < std::min(sources[i].cut.size(), kMost); j++)
        cut.push_back(
            Json{{"comm", valid_utf8(sources[i].cut[j].first)}, {"ns", sources[i].cut[j].second}});
    }
    report.body.emplace_back("interrupts", std::move(list));
    report.body.emplace_back("idle_stolen_ns",
                             tracker.has_steal() ? Json(tracker.idle().steal_ns) : Json(nullptr));
    report.body.emplace_back("taken", rows_json(kLossColumns, losses, options));
    return;
  }
  Table table = rows_table(kLossColumns, losses, options);
  for (Column& column : table.columns) {
    if (column.key == "stolen_ns" && !tracker.has_steal()) column.rank = 0;
    if (column.key == "kernel_irq_ns" && !tracker.has_kernel_irq()) column.rank = 0;
    if (options.by == Grouping::kThread) continue;
    if (column.key == "tid") column.rank = 0;
    if (column.key == "pid" && options.by != Grouping::kProcess) column.rank = 0;
    if (options.by == Grouping::kCgroup && column.key == "comm") column.rank = 0;
    if (options.by == Grouping::kCgroup && column.key == "cgroup") column.rank = 1;
  }
  report.tables.push_back(std::move(table));
  Table of_sources = rows_table(kSourceColumns, sources, all);
  of_sources.columns.push_back({"cut", "WHOSE RUNS", Unit::kText, 2});
  for (std::size_t i = 0; i < of_sources.rows.size(); i++)
    of_sources.rows[i].emplace_back(cut_text(sources[i]));
  report.tables.push_back(std::move(of_sources));
}

}  // namespace hoodtrace
