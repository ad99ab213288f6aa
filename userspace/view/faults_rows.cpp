#include "view/faults_rows.hpp"

#include <fmt/format.h>

#include <map>
#include <tuple>

#include "base/units.hpp"

namespace hoodtrace {
namespace {

std::string comm_of(const Task& task) {
  const std::string_view comm(task.comm.data(), HT_COMM_LEN);
  return std::string(comm.substr(0, comm.find('\0')));
}

using GroupKey = std::tuple<std::uint32_t, std::string>;

GroupKey group_key(const FaultRow& row, Grouping by) {
  switch (by) {
    case Grouping::kProcess:
      return {row.pid.value_or(0), ""};
    case Grouping::kComm:
      return {0, row.comm.value_or("")};
    default:
      return {0, row.cgroup.value_or("")};
  }
}

std::vector<FaultRow> group_rows(const std::vector<FaultRow>& rows, Grouping by) {
  std::map<GroupKey, FaultRow> groups;
  for (const FaultRow& row : rows) {
    const auto [at, is_new] = groups.try_emplace(group_key(row, by));
    FaultRow& group = at->second;
    if (is_new) {
      if (by == Grouping::kProcess) {
        group.pid = row.pid;
        group.cgroup = row.cgroup;
      }
      if (by == Grouping::kCgroup)
        group.cgroup = row.cgroup;
      else
        group.comm = row.comm;
    }
    // A process has its leader's name.
    if (by == Grouping::kProcess && row.tid == row.pid) group.comm = row.comm;
    group.stats.merge(row.stats);
  }
  std::vector<FaultRow> list;
  for (auto& [key, row] : groups) list.push_back(std::move(row));
  return list;
}

}  // namespace

std::vector<FaultRow> fault_task_rows(const FaultTracker& tracker, const TaskTable& tasks,
                                      Grouping by) {
  std::vector<FaultRow> rows;
  for (TaskId id = 1; id < tasks.size(); id++) {
    const Task& task = tasks[id];
    if (!task.in_use || (task.pid == tasks.self_pid() && task.pid != 0)) continue;
    FaultRow row;
    row.stats = tracker.stats(id);
    row.stats.add_untimed(FaultKind::kGup, tracker.unshown(id));
    if (row.stats.is_empty()) continue;
    row.tid = task.tid;
    if (task.pid != 0) row.pid = task.pid;
    row.comm = comm_of(task);
    if (const std::string_view path = tasks.cgroup_path(task.cgroup_id); !path.empty())
      row.cgroup = std::string(path);
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

std::string mapping_name(std::uint8_t place, const FileKey& file, const FileNames& files) {
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
      if (const std::string_view path = files.path_of(file); !path.empty())
        return std::string(path);
      return fmt::format("(inode {} on {})", file.inode, format_device(file.dev));
    default:
      return "(unknown)";
  }
}

std::vector<FaultRow> fault_mapping_rows(const FaultTracker& tracker, const TaskTable& tasks,
                                         const FileNames& files) {
  // Several files can have one name; a row is what a person can tell apart.
  std::map<std::tuple<std::uint32_t, std::string>, FaultRow> rows;
  for (const auto& [key, mapping] : tracker.mappings()) {
    if (mapping.stats.is_empty()) continue;
    std::string name = mapping_name(key.place, key.file, files);
    FaultRow& row = rows[{key.pid, name}];
    row.pid = key.pid;
    row.name = std::move(name);
    const TaskId leader = tasks.find(key.pid);
    row.comm = comm_of(tasks[leader != kNoTask ? leader : mapping.task]);
    row.stats.merge(mapping.stats);
  }
  std::vector<FaultRow> list;
  for (auto& [key, row] : rows) list.push_back(std::move(row));
  return list;
}

std::vector<FaultRow> fault_range_rows(const FaultRanges& ranges, const TaskTable& tasks,
                                       const FileNames& files) {
  std::vector<FaultRow> list;
  for (FaultRange& range : ranges.ranges()) {
    FaultRow row;
    row.pid = range.mapping.pid;
    if (const TaskId leader = tasks.find(range.mapping.pid); leader != kNoTask)
      row.comm = comm_of(tasks[leader]);
    row.start = range.start;
    row.end = range.end;
    row.name = mapping_name(range.mapping.place, range.mapping.file, files);
    row.stats = std::move(range.stats);
    list.push_back(std::move(row));
  }
  return list;
}

}  // namespace hoodtrace
