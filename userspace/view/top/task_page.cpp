// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/task_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/cell_text.hpp"
#include "view/top/clock_text.hpp"
#include "view/top/sparkline.hpp"

namespace hoodtrace {
namespace {

using Cells = std::vector<Cell>;

struct Part {
  std::string_view key;
  std::string_view words;
};

// The parts of a task's time: their sum is window_ns.
constexpr std::array kParts = {Part{"on_cpu_ns", "on CPU"},
                               Part{"wait_ns", "waiting for a CPU"},
                               Part{"disk_sleep_ns", "waiting for a disk"},
                               Part{"uninterruptible_ns", "in D, not for a disk"},
                               Part{"sleep_ns", "sleeping"},
                               Part{"stopped_ns", "stopped"},
                               Part{"other_ns", "other"}};

// Columns of a row as "heading value" pairs, a line each.
constexpr std::array<std::string_view, 5> kWaitColumns = {
    "wait_count", "wait_p50_ns", "wait_p95_ns", "wait_p99_ns", "wait_max_ns"};
constexpr std::array<std::string_view, 5> kWaitKinds = {
    "wait_woken_ns", "wait_preempted_ns", "wait_throttled_ns", "dispatch_ns", "migrations"};
constexpr std::array<std::string_view, 5> kFaultColumns = {"minor", "major", "time_ns", "max_ns",
                                                           "bytes"};
constexpr std::array<std::string_view, 5> kLifeColumns = {"parent_pid", "age_ns", "unit", "threads",
                                                          "file"};

// How far back the waits are added up, and the bars of the past go.
constexpr std::size_t kPast = 60;

PageLines::Piece label(std::string text) { return {2, std::move(text)}; }

void add_bar(PageLines& lines, std::string text, std::string bar, std::string after) {
  lines.add({label(std::move(text)), {26, std::move(bar), Role::kBar}, {58, std::move(after)}});
}

const Cells* find_process(const Table* table, const std::optional<std::uint64_t>& pid) {
  if (table == nullptr || !pid) return nullptr;
  const std::optional<std::size_t> place = place_of(*table, "pid");
  if (!place) return nullptr;
  for (const Cells& row : table->rows)
    if (row[*place] == Cell(*pid)) return &row;
  return nullptr;
}

// The place of its row in Tasks; nothing when it has none.
std::optional<std::size_t> task_row(const TaskOfRow& task, const Snapshot& snapshot) {
  const Table* table = snapshot.table(ScreenId::kTasks);
  if (table == nullptr) return {};
  for (std::size_t i = 0; i < table->rows.size(); i++) {
    const std::optional<TaskOfRow> other = task_of_row(*table, table->rows[i]);
    if (other && is_same_task(task, *other)) return i;
  }
  // The rows may be of threads, and the page of a process, or the other way round.
  for (std::size_t i = 0; i < table->rows.size(); i++) {
    const std::optional<TaskOfRow> other = task_of_row(*table, table->rows[i]);
    if (!other || other->pid != task.pid) continue;
    if (task.tid ? !other->tid : other->tid == task.pid) return i;
  }
  return {};
}

template <class Keys>
void add_pairs(const Table& table, const Cells& row, const Keys& keys, PageLines& lines) {
  std::string out;
  for (const std::string_view key : keys) {
    const std::optional<std::size_t> place = place_of(table, key);
    if (!place || row[*place].index() == 0) continue;
    out += fmt::format("{}{} {}", out.empty() ? "  " : "   ", table.columns[*place].heading,
                       cell_text(row[*place], table.columns[*place].unit));
  }
  if (!out.empty()) lines.add(std::move(out));
}

void add_time(const Table& table, const Cells& row, bool is_utf8, PageLines& lines) {
  const std::uint64_t window_ns = number_at(table, row, "window_ns").value_or(0);
  if (window_ns == 0) return;
  lines.add(fmt::format("where its time went: 100 % = {}", format_duration(window_ns)),
            Role::kStrong);
  for (const Part& part : kParts) {
    const std::uint64_t ns = part.key == "wait_ns" ? wait_within(table, row)
                                                   : number_at(table, row, part.key).value_or(0);
    if (ns == 0) continue;
    const double share = static_cast<double>(ns) / static_cast<double>(window_ns);
    add_bar(lines, std::string(part.words), share_bar(share, 30, is_utf8),
            fmt::format("{:5.1f} %  {}", 100 * share, format_duration(ns)));
  }
  lines.gap();
}

// "16us", "1.0ms": short, for a scale.
std::string scale_text(std::uint64_t ns) {
  constexpr std::array<std::pair<double, std::string_view>, 4> kUnits = {
      {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {1, "ns"}}};
  for (const auto& [size, unit] : kUnits)
    if (static_cast<double>(ns) >= size)
      return fmt::format("{:.0f}{}", static_cast<double>(ns) / size, unit);
  return "0";
}

// Its waits in the intervals that are kept, up to the one that is shown: their lengths as bars over the
// smallest of each, and when they were.
void add_past(const TaskOfRow& task, const History& history, bool is_utf8, std::size_t columns,
              PageLines& lines) {
  std::array<double, 32> counts{};  // by powers of four
  std::uint64_t waits = 0;
  std::vector<double> on_cpu;
  std::vector<double> wait_ns;
  const std::size_t end = history.place() + 1;
  const std::size_t begin = end > kPast ? end - kPast : 0;
  for (std::size_t i = begin; i < end; i++) {
    const Snapshot& snapshot = *history.all()[i];
    const std::optional<std::size_t> place = task_row(task, snapshot);
    const Table* table = snapshot.table(ScreenId::kTasks);
    const auto value = [&](std::string_view key) {
      return !place ? 0.0
                    : static_cast<double>(number_at(*table, table->rows[*place], key).value_or(0));
    };
    on_cpu.push_back(value("on_cpu_ns"));
    wait_ns.push_back(value("wait_ns"));
    if (!place || *place >= snapshot.waits.size()) continue;
    for (const auto& [power, count] : snapshot.waits[*place]) {
      counts[std::min<std::size_t>(power / 2, counts.size() - 1)] += count;
      waits += count;
    }
  }
  const std::uint64_t past_ns = history.shown()->until_ns - history.all()[begin]->from_ns;
  if (waits > 0) {
    const double most = *std::max_element(counts.begin(), counts.end());
    std::vector<PageLines::Piece> pieces = {label("their lengths, from")};
    std::size_t at = 26;
    std::size_t last = counts.size();
    while (counts[last - 1] == 0) last--;
    std::size_t first = 0;
    while (counts[first] == 0) first++;
    for (std::size_t i = first; i < last && at + 8 < columns; i++) {
      pieces.push_back({at, scale_text(std::uint64_t{1} << (2 * i))});
      at += pieces.back().text.size();
      pieces.push_back({at, sparkline({counts[i], most}, 2, is_utf8), Role::kBar});
      // The largest is only there for the scale.
      std::string& bar = pieces.back().text;
      const std::string whole = sparkline({most}, 1, is_utf8);
      bar.resize(bar.size() - whole.size());
      at += 2;
    }
    lines.add(std::move(pieces));
    lines.add({label(fmt::format("{} waits in {}", waits, format_duration(past_ns)))});
  }
  if (on_cpu.size() >= 2) {
    lines.gap();
    lines.add(fmt::format("the last {}", format_duration(past_ns)), Role::kStrong);
    add_bar(lines, "on CPU", sparkline(on_cpu, kPast, is_utf8), "");
    add_bar(lines, "waits", sparkline(wait_ns, kPast, is_utf8), "");
  }
  lines.gap();
}

void add_causes(const TaskOfRow& task, const Snapshot& snapshot, PageLines& lines) {
  const Table* table = snapshot.table(ScreenId::kWhy);
  if (table == nullptr) return;
  bool first = true;
  for (const Cells& row : table->rows) {
    const std::optional<TaskOfRow> other = task_of_row(*table, row);
    if (!other || (task.tid ? !is_same_task(task, *other) : task.pid != other->pid)) continue;
    if (std::exchange(first, false)) lines.add("causes", Role::kStrong);
    lines.add(fmt::format(
        "  {:>8} {:>7}  {}: {}", format_duration(number_at(*table, row, "ns").value_or(0)),
        number_at(*table, row, "count").value_or(0), printable(text_at(*table, row, "part")),
        printable(text_at(*table, row, "what"))));
  }
  lines.gap();
}

// The newest first: what there is no space for is old.
void add_moments(const TaskOfRow& task, const History& history, PageLines& lines) {
  constexpr std::size_t kMost = 100;
  lines.add("last events, the newest first", Role::kStrong);
  std::size_t count = 0;
  bool has_log = false;
  for (std::size_t i = history.place() + 1; i-- > 0 && count < kMost;) {
    const Snapshot& snapshot = *history.all()[i];
    if (!snapshot.moments || !is_same_task(snapshot.moments->task, task)) {
      if (has_log) break;
      continue;
    }
    has_log = true;
    const auto& last = snapshot.moments->last;
    for (auto moment = last.rbegin(); moment != last.rend() && count < kMost; ++moment, count++)
      lines.add(
          {{2, time_of_day_us(moment->time_ns, snapshot.wall_offset_ns)}, {19, moment->text}});
    if (snapshot.moments->earlier > 0)
      lines.add({{19, fmt::format("({} before that are not kept)", snapshot.moments->earlier),
                  Role::kFaint}});
  }
  if (!has_log)
    lines.add("  from the next interval on: they are kept while the page is open", Role::kFaint);
  else if (count == 0)
    lines.add("  none", Role::kFaint);
}

void add_process(const std::optional<std::uint64_t>& pid, const Snapshot& snapshot,
                 PageLines& lines) {
  if (const Cells* faults = find_process(snapshot.table(ScreenId::kFaults), pid)) {
    lines.add("page faults of the process", Role::kStrong);
    add_pairs(*snapshot.table(ScreenId::kFaults), *faults, kFaultColumns, lines);
    lines.gap();
  }
  if (const Cells* life = find_process(snapshot.table(ScreenId::kLives), pid)) {
    lines.add("the process", Role::kStrong);
    add_pairs(*snapshot.table(ScreenId::kLives), *life, kLifeColumns, lines);
    lines.gap();
  }
}

}  // namespace

PageLines task_page(const TaskOfRow& task, const History& history, bool is_utf8,
                    std::size_t columns) {
  PageLines lines;
  const Snapshot* snapshot = history.shown();
  if (snapshot == nullptr) return lines;
  const Table* tasks = snapshot->table(ScreenId::kTasks);
  const std::optional<std::size_t> place = task_row(task, *snapshot);
  const std::string id = task.tid ? fmt::format("thread {}", *task.tid)
                                  : fmt::format("process {}", task.pid.value_or(0));
  std::optional<std::uint64_t> pid = task.pid;
  if (!place) {
    lines.add(fmt::format("{}: {}", id,
                          tasks != nullptr && tasks->hidden_rows > 0
                              ? "not among the rows that are kept of this interval"
                              : "nothing of it in this interval; [ goes back"),
              Role::kFaint);
    lines.gap();
  } else {
    const Cells& row = tasks->rows[*place];
    pid = number_at(*tasks, row, "pid");
    lines.add(fmt::format("{} ({}), process {}, in {}", printable(text_at(*tasks, row, "comm")), id,
                          pid.value_or(0), printable(text_at(*tasks, row, "cgroup"))),
              Role::kStrong);
    lines.gap();
    add_time(*tasks, row, is_utf8, lines);
    lines.add("waits for a CPU", Role::kStrong);
    add_pairs(*tasks, row, kWaitColumns, lines);
    add_pairs(*tasks, row, kWaitKinds, lines);
    if (const std::string_view behind = text_at(*tasks, row, "waited_behind"); !behind.empty())
      lines.add(fmt::format("  behind {}", printable(behind)));
  }
  add_past(task, history, is_utf8, columns, lines);
  add_causes(task, *snapshot, lines);
  add_process(pid, *snapshot, lines);
  add_moments(task, history, lines);
  return lines;
}

}  // namespace hoodtrace
