#include "view/sched_view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <tuple>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/bars.hpp"

namespace hoodtrace {
namespace {

// A row: one task, or several with the same process, comm or cgroup.
struct Row {
  std::optional<std::uint32_t> tid;
  std::optional<std::uint32_t> pid;
  std::optional<std::string> comm;
  std::optional<std::string> cgroup;
  std::optional<SchedTracker::Class> sched_class;
  SchedStats stats;
  bool wakers = false;
  const WhoTable* names = nullptr;
  std::size_t tasks = 1;
};

struct RowColumn {
  const char* key;
  const char* heading;
  Unit unit;
  int rank;
  Cell (*get)(const Row& row);
};

template <class T>
Cell optional_cell(const std::optional<T>& value) {
  if (!value) return {};
  if constexpr (std::is_same_v<T, std::string>)
    return *value;
  else
    return static_cast<std::uint64_t>(*value);
}

std::string policy_name(std::uint8_t policy) {
  // include/uapi/linux/sched.h
  static constexpr std::array<const char*, 8> kNames = {"OTHER", "FIFO", "RR",       "BATCH",
                                                        "ISO",   "IDLE", "DEADLINE", "EXT"};
  return policy < kNames.size() ? kNames[policy] : fmt::format("{}", policy);
}

std::string who_text(const Who& who) {
  return who.has_pid && who.pid != 0 ? fmt::format("{} ({})", who.comm, who.pid) : who.comm;
}

// "make (812) 61 %, cc1 (815) 20 %"
std::string culprit_text(const SchedStats& stats, const WhoTable& names, std::size_t most) {
  const std::uint64_t total_ns = stats.behind.total_ns();
  std::string text;
  std::size_t shown = 0;
  for (const auto& [who, ns] : stats.behind.sorted()) {
    if (shown++ == most) break;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {:.0f} %", who_text(names[who]),
                        100.0 * static_cast<double>(ns) / static_cast<double>(total_ns));
  }
  return text;
}

template <double const& Share>
Cell wait_quantile(const Row& row) {
  if (row.stats.waits.count() == 0) return {};
  // The middle of a bucket can lie above the largest value in it.
  return std::min(row.stats.waits.quantile(Share), row.stats.wait_max_ns);
}
constexpr double kP50 = 0.50;
constexpr double kP95 = 0.95;
constexpr double kP99 = 0.99;

Cell priority_cell(const Row& row) {
  if (!row.sched_class) return {};
  return static_cast<std::uint64_t>(row.sched_class->prio);
}

// The one list of columns; its order is the JSON schema's.
constexpr std::array kColumns = {
    RowColumn{"tid", "TID", Unit::kCount, 1, [](const Row& r) { return optional_cell(r.tid); }},
    RowColumn{"pid", "PID", Unit::kCount, 7, [](const Row& r) { return optional_cell(r.pid); }},
    RowColumn{"comm", "COMM", Unit::kText, 1, [](const Row& r) { return optional_cell(r.comm); }},
    RowColumn{"cgroup", "CGROUP", Unit::kText, 0,
              [](const Row& r) { return optional_cell(r.cgroup); }},
    RowColumn{"policy", "POLICY", Unit::kText, 0,
              [](const Row& r) -> Cell {
                if (!r.sched_class) return {};
                return policy_name(r.sched_class->policy);
              }},
    RowColumn{"priority", "PRIO", Unit::kCount, 0, priority_cell},
    RowColumn{"nice", "NICE", Unit::kCount, 9,
              [](const Row& r) -> Cell {
                if (!r.sched_class) return {};
                return static_cast<std::int64_t>(r.sched_class->nice);
              }},
    RowColumn{"on_cpu_ns", "ON-CPU", Unit::kNs, 1,
              [](const Row& r) -> Cell { return r.stats.on_cpu_ns; }},
    RowColumn{"wait_ns", "WAIT", Unit::kNs, 1,
              [](const Row& r) -> Cell { return r.stats.wait_ns; }},
    RowColumn{"wait_count", "WAITS", Unit::kCount, 4,
              [](const Row& r) -> Cell { return r.stats.wait_count; }},
    RowColumn{"wait_woken_ns", "WOKEN", Unit::kNs, 10,
              [](const Row& r) -> Cell { return r.stats.wait_woken_ns; }},
    RowColumn{"wait_preempted_ns", "PREEMPTED", Unit::kNs, 10,
              [](const Row& r) -> Cell { return r.stats.wait_preempted_ns; }},
    RowColumn{"wait_throttled_ns", "THROTTLED", Unit::kNs, 0,
              [](const Row& r) -> Cell { return r.stats.wait_throttled_ns; }},
    RowColumn{"wait_p50_ns", "P50", Unit::kNs, 6, wait_quantile<kP50>},
    RowColumn{"wait_p95_ns", "P95", Unit::kNs, 8, wait_quantile<kP95>},
    RowColumn{"wait_p99_ns", "P99", Unit::kNs, 3, wait_quantile<kP99>},
    RowColumn{"wait_max_ns", "MAX", Unit::kNs, 2,
              [](const Row& r) -> Cell {
                if (r.stats.wait_count == 0) return {};
                return r.stats.wait_max_ns;
              }},
    RowColumn{"wake_delay_ns", "WAKE-DELAY", Unit::kNs, 0,
              [](const Row& r) -> Cell {
                if (!r.wakers) return {};
                return r.stats.wake_delay_ns;
              }},
    RowColumn{"voluntary_switches", "VOL", Unit::kCount, 8,
              [](const Row& r) -> Cell { return r.stats.voluntary_switches; }},
    RowColumn{"involuntary_switches", "INVOL", Unit::kCount, 5,
              [](const Row& r) -> Cell { return r.stats.involuntary_switches; }},
    RowColumn{"sleep_ns", "SLEEP", Unit::kNs, 9,
              [](const Row& r) -> Cell { return r.stats.sleep_ns; }},
    RowColumn{"disk_sleep_ns", "D-SLEEP", Unit::kNs, 9,
              [](const Row& r) -> Cell { return r.stats.disk_sleep_ns; }},
    RowColumn{"migrations", "MIGR", Unit::kCount, 9,
              [](const Row& r) -> Cell { return r.stats.migrations; }},
    RowColumn{"runs", "RUNS", Unit::kCount, 0, [](const Row& r) -> Cell { return r.stats.runs; }},
};

const RowColumn* find_column(const std::string& key) {
  const auto* found = std::find_if(kColumns.begin(), kColumns.end(),
                                   [&](const RowColumn& column) { return key == column.key; });
  return found == kColumns.end() ? nullptr : found;
}

std::string comm_of(const Task& task) {
  const std::string_view comm(task.comm.data(), HT_COMM_LEN);
  return std::string(comm.substr(0, comm.find('\0')));
}

Row row_of(TaskId id, const Task& task, const SchedTracker& tracker, const TaskTable& tasks) {
  Row row;
  row.tid = task.tid;
  if (task.pid != 0) row.pid = task.pid;
  row.comm = comm_of(task);
  if (const std::string_view path = tasks.cgroup_path(task.cgroup_id); !path.empty())
    row.cgroup = std::string(path);
  row.sched_class = tracker.sched_class(id);
  row.stats = tracker.stats(id);
  return row;
}

using GroupKey = std::tuple<std::uint32_t, std::string>;

GroupKey group_key(const Row& row, Grouping by) {
  switch (by) {
    case Grouping::kProcess:
      return {row.pid.value_or(0), ""};
    case Grouping::kComm:
      return {0, row.comm.value_or("")};
    default:
      return {0, row.cgroup.value_or("")};
  }
}

std::vector<Row> group_rows(const std::vector<Row>& rows, Grouping by) {
  std::map<GroupKey, Row> groups;
  for (const Row& row : rows) {
    const auto [at, is_new] = groups.try_emplace(group_key(row, by));
    Row& group = at->second;
    if (is_new) {
      if (by == Grouping::kProcess) {
        group.pid = row.pid;
        group.comm = row.comm;
        group.cgroup = row.cgroup;
      } else if (by == Grouping::kComm) {
        group.comm = row.comm;
      } else {
        group.cgroup = row.cgroup;
      }
      group.tasks = 0;
    }
    // A process has its leader's name.
    if (by == Grouping::kProcess && row.tid == row.pid) group.comm = row.comm;
    group.stats.merge(row.stats);
    group.tasks++;
  }
  std::vector<Row> list;
  for (auto& [key, row] : groups) list.push_back(std::move(row));
  return list;
}

std::vector<Row> make_rows(const SchedTracker& tracker, const TaskTable& tasks, Grouping by) {
  std::vector<Row> rows;
  for (TaskId id = 1; id < tasks.size(); id++) {
    const Task& task = tasks[id];
    if (!task.in_use || !task.traced) continue;
    if (task.pid == tasks.self_pid() && tasks.self_pid() != 0) continue;
    const SchedStats& stats = tracker.stats(id);
    if (stats.runs == 0 && stats.on_cpu_ns == 0 && stats.wait_ns == 0) continue;
    rows.push_back(row_of(id, task, tracker, tasks));
  }
  if (by != Grouping::kThread) rows = group_rows(rows, by);
  if (tracker.ended_others_count() > 0) {
    Row row;
    row.comm = fmt::format("({} ended tasks)", tracker.ended_others_count());
    row.stats = tracker.ended_others();
    rows.push_back(std::move(row));
  }
  for (Row& row : rows) {
    row.wakers = tracker.wakers();
    row.names = &tasks.names();
  }
  return rows;
}

void sort_rows(std::vector<Row>& rows, const std::string& key) {
  const RowColumn* column = find_column(key.empty() ? "wait_ns" : key);
  if (column == nullptr) return;
  std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
    const Cell x = column->get(a);
    const Cell y = column->get(b);
    if (column->unit == Unit::kText || column->key == std::string_view("tid") ||
        column->key == std::string_view("pid"))
      return x < y;
    return y < x;
  });
}

Json to_json(const Cell& cell) {
  struct Convert {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(const std::string& text) const { return valid_utf8(text); }
    Json operator()(std::uint64_t value) const { return value; }
    Json operator()(std::int64_t value) const { return value; }
    Json operator()(double value) const { return value; }
  };
  return std::visit(Convert{}, cell);
}

Json row_json(const Row& row) {
  Json object = Json::object();
  for (const RowColumn& column : kColumns) object[column.key] = to_json(column.get(row));
  Json behind = Json::array();
  for (const auto& [who_id, ns] : row.stats.behind.sorted()) {
    const Who& who = (*row.names)[who_id];
    behind.push_back({{"pid", who.has_pid ? Json(who.pid) : Json(nullptr)},
                      {"comm", valid_utf8(who.comm)},
                      {"ns", ns}});
  }
  object["waited_behind"] = std::move(behind);
  return object;
}

std::size_t rows_shown(const ViewOptions& options, std::size_t rows) {
  constexpr std::size_t kDefaultTop = 25;
  const std::size_t top = options.top.value_or(options.text ? kDefaultTop : 0);
  return top == 0 ? rows : std::min(top, rows);
}

Table task_table(const std::vector<Row>& rows, const ViewOptions& options) {
  Table table;
  for (const RowColumn& column : kColumns) {
    int rank = column.rank;
    const std::string_view key = column.key;
    if (options.by != Grouping::kThread && (key == "tid" || key == "nice")) rank = 0;
    if (options.by == Grouping::kComm && key == "pid") rank = 0;
    if (options.by == Grouping::kCgroup) {
      if (key == "pid" || key == "comm") rank = 0;
      if (key == "cgroup") rank = 1;
    }
    if (key == "wake_delay_ns" && !rows.empty() && rows.front().wakers) rank = 7;
    table.columns.push_back({column.key, column.heading, column.unit, rank});
  }
  table.columns.push_back({"waited_behind", "WAITED BEHIND", Unit::kText, 3});
  const std::size_t shown = rows_shown(options, rows.size());
  for (std::size_t i = 0; i < shown; i++) {
    std::vector<Cell> cells;
    for (const RowColumn& column : kColumns) cells.push_back(column.get(rows[i]));
    cells.emplace_back(culprit_text(rows[i].stats, *rows[i].names, 2));
    table.rows.push_back(std::move(cells));
  }
  table.hidden_rows = rows.size() - shown;
  return table;
}

// ---- by CPU ----

struct CpuRow {
  std::uint64_t cpu;
  const CpuStats* stats;
  bool whole;
};

struct CpuColumn {
  const char* key;
  const char* heading;
  Unit unit;
  int rank;
  Cell (*get)(const CpuRow& row, std::uint64_t duration_ns);
};

// Facts of the CPU itself need every switch.
template <class Value>
Cell if_whole(const CpuRow& row, Value value) {
  if (!row.whole || !row.stats->seen) return {};
  return value;
}

constexpr std::array kCpuColumns = {
    CpuColumn{"cpu", "CPU", Unit::kCount, 1,
              [](const CpuRow& r, std::uint64_t) -> Cell { return r.cpu; }},
    CpuColumn{"busy_share", "BUSY", Unit::kShare, 1,
              [](const CpuRow& r, std::uint64_t) {
                const std::uint64_t all_ns = r.stats->busy_ns + r.stats->idle_ns;
                return if_whole(r, all_ns == 0 ? 0.0
                                               : static_cast<double>(r.stats->busy_ns) /
                                                     static_cast<double>(all_ns));
              }},
    CpuColumn{"busy_ns", "BUSY-TIME", Unit::kNs, 5,
              [](const CpuRow& r, std::uint64_t) { return if_whole(r, r.stats->busy_ns); }},
    CpuColumn{"idle_ns", "IDLE-TIME", Unit::kNs, 5,
              [](const CpuRow& r, std::uint64_t) { return if_whole(r, r.stats->idle_ns); }},
    CpuColumn{"switches", "SWITCHES", Unit::kCount, 2,
              [](const CpuRow& r, std::uint64_t) { return if_whole(r, r.stats->switches); }},
    CpuColumn{"switches_per_s", "PER-SECOND", Unit::kCount, 2,
              [](const CpuRow& r, std::uint64_t duration_ns) {
                const double seconds = static_cast<double>(duration_ns) / 1e9;
                return if_whole(
                    r, static_cast<std::uint64_t>(
                           seconds > 0 ? static_cast<double>(r.stats->switches) / seconds : 0));
              }},
    CpuColumn{"queue_average", "QUEUE-AVG", Unit::kText, 1,
              [](const CpuRow& r, std::uint64_t) {
                const std::uint64_t all_ns = r.stats->busy_ns + r.stats->idle_ns;
                return if_whole(r, all_ns == 0 ? 0.0
                                               : static_cast<double>(r.stats->queue_ns) /
                                                     static_cast<double>(all_ns));
              }},
    CpuColumn{"queue_max", "QUEUE-MAX", Unit::kCount, 1,
              [](const CpuRow& r, std::uint64_t) { return if_whole(r, r.stats->queue_max); }},
    CpuColumn{"on_cpu_ns", "TARGET-ON-CPU", Unit::kNs, 3,
              [](const CpuRow& r, std::uint64_t) -> Cell { return r.stats->stats.on_cpu_ns; }},
    CpuColumn{"wait_ns", "WAIT", Unit::kNs, 1,
              [](const CpuRow& r, std::uint64_t) -> Cell { return r.stats->stats.wait_ns; }},
    CpuColumn{"wait_count", "WAITS", Unit::kCount, 3,
              [](const CpuRow& r, std::uint64_t) -> Cell { return r.stats->stats.wait_count; }},
    CpuColumn{"wait_p99_ns", "P99", Unit::kNs, 3,
              [](const CpuRow& r, std::uint64_t) -> Cell {
                if (r.stats->stats.wait_count == 0) return {};
                return std::min(r.stats->stats.waits.quantile(kP99), r.stats->stats.wait_max_ns);
              }},
    CpuColumn{"wait_max_ns", "MAX", Unit::kNs, 2,
              [](const CpuRow& r, std::uint64_t) -> Cell {
                if (r.stats->stats.wait_count == 0) return {};
                return r.stats->stats.wait_max_ns;
              }},
};

void add_cpu_report(const SchedTracker& tracker, const ViewOptions& options, Report& report) {
  Table table;
  for (const CpuColumn& column : kCpuColumns)
    table.columns.push_back({column.key, column.heading, column.unit, column.rank});
  Json list = Json::array();
  for (std::size_t cpu = 0; cpu < tracker.cpus().size(); cpu++) {
    const CpuRow row{cpu, &tracker.cpus()[cpu], tracker.whole_system()};
    std::vector<Cell> cells;
    Json object = Json::object();
    for (const CpuColumn& column : kCpuColumns) {
      cells.push_back(column.get(row, report.duration_ns));
      if (options.json) object[column.key] = to_json(cells.back());
    }
    table.rows.push_back(std::move(cells));
    list.push_back(std::move(object));
  }
  if (!tracker.whole_system())
    report.remarks.emplace_back(
        "busy share, switches and queue length of a CPU need the whole system; the target's part "
        "is "
        "shown");
  report.tables.push_back(std::move(table));
  report.body.emplace_back("cpus", std::move(list));
}

std::string compare(std::uint64_t ours, std::uint64_t kernels, const char* unit) {
  const std::string verdict =
      ours == kernels
          ? "equal"
          : fmt::format("{}{}{} apart", ours > kernels ? "+" : "-",
                        format_grouped(ours > kernels ? ours - kernels : kernels - ours), unit);
  return fmt::format("{}{}, the kernel's own books {}{}: {}", format_grouped(ours), unit,
                     format_grouped(kernels), unit, verdict);
}

void add_audit(const SchedTracker& tracker, Report& report) {
  const SchedAudit audit = tracker.audit();
  report.audit = {{"wait_ns", audit.wait_ns},
                  {"kernel_run_delay_ns", nullptr},
                  {"involuntary_switches", audit.involuntary_switches},
                  {"kernel_involuntary_switches", audit.kernel_involuntary_switches}};
  if (audit.run_delay_known) {
    report.audit["kernel_run_delay_ns"] = audit.kernel_run_delay_ns;
    report.remarks.push_back(fmt::format("audit: run-queue wait {}",
                                         compare(audit.wait_ns, audit.kernel_run_delay_ns, " ns")));
  } else {
    report.remarks.push_back(
        fmt::format("audit: run-queue wait {} ns; this kernel keeps no books of it (sched_info)",
                    format_grouped(audit.wait_ns)));
  }
  report.remarks.push_back(
      fmt::format("audit: involuntary switches {}",
                  compare(audit.involuntary_switches, audit.kernel_involuntary_switches, "")));
  if (audit.without_books > 0)
    report.remarks.push_back(
        fmt::format("audit: {} tasks left out, their books could not be read at both ends",
                    audit.without_books));
}

}  // namespace

void add_sched_report(const SchedTracker& tracker, const TaskTable& tasks,
                      const ViewOptions& options, Report& report) {
  add_audit(tracker, report);
  if (tracker.unshown() > 0) report.lost["unshown"] += tracker.unshown();
  if (tracker.stale_sleeps() > 0)
    report.remarks.push_back(
        fmt::format("{} sleepers were switched in without a wake-up and counted as runnable",
                    tracker.stale_sleeps()));
  if (options.by == Grouping::kCpu) {
    add_cpu_report(tracker, options, report);
    return;
  }
  std::vector<Row> rows = make_rows(tracker, tasks, options.by);
  sort_rows(rows, options.sort);
  if (options.json) {
    Json list = Json::array();
    const std::size_t shown = rows_shown(options, rows.size());
    for (std::size_t i = 0; i < shown; i++) list.push_back(row_json(rows[i]));
    report.body.emplace_back("tasks", std::move(list));
    return;
  }
  if (rows.empty())
    report.remarks.insert(report.remarks.begin(), "nothing of the target ran in this time");
  report.tables.push_back(task_table(rows, options));
  if (!options.histogram) return;
  for (std::size_t i = 0; i < rows_shown(options, rows.size()); i++) {
    const Row& row = rows[i];
    std::string title = printable(row.comm.value_or(row.cgroup.value_or("")));
    if (row.tid) title += fmt::format(" ({})", *row.tid);
    const auto bars = duration_bars(fmt::format("run-queue wait of {}", title),
                                    row.stats.waits.by_power_of_two());
    report.drawings.insert(report.drawings.end(), bars.begin(), bars.end());
  }
}

Result<void> check_sched_sort(const std::string& key, Grouping by) {
  if (key.empty()) return {};
  if (by == Grouping::kCpu) return usage("--sort does not apply to --by cpu");
  if (find_column(key) != nullptr) return {};
  std::vector<std::string> keys;
  for (const RowColumn& column : kColumns) keys.emplace_back(column.key);
  return usage(fmt::format("no column {} to sort by; there are: {}", key, fmt::join(keys, ", ")));
}

std::string long_wait_line(const LongWait& wait, const TaskTable& tasks, std::uint64_t started_ns) {
  const Task& task = tasks[wait.task];
  const std::uint64_t at_ns = wait.time_ns > started_ns ? wait.time_ns - started_ns : 0;
  std::string behind;
  for (std::size_t i = 0; i < wait.behind.size() && i < 3; i++)
    behind += fmt::format("{}{} {}", i == 0 ? "" : ", ",
                          printable(who_text(tasks.names()[wait.behind[i].first])),
                          format_duration(wait.behind[i].second));
  std::string cause = wait.preempted ? "preempted" : "woken";
  if (wait.waker) cause += fmt::format(" by {}", printable(who_text(tasks.names()[*wait.waker])));
  return fmt::format("{:>11.6f}  {} ({}) waited {} on CPU {}, {}; ran instead: {}",
                     static_cast<double>(at_ns) / 1e9, printable(comm_of(task)), task.tid,
                     format_duration(wait.wait_ns), wait.cpu, cause, behind);
}

}  // namespace hoodtrace
