// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/faults/rows.hpp"

#include <fmt/format.h>

#include <map>
#include <tuple>

#include "base/units.hpp"
#include "view/task_rows.hpp"

namespace hoodtrace {

std::vector<FaultRow> fault_task_rows(const FaultTracker& tracker, const TaskTable& tasks,
                                      Grouping by) {
  std::vector<FaultRow> rows;
  for (TaskId id = 1; id < tasks.size(); id++) {
    const Task& task = tasks[id];
    if (!task.in_use || (task.pid == tasks.self_pid() && task.pid != 0)) continue;
    FaultRow row;
    row.stats = tracker.stats(id);
    row.stats.add_untimed(FaultKind::kGup, tracker.unreported(id));
    if (row.stats.is_empty()) continue;
    name_row(row, task, tasks);
    rows.push_back(std::move(row));
  }
  if (by != Grouping::kThread) rows = group_rows(rows, by);
  if (tracker.ended_others_count() > 0) {
    FaultRow row;
    row.comm = fmt::format("({} ended tasks)", tracker.ended_others_count());
    row.stats = tracker.ended_others();
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string mapping_name(std::uint8_t place, const FileKey& file, const FileTable& files) {
  switch (place) {
    case HT_PLACE_ANON:
      return "anonymous";
    case HT_PLACE_HEAP:
      return "[heap]";
    case HT_PLACE_STACK:
      return "[stack]";
    case HT_PLACE_SPECIAL:
      return "[vdso]";
    case HT_PLACE_FILE:
    case HT_PLACE_SHMEM:
    case HT_PLACE_HUGETLB:
      if (auto path = files.path(files.find(file)))
        return *path + (files.is_deleted(files.find(file)) ? " (deleted)" : "");
      return fmt::format("(inode {} on {})", file.inode, format_device(file.dev));
    default:
      return "(unknown)";
  }
}

std::vector<FaultRow> fault_mapping_rows(const FaultTracker& tracker, const TaskTable& tasks,
                                         const FileTable& files) {
  // A row is what a person can distinguish: files on disk, and kinds of memory.
  std::map<std::tuple<std::uint32_t, std::string, FileKey>, FaultRow> rows;
  for (const auto& [key, mapping] : tracker.mappings()) {
    if (mapping.stats.is_empty()) continue;
    std::string name = mapping_name(key.place, key.file, files);
    const bool on_disk = key.place == HT_PLACE_FILE;
    FaultRow& row = rows[{key.pid, name, on_disk ? key.file : FileKey()}];
    if (on_disk) row.file = key.file;
    row.pid = key.pid;
    row.name = std::move(name);
    const TaskId leader = tasks.find(key.pid);
    row.comm = std::string(comm_view(tasks[leader != kNoTask ? leader : mapping.task]));
    row.stats.merge(mapping.stats);
  }
  std::vector<FaultRow> list;
  for (auto& [key, row] : rows) list.push_back(std::move(row));
  return list;
}

std::vector<FaultRow> fault_range_rows(const FaultRanges& ranges, const TaskTable& tasks,
                                       const FileTable& files) {
  std::vector<FaultRow> list;
  for (FaultRange& range : ranges.ranges()) {
    FaultRow row;
    row.pid = range.mapping.pid;
    if (const TaskId leader = tasks.find(range.mapping.pid); leader != kNoTask)
      row.comm = std::string(comm_view(tasks[leader]));
    row.start = range.start;
    row.end = range.end;
    row.name = mapping_name(range.mapping.place, range.mapping.file, files);
    row.stats = std::move(range.stats);
    list.push_back(std::move(row));
  }
  return list;
}

}  // namespace hoodtrace
