// SPDX-License-Identifier: GPL-2.0-or-later
// A flat row per process.

#include <sys/wait.h>

#include <array>

#include "view/columns.hpp"
#include "view/procs/text.hpp"
#include "view/procs/view.hpp"

namespace hoodtrace {
namespace {

struct Row {
  const ProcsInput& input;
  const ProcessLife& life;
};

using RowColumn = ColumnOf<Row>;

template <class T>
Cell cell(const std::optional<T>& value) {
  if (!value) return {};
  return static_cast<std::uint64_t>(*value);
}

template <class T>
Cell number(T value) {
  if (value == 0) return {};
  return static_cast<std::uint64_t>(value);
}

Cell text(std::string_view value) {
  if (value.empty()) return {};
  return std::string(value);
}

std::string_view cgroup_of(const ProcsInput& input, const ProcessLife& life) {
  return input.tasks.cgroup_path(life.cgroup_id);
}

Cell status_part(const ProcessLife& life, bool by_signal, int (*part)(int status)) {
  const int status = static_cast<int>(life.wait_status);
  if (!life.exit_ns || WIFEXITED(status) == by_signal) return {};
  return static_cast<std::uint64_t>(part(status));
}

// The one list of columns, in the order of the JSON schema; of several programs the last.
constexpr std::array kColumns = {
    RowColumn{"pid", "pid", Unit::kCount, 1, [](const Row& r) { return number(r.life.pid); }},
    RowColumn{"start_ns", "start_ns", Unit::kNs, 1,
              [](const Row& r) { return number(r.life.start_boottime_ns); }},
    RowColumn{"parent_pid", "parent_pid", Unit::kCount, 1,
              [](const Row& r) { return number(r.life.parent_pid); }},
    RowColumn{"comm", "comm", Unit::kText, 1, [](const Row& r) { return text(r.life.comm); }},
    RowColumn{"cgroup", "cgroup", Unit::kText, 1,
              [](const Row& r) { return text(cgroup_of(r.input, r.life)); }},
    RowColumn{"unit", "unit", Unit::kText, 1,
              [](const Row& r) { return text(unit_of_cgroup(cgroup_of(r.input, r.life))); }},
    RowColumn{"birth", "birth", Unit::kText, 1,
              [](const Row& r) -> Cell {
                if (!r.life.clone_flags) return {};
                return birth_text(r.life);
              }},
    RowColumn{"fork_ns", "fork_ns", Unit::kNs, 1,
              [](const Row& r) { return cell(r.life.born_ns); }},
    RowColumn{"first_run_ns", "first_run_ns", Unit::kNs, 1,
              [](const Row& r) { return cell(r.life.first_run_ns); }},
    RowColumn{"exec_ns", "exec_ns", Unit::kNs, 1,
              [](const Row& r) { return cell(r.life.exec_ns()); }},
    RowColumn{"file", "file", Unit::kText, 1,
              [](const Row& r) -> Cell {
                if (r.life.program() == nullptr) return {};
                return text(r.life.program()->file);
              }},
    RowColumn{"argv", "argv", Unit::kText, 1,
              [](const Row& r) -> Cell {
                if (r.life.program() == nullptr) return {};
                return text(command_cell(*r.life.program(), 0));
              }},
    RowColumn{"exit_ns", "exit_ns", Unit::kNs, 1,
              [](const Row& r) { return cell(r.life.exit_ns); }},
    RowColumn{"exit_code", "exit_code", Unit::kCount, 1,
              [](const Row& r) {
                return status_part(r.life, false, [](int status) { return WEXITSTATUS(status); });
              }},
    RowColumn{"exit_signal", "exit_signal", Unit::kCount, 1,
              [](const Row& r) {
                return status_part(r.life, true, [](int status) { return WTERMSIG(status); });
              }},
    RowColumn{"core_dumped", "core_dumped", Unit::kCount, 1,
              [](const Row& r) {
                return status_part(r.life, true,
                                   [](int status) { return WCOREDUMP(status) ? 1 : 0; });
              }},
    RowColumn{"reaped_ns", "reaped_ns", Unit::kNs, 1,
              [](const Row& r) { return cell(r.life.reaped_ns); }},
    RowColumn{"zombie_ns", "zombie_ns", Unit::kNs, 1,
              [](const Row& r) { return cell(r.life.zombie_ns()); }},
    RowColumn{"threads", "threads", Unit::kCount, 1,
              [](const Row& r) { return number(r.life.threads); }},
    RowColumn{"on_cpu_ns", "on_cpu_ns", Unit::kNs, 1,
              [](const Row& r) { return cell(LifecycleTracker::times_of(r.life).on_cpu_ns); }},
    RowColumn{"wait_ns", "wait_ns", Unit::kNs, 1,
              [](const Row& r) { return cell(LifecycleTracker::times_of(r.life).wait_ns); }},
    RowColumn{"exit_work_ns", "exit_work_ns", Unit::kNs, 1,
              [](const Row& r) { return cell(LifecycleTracker::times_of(r.life).exit_work_ns); }},
    RowColumn{"exe", "exe", Unit::kText, 1,
              [](const Row& r) -> Cell {
                if (r.life.program() == nullptr) return {};
                return text(r.life.program()->exe);
              }},
    RowColumn{"ns_pid", "ns_pid", Unit::kCount, 1,
              [](const Row& r) { return number(r.life.ns_pid); }},
};

}  // namespace

Table procs_table(const ProcsInput& input) {
  std::vector<Row> rows;
  for (const auto& [id, life] : input.tracker.lives())
    if (is_shown(input, life)) rows.push_back({input, life});
  return rows_table(kColumns, rows, {});
}

}  // namespace hoodtrace
