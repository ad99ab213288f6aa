// SPDX-License-Identifier: GPL-2.0-or-later
// Puts the names of cgroups, mounts, devices and missing interpreters into the stream before the
// first record that needs them. They are looked up when that record arrives, so the name of a
// short-lived cgroup is read while the cgroup exists.
#pragma once

#include <cstdint>
#include <unordered_set>
#include <vector>

#include "live/cache_world.hpp"
#include "live/cgroup_paths.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

class NamesFirst {
 public:
  // `files` may be null: no files are traced. It must outlive this.
  void set_files(CacheWorld* files) { files_ = files; }
  // Our pid namespace is the initial one: /proc has the tasks under the kernel's numbers.
  void set_pids_are_initial(bool are_initial) { pids_are_initial_ = are_initial; }

  // Fills `batch` with `records` and the names among them. They are valid until the next call;
  // `records` may be left empty.
  void add_names(std::vector<RecordView>& records, std::vector<RecordView>& batch);

 private:
  void name_cgroup(const RecordView& record);

  CgroupNames cgroups_;
  CacheWorld* files_ = nullptr;
  bool pids_are_initial_ = false;
  std::unordered_set<std::uint64_t> named_;  // cgroups
  RecordBuffer names_;                       // of the current batch
};

}  // namespace hoodtrace
