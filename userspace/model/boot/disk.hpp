// SPDX-License-Identifier: GPL-2.0-or-later
// What the processes of a boot read from disks and how long they slept for them, where the capture has the
// disk family's records. Feed it after the TaskTable.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "event/event.hpp"
#include "model/names/task_table.hpp"

namespace hoodtrace {

struct DiskUse {
  std::uint64_t reads = 0;  // requests
  std::uint64_t read_bytes = 0;
  std::uint64_t sleeps = 0;
  std::uint64_t slept_ns = 0;

  void merge(const DiskUse& more) {
    reads += more.reads;
    read_bytes += more.read_bytes;
    sleeps += more.sleeps;
    slept_ns += more.slept_ns;
  }
};

class BootDisk {
 public:
  explicit BootDisk(const TaskTable& tasks) : tasks_(tasks) {}

  void on(const ht_disk_scope&) { is_recorded_ = true; }
  void on(const ht_disk& request) {
    // A part of a request above is in that; what a kernel thread reads is nobody's.
    if (request.op != HT_DISK_READ || request.upper != 0 || (request.flags & HT_REQ_KTHREAD) != 0)
      return;
    DiskUse& use = of(request.head.tid);
    use.reads++;
    use.read_bytes += request.bytes;
  }
  void on(const ht_disk_wait& wait) {
    DiskUse& use = of(wait.head.tid);
    use.sleeps++;
    use.slept_ns += wait.head.time_ns > wait.since_ns ? wait.head.time_ns - wait.since_ns : 0;
  }

  // The capture has records of block requests.
  [[nodiscard]] bool is_recorded() const { return is_recorded_; }
  // Of a process, by its pid and start; null when it used no disk.
  [[nodiscard]] const DiskUse* of_process(std::uint32_t pid,
                                          std::uint64_t start_boottime_ns) const {
    const auto found = uses_.find({pid, start_boottime_ns});
    return found == uses_.end() ? nullptr : &found->second;
  }

 private:
  DiskUse& of(std::uint32_t tid) {
    const Task& task = tasks_[tasks_.find(tid)];
    const Task& leader = tasks_[tasks_.find(task.pid)];
    return uses_[{task.pid, leader.start_boottime_ns}];
  }

  const TaskTable& tasks_;
  std::map<std::pair<std::uint32_t, std::uint64_t>, DiskUse> uses_;
  bool is_recorded_ = false;
};

}  // namespace hoodtrace
