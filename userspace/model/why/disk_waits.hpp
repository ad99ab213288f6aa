// SPDX-License-Identifier: GPL-2.0-or-later
// What threads slept for on disks, when block requests were recorded as well: each sleep that the end of a
// request ended, by thread, file, device and kind, and where its time went: until the driver got the request, at
// the device, and what is neither (the thread slept before the request was made, or after it was done).
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <unordered_map>
#include <vector>

#include "event/event.hpp"
#include "model/disk/device.hpp"
#include "model/disk/stats.hpp"
#include "model/names/file_key.hpp"
#include "model/names/task_table.hpp"

namespace hoodtrace {

class WhyDiskWaits {
 public:
  struct Place {
    FileKey file;  // inode 0: no file
    std::uint32_t dev = 0;
    std::uint8_t kind = HT_DISK_OF_NONE;
    DiskOp op = DiskOp::kOther;

    auto operator<=>(const Place&) const = default;  // NOLINT(modernize-use-nullptr)
  };
  struct Sum {
    std::uint64_t count = 0;
    std::uint64_t ns = 0;
    std::uint64_t queued_ns = 0;
    std::uint64_t device_ns = 0;
    std::uint64_t max_ns = 0;

    [[nodiscard]] std::uint64_t other_ns() const { return ns - queued_ns - device_ns; }
  };
  struct OfTask {
    std::uint64_t iowait_ns = 0;     // all sleeps that the kernel counts as waits for I/O
    std::map<Place, Sum> by_place;   // sleeps that a request ended
    std::uint64_t elsewhere_ns = 0;  // other sleeps for I/O: no request is known that ended them
    std::uint64_t elsewhere_count = 0;
  };

  void on(const ht_disk_scope&) { is_recorded_ = true; }
  void on(const ht_disk& request);
  // `task` slept.
  void on(const ht_disk_wait& wait, TaskId task);
  void on(const ht_lost& lost);
  void begin_interval() { tasks_.clear(); }
  void fold(TaskId task) { tasks_.erase(task); }

  [[nodiscard]] bool is_recorded() const { return is_recorded_; }
  [[nodiscard]] const std::map<TaskId, OfTask>& tasks() const { return tasks_; }

 private:
  struct Sleep {
    TaskId task = kNoTask;
    std::uint64_t since_ns = 0;
    std::uint64_t woken_ns = 0;
  };
  static constexpr std::size_t kMostDone = 4096;
  static constexpr std::size_t kMostSleeps = 65536;

  void count(const Sleep& sleep, const ht_disk& request);

  std::map<TaskId, OfTask> tasks_;
  std::unordered_map<std::uint64_t, std::vector<Sleep>> sleeps_;  // by serial, until it is done
  std::unordered_map<std::uint64_t, ht_disk> done_;  // for sleeps that are recorded later
  std::deque<std::uint64_t> done_order_;
  bool is_recorded_ = false;
};

}  // namespace hoodtrace
