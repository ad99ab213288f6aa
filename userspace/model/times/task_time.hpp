// SPDX-License-Identifier: GPL-2.0-or-later
// What a thread spends its time on.
#pragma once

#include <cstddef>
#include <cstdint>

#include "event/task_state.hpp"

namespace hoodtrace {

// kWaiting: for a CPU. kDisk: an uninterruptible sleep (D) that the kernel counts as I/O wait
// (in_iowait). kUninterruptible: any other one, such as a vfork parent's or one for mmap_lock; in a
// stream without HT_SESSION_IOWAIT, any. kStopped: by a signal or a debugger. kOther: parked, not
// woken yet. The order is that of the characters of a strip in the HTML page.
enum class TaskTime : std::uint8_t {
  kRunning,
  kWaiting,
  kDisk,
  kUninterruptible,
  kSleeping,
  kStopped,
  kOther
};
inline constexpr std::size_t kTaskTimes = 7;

// Of a thread that is not on a CPU.
constexpr TaskTime time_of(TaskState state, bool iowait) {
  switch (state) {
    case TaskState::kRunnable:
      return TaskTime::kWaiting;
    case TaskState::kSleeping:
    case TaskState::kIdle:
      return TaskTime::kSleeping;
    case TaskState::kUninterruptible:
      return iowait ? TaskTime::kDisk : TaskTime::kUninterruptible;
    case TaskState::kStopped:
    case TaskState::kTraced:
      return TaskTime::kStopped;
    default:
      return TaskTime::kOther;
  }
}

// One that ends with a wake-up.
constexpr bool is_sleep(TaskTime time) {
  return time == TaskTime::kDisk || time == TaskTime::kUninterruptible ||
         time == TaskTime::kSleeping;
}

}  // namespace hoodtrace
