// SPDX-License-Identifier: GPL-2.0-or-later
// What the files of cgroups say of those that have a CPU quota: their names in any hierarchy, and their
// CPU pressure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "live/cgroup_paths.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

class QuotaWorld {
 public:
  QuotaWorld();

  // Adds the name of a group that is met for the first time.
  void explain(const ht_quota& record, RecordBuffer& out);
  // What the pressure is now: of the system and of each group, and of those groups only that were met since.
  void add_pressures(RecordBuffer& out);
  void add_new_pressures(RecordBuffer& out);

 private:
  CgroupNames v2_;
  CgroupNames v1_;  // of the hierarchy that has the cpu controller; empty where v2 has it
  std::string v2_mount_;
  std::map<std::uint64_t, std::string> files_;  // by id: its cpu.pressure, or "" without one
  std::vector<std::uint64_t> new_;              // whose pressure was not read yet
};

}  // namespace hoodtrace
