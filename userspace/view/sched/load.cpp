// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/sched/load.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "base/text.hpp"
#include "view/columns.hpp"
#include "view/sched/rows.hpp"

namespace hoodtrace {
namespace {

// How many tasks did it at a time: time divided by the span.
struct Load {
  double running = 0;
  double queued = 0;
  double disk = 0;
  double uninterruptible = 0;
  double vfork = 0;      // of the latter
  double mmap_lock = 0;  // of the latter; where it is recorded

  [[nodiscard]] double all() const { return running + queued + disk + uninterruptible; }
};

struct LoadRow {
  const SchedRow* of;
  Load load;
  double share;  // of the loads of all rows
  bool has_mmap_waits;
};
using LoadColumn = ColumnOf<LoadRow>;

// To a thousandth: what a task of a second's run in a quarter of an hour adds.
double rounded(double load) {
  constexpr double kThousand = 1000;
  return std::round(load * kThousand) / kThousand;
}

Load load_of(const SchedStats& stats, double span_ns) {
  if (span_ns <= 0) return {};
  const auto mean = [span_ns](std::uint64_t ns) { return static_cast<double>(ns) / span_ns; };
  const std::uint64_t queued_ns = stats.wait_ns + stats.wait_open_ns;
  return {mean(stats.on_cpu_ns),     mean(queued_ns - std::min(queued_ns, stats.wait_outside_ns)),
          mean(stats.disk_sleep_ns), mean(stats.uninterruptible_ns),
          mean(stats.vfork_ns),      mean(stats.mmap_lock_ns)};
}

// Its order is the JSON schema's.
constexpr std::array kColumns = {
    LoadColumn{"tid", "TID", Unit::kId, 1,
               [](const LoadRow& r) { return optional_cell(r.of->tid); }},
    LoadColumn{"pid", "PID", Unit::kId, 3,
               [](const LoadRow& r) { return optional_cell(r.of->pid); }},
    LoadColumn{"comm", "COMM", Unit::kText, 1,
               [](const LoadRow& r) { return optional_cell(r.of->comm); }},
    LoadColumn{"cgroup", "CGROUP", Unit::kText, 0,
               [](const LoadRow& r) { return optional_cell(r.of->cgroup); }},
    LoadColumn{"load", "LOAD", Unit::kCount, 1,
               [](const LoadRow& r) -> Cell { return rounded(r.load.all()); }},
    LoadColumn{"load_share", "SHARE", Unit::kShare, 2,
               [](const LoadRow& r) -> Cell { return r.share; }},
    LoadColumn{"running", "RUNNING", Unit::kCount, 1,
               [](const LoadRow& r) -> Cell { return rounded(r.load.running); }},
    LoadColumn{"queued", "QUEUED", Unit::kCount, 1,
               [](const LoadRow& r) -> Cell { return rounded(r.load.queued); }},
    LoadColumn{"disk", "DISK", Unit::kCount, 1,
               [](const LoadRow& r) -> Cell {
                 if (!r.of->has_iowait) return {};
                 return rounded(r.load.disk);
               }},
    LoadColumn{"uninterruptible", "OTHER-D", Unit::kCount, 1,
               [](const LoadRow& r) -> Cell { return rounded(r.load.uninterruptible); }},
    LoadColumn{"vfork", "VFORK", Unit::kCount, 4,
               [](const LoadRow& r) -> Cell { return rounded(r.load.vfork); }},
    LoadColumn{"mmap_lock", "MMAP-LOCK", Unit::kCount, 2,
               [](const LoadRow& r) -> Cell {
                 if (!r.has_mmap_waits) return {};
                 return rounded(r.load.mmap_lock);
               }},
};

Json average_json(const std::optional<LoadAverageOf>& average) {
  if (!average) return nullptr;
  Json list = Json::array();
  constexpr double kHundred = 100;
  for (const double each : *average) list.push_back(std::round(each * kHundred) / kHundred);
  return list;
}

std::string average_text(const LoadAverageOf& average) {
  return fmt::format("{:.2f} {:.2f} {:.2f}", average[0], average[1], average[2]);
}

std::string row_name(const SchedRow& row) {
  return printable(row.comm.value_or(row.cgroup.value_or("(no cgroup)")));
}

// "load 8.20 = 0.30 running + 0.10 queued + 7.80 in disk wait, of which postgres 7.10"
std::string sum_text(const Load& load, const std::vector<LoadRow>& rows, bool has_iowait) {
  std::string text = fmt::format("load {:.2f} = {:.2f} running + {:.2f} queued + ", load.all(),
                                 load.running, load.queued);
  if (has_iowait) text += fmt::format("{:.2f} in disk wait + ", load.disk);
  text += fmt::format("{:.2f} in {}uninterruptible sleep", load.uninterruptible,
                      has_iowait ? "other " : "");
  constexpr std::size_t kNamed = 3;
  constexpr double kLeast = 0.005;  // what two decimals show
  if (load.vfork >= kLeast) text += fmt::format(" ({:.2f} of it for a vfork's child)", load.vfork);
  if (load.mmap_lock >= kLeast)
    text += fmt::format(" ({:.2f} of it for mmap_lock)", load.mmap_lock);
  std::string names;
  for (std::size_t i = 0; i < std::min(rows.size(), kNamed) && rows[i].load.all() >= kLeast; i++)
    names +=
        fmt::format("{}{} {:.2f}", i == 0 ? "" : ", ", row_name(*rows[i].of), rows[i].load.all());
  return names.empty() ? text : text + "; most of it: " + names;
}

std::string kernel_text(const SchedTracker& tracker, const LoadTracker& load) {
  if (!load.kernel()) return "the kernel's load averages are not in this recording";
  std::string text =
      fmt::format("the kernel's load averages (1, 5, 15 min): {} at the start, {} now",
                  average_text(*load.kernel_before()), average_text(*load.kernel()));
  if (const std::optional<LoadAverageOf> ours = load.recomputed())
    return fmt::format("{}; from the start's and these switches: {} (the kernel took {} sample{})",
                       text, average_text(*ours), load.samples(), load.samples() == 1 ? "" : "s");
  if (!tracker.whole_system()) return text + "; they are of all tasks, and these are some of them";
  return text;
}

// Of all tasks that are shown, and their sum; the heaviest first.
struct Loads {
  Loads(const std::vector<SchedRow>& of, const SchedTracker& tracker, std::uint64_t duration_ns) {
    const auto span_ns = static_cast<double>(duration_ns);
    for (const SchedRow& row : of) {
      const Load one = load_of(*row.stats, span_ns);
      sum.running += one.running;
      sum.queued += one.queued;
      sum.disk += one.disk;
      sum.uninterruptible += one.uninterruptible;
      sum.vfork += one.vfork;
      sum.mmap_lock += one.mmap_lock;
      if (one.all() > 0) rows.push_back({&row, one, 0, tracker.has_mmap_waits()});
    }
    for (LoadRow& row : rows) row.share = row.load.all() / sum.all();
    sort_rows(kColumns, rows, "load");
  }
  std::vector<LoadRow> rows;
  Load sum;
};

void add_table(const std::vector<LoadRow>& rows, const SchedTracker& tracker,
               const ViewOptions& options, Report& report) {
  Table table = rows_table(kColumns, rows, options);
  for (Column& column : table.columns) {
    if (column.key == "tid" && options.by != Grouping::kThread) column.rank = 0;
    if (column.key == "pid" && (options.by == Grouping::kComm || options.by == Grouping::kCgroup))
      column.rank = 0;
    if (options.by == Grouping::kCgroup && column.key == "comm") column.rank = 0;
    if (options.by == Grouping::kCgroup && column.key == "cgroup") column.rank = 1;
    if (column.key == "disk" && !tracker.has_iowait()) column.rank = 0;
    if (column.key == "mmap_lock" && !tracker.has_mmap_waits()) column.rank = 0;
  }
  report.tables.push_back(std::move(table));
}

}  // namespace

void add_load_table(const SchedTracker& tracker, const TaskTable& tasks, const ViewOptions& options,
                    Report& report) {
  const std::vector<SchedRow> of = make_sched_rows(tracker, tasks, options.by);
  add_table(Loads(of, tracker, report.duration_ns).rows, tracker, options, report);
}

void add_load_report(const SchedTracker& tracker, const LoadTracker& load, const TaskTable& tasks,
                     const ViewOptions& options, Report& report) {
  const std::vector<SchedRow> of = make_sched_rows(tracker, tasks, options.by);
  auto [rows, sum] = Loads(of, tracker, report.duration_ns);
  const std::string text = sum_text(sum, rows, tracker.has_iowait());
  if (!options.sort.empty()) sort_rows(kColumns, rows, options.sort);
  if (options.json) {
    report.body.emplace_back(
        "load",
        Json{{"load", rounded(sum.all())},
             {"running", rounded(sum.running)},
             {"queued", rounded(sum.queued)},
             {"disk", tracker.has_iowait() ? Json(rounded(sum.disk)) : Json(nullptr)},
             {"uninterruptible", rounded(sum.uninterruptible)},
             {"vfork", rounded(sum.vfork)},
             {"mmap_lock", tracker.has_mmap_waits() ? Json(rounded(sum.mmap_lock)) : Json(nullptr)},
             {"kernel_before", average_json(load.kernel_before())},
             {"kernel", average_json(load.kernel())},
             {"kernel_samples", load.kernel() ? Json(load.samples()) : Json(nullptr)},
             {"recomputed", average_json(load.recomputed())}});
    report.body.emplace_back("loads", rows_json(kColumns, rows, options));
    return;
  }
  add_table(rows, tracker, options, report);
  report.remarks.insert(report.remarks.begin(), {text, kernel_text(tracker, load)});
}

Result<void> check_load_sort(const std::string& key) {
  if (key.empty() || find_column(kColumns, key) != nullptr) return {};
  return usage(fmt::format("no column {} to sort by; there are: {}", key, column_keys(kColumns)));
}

}  // namespace hoodtrace
