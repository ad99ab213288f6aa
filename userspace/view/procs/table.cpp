// SPDX-License-Identifier: GPL-2.0-or-later
// A flat row per process.

#include <sys/wait.h>

#include <array>

#include "view/procs/text.hpp"
#include "view/procs/view.hpp"

namespace hoodtrace {
namespace {

struct RowColumn {
  const char* key;
  Unit unit;
  Cell (*get)(const ProcsSight& sight, const ProcessLife& life);
};

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

std::string_view cgroup_of(const ProcsSight& sight, const ProcessLife& life) {
  return sight.tasks.cgroup_path(life.cgroup_id);
}

Cell status_part(const ProcessLife& life, bool by_signal, int (*part)(int status)) {
  const int status = static_cast<int>(life.wait_status);
  if (!life.exit_ns || WIFEXITED(status) == by_signal) return {};
  return static_cast<std::uint64_t>(part(status));
}

// The one list of columns, in the order of the JSON schema; of several programs the last.
constexpr std::array kColumns = {
    RowColumn{"pid", Unit::kCount, [](const auto&, const auto& l) { return number(l.pid); }},
    RowColumn{"start_ns", Unit::kNs,
              [](const auto&, const auto& l) { return number(l.start_boottime_ns); }},
    RowColumn{"parent_pid", Unit::kCount,
              [](const auto&, const auto& l) { return number(l.parent_pid); }},
    RowColumn{"comm", Unit::kText, [](const auto&, const auto& l) { return text(l.comm); }},
    RowColumn{"cgroup", Unit::kText,
              [](const auto& s, const auto& l) { return text(cgroup_of(s, l)); }},
    RowColumn{"unit", Unit::kText,
              [](const auto& s, const auto& l) { return text(unit_of_cgroup(cgroup_of(s, l))); }},
    RowColumn{"birth", Unit::kText,
              [](const auto&, const auto& l) -> Cell {
                if (!l.clone_flags) return {};
                return birth_text(l);
              }},
    RowColumn{"fork_ns", Unit::kNs, [](const auto&, const auto& l) { return cell(l.born_ns); }},
    RowColumn{"first_run_ns", Unit::kNs,
              [](const auto&, const auto& l) { return cell(l.first_run_ns); }},
    RowColumn{"exec_ns", Unit::kNs, [](const auto&, const auto& l) { return cell(l.exec_ns()); }},
    RowColumn{"file", Unit::kText,
              [](const auto&, const auto& l) -> Cell {
                if (l.program() == nullptr) return {};
                return text(l.program()->file);
              }},
    RowColumn{"argv", Unit::kText,
              [](const auto&, const auto& l) -> Cell {
                if (l.program() == nullptr) return {};
                return text(command_cell(*l.program(), 0));
              }},
    RowColumn{"exit_ns", Unit::kNs, [](const auto&, const auto& l) { return cell(l.exit_ns); }},
    RowColumn{"exit_code", Unit::kCount,
              [](const auto&, const auto& l) {
                return status_part(l, false, [](int status) { return WEXITSTATUS(status); });
              }},
    RowColumn{"exit_signal", Unit::kCount,
              [](const auto&, const auto& l) {
                return status_part(l, true, [](int status) { return WTERMSIG(status); });
              }},
    RowColumn{"core_dumped", Unit::kCount,
              [](const auto&, const auto& l) {
                return status_part(l, true, [](int status) { return WCOREDUMP(status) ? 1 : 0; });
              }},
    RowColumn{"reaped_ns", Unit::kNs, [](const auto&, const auto& l) { return cell(l.reaped_ns); }},
    RowColumn{"zombie_ns", Unit::kNs,
              [](const auto&, const auto& l) { return cell(l.zombie_ns()); }},
    RowColumn{"threads", Unit::kCount,
              [](const auto&, const auto& l) { return number(l.threads); }},
    RowColumn{
        "on_cpu_ns", Unit::kNs,
        [](const auto&, const auto& l) { return cell(LifecycleTracker::times_of(l).on_cpu_ns); }},
    RowColumn{
        "wait_ns", Unit::kNs,
        [](const auto&, const auto& l) { return cell(LifecycleTracker::times_of(l).wait_ns); }},
    RowColumn{"ns_pid", Unit::kCount, [](const auto&, const auto& l) { return number(l.ns_pid); }},
};

}  // namespace

Table procs_table(const ProcsSight& sight) {
  Table table;
  for (const RowColumn& column : kColumns)
    table.columns.push_back({column.key, column.key, column.unit, 1});
  for (const auto& [id, life] : sight.tracker.lives()) {
    if (!is_shown(sight, life)) continue;
    auto& row = table.rows.emplace_back();
    for (const RowColumn& column : kColumns) row.push_back(column.get(sight, life));
  }
  return table;
}

}  // namespace hoodtrace
