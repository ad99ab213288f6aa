// SPDX-License-Identifier: GPL-2.0-or-later
// The report of a boot: phases, units, critical chain, slow and failed processes, long waits.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/boot/chain.hpp"
#include "model/boot/disk.hpp"
#include "model/boot/files.hpp"
#include "model/boot/loads.hpp"
#include "model/boot/tracker.hpp"
#include "model/names/task_table.hpp"
#include "model/procs/tracker.hpp"
#include "model/sched/tracker.hpp"
#include "view/report.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

// A long wait for a CPU, and who waited, because the TaskTable may have dropped the task.
struct BootWait {
  LongWait wait;
  std::string comm;
  std::uint32_t pid = 0;
  std::string unit;
};

// The data that the parts of the report use.
struct BootInput {
  const BootTracker& boot;
  const LifecycleTracker& lives;
  const TaskTable& tasks;
  const SchedTracker& sched;
  const BootFiles& files;
  const BootDisk& disk;
  std::map<std::string, UnitLoad> loads;
  std::vector<ChainStep> chain;
  std::vector<BootWait> waits;  // longest first
  FaultCounters faults;
  std::uint64_t now_ns = 0;
  bool has_switches = false;
  bool has_iowait = false;  // D sleep is split into disk and the rest
};

// A unit as the report shows it: what the manager reports, what its processes did, or both.
struct UnitRow {
  std::string name;
  const BootUnit* unit = nullptr;
  const UnitLoad* load = nullptr;
  // The manager's times, or else those of its processes. Absent = not known.
  std::optional<std::uint64_t> start_ns;
  std::optional<std::uint64_t> up_ns;
  [[nodiscard]] std::optional<std::uint64_t> took_ns() const;
};

// All of them, those that took longest first.
std::vector<UnitRow> unit_rows(const BootInput& input);

// Those that exited, longest-lived first.
std::vector<const ProcessLife*> slow_processes(const BootInput& input);

// Those that exited with another code than 0 or by a signal, in order of time.
std::vector<const ProcessLife*> failed_processes(const BootInput& input);

// "2.15 s (kernel) + 13.2 s (userspace) = 15.3 s"; names what is not known.
std::string phases_sentence(const BootInput& input);

// Fills tables, remarks, audit and body; the rest of the report is the caller's.
void add_boot_report(const BootInput& input, const ViewOptions& view, Report& report);

// tables.cpp
std::vector<Table> boot_tables(const BootInput& input, const ViewOptions& view);
// files.cpp: what the unit's processes read from disk, by file.
FileUses uses_of(const BootInput& input, const UnitLoad& load);
// What its processes read from disks and slept for them.
DiskUse disk_use_of(const BootInput& input, const UnitLoad& load);
std::uint64_t bytes_of(const FileUses& uses);
Table files_table(const BootInput& input, const ViewOptions& view);
Json files_json(const BootInput& input, const UnitLoad& load);
// json.cpp: the schema's body.
std::vector<std::pair<std::string, Json>> boot_json(const BootInput& input);
// remarks.cpp: how the capture went, and the audits, a line each.
std::vector<std::string> boot_remarks(const BootInput& input);
Json boot_audit(const BootInput& input);
std::string end_text(std::uint32_t reason);

}  // namespace hoodtrace
