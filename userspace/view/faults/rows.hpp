// SPDX-License-Identifier: GPL-2.0-or-later
// The rows of the faults report: per thread, process, comm, cgroup, and per mapping.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/faults/ranges.hpp"
#include "model/faults/tracker.hpp"
#include "model/names/file_table.hpp"
#include "model/names/task_table.hpp"
#include "view/task_rows.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

struct FaultRow {
  std::optional<std::uint32_t> tid;
  std::optional<std::uint32_t> pid;
  std::optional<std::string> comm;
  std::optional<std::string> cgroup;
  std::optional<std::string> name;  // of a mapping
  std::optional<FileKey> file;      // of a mapping of one
  RowStart started;
  std::optional<std::uint64_t> start;  // of a range
  std::optional<std::uint64_t> end;
  FaultStats stats;
};

std::vector<FaultRow> fault_task_rows(const FaultTracker& tracker, const TaskTable& tasks,
                                      Grouping by);

std::vector<FaultRow> fault_mapping_rows(const FaultTracker& tracker, const TaskTable& tasks,
                                         const FileTable& files);

std::vector<FaultRow> fault_range_rows(const FaultRanges& ranges, const TaskTable& tasks,
                                       const FileTable& files);

// "[heap]", "[stack]", "anonymous", a path.
std::string mapping_name(std::uint8_t place, const FileKey& file, const FileTable& files);

}  // namespace hoodtrace
