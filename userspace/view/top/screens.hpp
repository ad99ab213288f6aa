// SPDX-License-Identifier: GPL-2.0-or-later
// The screens of `top`: the one list of them.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "probe/family_table.hpp"

namespace hoodtrace {

enum class ScreenId : std::uint8_t {
  kUnits,
  kTasks,
  kWhy,
  kCpus,
  kFaults,
  kCache,
  kDisk,
  kLives,
  kLoad
};
inline constexpr std::size_t kScreenCount = 9;

struct ScreenRow {
  ScreenId id;
  std::string_view title;
  Family family;
  std::string_view command;  // that prints the same, with its options
  std::string_view sort;     // the column by which it is sorted at first; "" = as the table is
  std::string_view nothing;  // what no row means
  bool is_reversed = false;  // by which it is sorted the other way round than RowOrder does
};

inline constexpr std::array<ScreenRow, kScreenCount> kScreens = {{
    {ScreenId::kUnits, "Units", Family::kSched, "sched --by cgroup", "wait_ns",
     "no unit has a task that was there in this interval"},
    {ScreenId::kTasks, "Tasks", Family::kSched, "sched", "wait_ns",
     "no traced task was there in this interval"},
    {ScreenId::kWhy, "Why", Family::kWhy, "why", "", "no traced task was there in this interval"},
    {ScreenId::kCpus, "CPUs", Family::kSched, "sched --by cpu", "cpu",
     "no CPU had a switch in this interval"},
    {ScreenId::kFaults, "Faults", Family::kFaults, "faults --by process", "time_ns",
     "no page fault in this interval"},
    {ScreenId::kCache, "Cache", Family::kCache, "cache", "added",
     "no page of a file was added, used or evicted in this interval"},
    {ScreenId::kDisk, "Disk", Family::kDisk, "disk --by file", "waited_ns",
     "no request to a disk in this interval"},
    {ScreenId::kLives, "Lives", Family::kLife, "procs", "age_ns",
     "no process was there in this interval", true},
    {ScreenId::kLoad, "Load", Family::kSched, "sched --load", "load",
     "no task ran, waited for a CPU or was in D in this interval"},
}};

constexpr std::size_t index_of(ScreenId id) { return static_cast<std::size_t>(id); }

}  // namespace hoodtrace
