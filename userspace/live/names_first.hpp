// SPDX-License-Identifier: GPL-2.0-or-later
// Puts the names of cgroups, mounts, devices, missing interpreters and the kernel's functions into
// the stream before the first record that needs them, and names the functions of user stacks. They are looked up when that record arrives,
// so the name of a short-lived cgroup is read while the cgroup exists.
#pragma once

#include <cstdint>
#include <unordered_set>
#include <utility>
#include <vector>

#include "live/cache_world.hpp"
#include "live/cgroup_paths.hpp"
#include "live/disk_world.hpp"
#include "live/kernel_symbols.hpp"
#include "live/quota_world.hpp"
#include "live/user_stacks.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

class NamesFirst {
 public:
  // `files` may be null: no files are traced. It must outlive this.
  void set_files(CacheWorld* files) { files_ = files; }
  // For block requests; may be null. It must outlive this.
  void set_disks(DiskWorld* disks) { disks_ = disks; }
  // For CPU quotas; may be null. It must outlive this.
  void set_quotas(QuotaWorld* quotas) { quotas_ = quotas; }
  // Our pid namespace is the initial one: /proc has the tasks under the kernel's numbers.
  void set_pids_are_initial(bool are_initial) { pids_are_initial_ = are_initial; }

  // The stacks of long sleeps are recorded.
  void set_user_stacks(bool are_wanted) { wants_user_stacks_ = are_wanted; }

  // For stacks of the kernel; without them their functions have no names.
  void set_symbols(KernelSymbols symbols) { symbols_ = std::move(symbols); }

  // Fills `batch` with `records` and the names among them. They are valid until the next call;
  // `records` may be left empty.
  void add_names(std::vector<RecordView>& records, std::vector<RecordView>& batch);

 private:
  void name_cgroup(const RecordView& record);
  void name_functions(const ht_stack& stack);
  void unwind(const ht_stack_memory& stack);
  void begin_process(const RecordView& record);

  CgroupNames cgroups_;
  CacheWorld* files_ = nullptr;
  DiskWorld* disks_ = nullptr;
  QuotaWorld* quotas_ = nullptr;
  bool pids_are_initial_ = false;
  std::unordered_set<std::uint64_t> named_;  // cgroups
  KernelSymbols symbols_;
  std::unordered_set<std::uint64_t> symbols_named_;  // by address
  bool wants_user_stacks_ = false;
  UserStacks user_stacks_;
  RecordBuffer names_;  // of the current batch
};

}  // namespace hoodtrace
