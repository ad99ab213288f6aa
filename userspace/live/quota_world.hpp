// SPDX-License-Identifier: GPL-2.0-or-later
// What the files of cgroups say of those that have a CPU quota: their names in any hierarchy, and their
// CPU pressure.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "live/cgroup_paths.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

class QuotaWorld {
 public:
  QuotaWorld();

  // Adds the name of a group that is met for the first time, and what its pressure is then.
  void explain(const ht_quota& record, RecordBuffer& out);
  // The pressure of the system and of each group so far.
  void add_pressures(std::uint64_t now_ns, RecordBuffer& out) const;

 private:
  CgroupNames v2_;
  CgroupNames v1_;  // of the hierarchy that has the cpu controller; empty where v2 has it
  std::string v2_mount_;
  std::map<std::uint64_t, std::string> files_;  // by id: its cpu.pressure, or "" without one
};

}  // namespace hoodtrace
