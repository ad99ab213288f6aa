// SPDX-License-Identifier: GPL-2.0-or-later
// Snapshots for the tests of `top`, written by hand.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "view/top/snapshot.hpp"

namespace hoodtrace::testing {

struct TopTask {
  std::uint64_t tid;
  std::string comm;
  std::uint64_t wait_ns = 0;
  std::string cgroup = "/a.slice";
  std::string behind = "";
  std::uint64_t on_cpu_ns = 0;
  std::uint64_t start_ns = 1;
};

inline Table task_table(const std::vector<TopTask>& tasks) {
  Table table;
  table.columns = {
      {"tid", "TID", Unit::kId, 1},          {"pid", "PID", Unit::kId, 0},
      {"comm", "COMM", Unit::kText, 1},      {"cgroup", "CGROUP", Unit::kText, 0},
      {"on_cpu_ns", "ON-CPU", Unit::kNs, 1}, {"wait_ns", "WAIT", Unit::kNs, 1},
      {"window_ns", "WINDOW", Unit::kNs, 0}, {"waited_behind", "WAITED BEHIND", Unit::kText, 3},
      {"start_ns", "START", Unit::kId, 0}};
  for (const TopTask& task : tasks)
    table.rows.push_back({task.tid, task.tid, task.comm, task.cgroup, task.on_cpu_ns, task.wait_ns,
                          std::uint64_t{1'000'000'000}, task.behind, task.start_ns});
  return table;
}

inline Table unit_table(const std::vector<std::pair<std::string, std::uint64_t>>& units) {
  Table table;
  table.columns = {{"cgroup", "CGROUP", Unit::kText, 1}, {"wait_ns", "WAIT", Unit::kNs, 1}};
  for (const auto& [path, wait_ns] : units) table.rows.push_back({path, wait_ns});
  return table;
}

// The interval that ends `second` seconds after the boot, one second long.
inline std::shared_ptr<Snapshot> interval(std::uint64_t second, const std::vector<TopTask>& tasks) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->from_ns = (second - 1) * 1'000'000'000;
  snapshot->until_ns = second * 1'000'000'000;
  snapshot->tables[index_of(ScreenId::kTasks)] = task_table(tasks);
  snapshot->audit_is_equal = true;
  std::uint64_t wait_ns = 0;
  for (const TopTask& task : tasks) wait_ns += task.wait_ns;
  snapshot->totals.wait_ns = wait_ns;
  return snapshot;
}

}  // namespace hoodtrace::testing
