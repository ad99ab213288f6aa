// SPDX-License-Identifier: GPL-2.0-or-later
// The state of a task, from the bits of task_struct.__state: the one table of them.
//
// Bits and letters: include/linux/sched.h and fs/proc/array.c (task_state_array) of Linux. Several
// bits can be set at once, such as TASK_KILLABLE (uninterruptible and wakekill).
#pragma once

#include <array>
#include <cstdint>

#include "events.h"

namespace hoodtrace {

namespace task_bits {
inline constexpr std::uint32_t kInterruptible = 0x1;
inline constexpr std::uint32_t kUninterruptible = 0x2;
inline constexpr std::uint32_t kStopped = 0x4;
inline constexpr std::uint32_t kTraced = 0x8;
inline constexpr std::uint32_t kExitDead = 0x10;    // EXIT_DEAD
inline constexpr std::uint32_t kExitZombie = 0x20;  // EXIT_ZOMBIE
inline constexpr std::uint32_t kParked = 0x40;
inline constexpr std::uint32_t kDead = 0x80;  // TASK_DEAD: set at a task's last switch off a CPU
inline constexpr std::uint32_t kNoLoad = 0x400;
inline constexpr std::uint32_t kIdle = kUninterruptible | kNoLoad;  // TASK_IDLE
inline constexpr std::uint32_t kRtLockWait = 0x1000;                // since 5.16
inline constexpr std::uint32_t kFrozen = 0x8000;                    // since 6.1
}  // namespace task_bits

enum class TaskState : std::uint8_t {
  kRunnable,         // on a CPU or on a run queue
  kIdle,             // a kernel thread without work
  kSleeping,         // interruptible
  kUninterruptible,  // for a disk, a lock, a vfork child, …
  kStopped,          // by a signal
  kTraced,           // by a debugger
  kDead,             // it never runs again
  kZombie,
  kParked,
  kOther,  // off the run queue for another reason, such as one that was not woken yet (TASK_NEW)
};

struct TaskStateRow {
  TaskState state;
  std::uint32_t bits;
  bool all;     // all of the bits must be set; else any of them
  char letter;  // as ps shows it
};

// The first row that matches holds. The kernel reports the last two bits of kUninterruptible as D
// too (__task_state_index, since 6.12 for both).
inline constexpr std::array<TaskStateRow, 8> kTaskStates = {{
    {TaskState::kIdle, task_bits::kIdle, true, 'I'},
    {TaskState::kSleeping, task_bits::kInterruptible, true, 'S'},
    {TaskState::kUninterruptible,
     task_bits::kUninterruptible | task_bits::kRtLockWait | task_bits::kFrozen, false, 'D'},
    {TaskState::kStopped, task_bits::kStopped, true, 'T'},
    {TaskState::kTraced, task_bits::kTraced, true, 't'},
    {TaskState::kDead, task_bits::kDead | task_bits::kExitDead, false, 'X'},
    {TaskState::kZombie, task_bits::kExitZombie, true, 'Z'},
    {TaskState::kParked, task_bits::kParked, true, 'P'},
}};

constexpr TaskState task_state(std::uint32_t bits) {
  if (bits == 0) return TaskState::kRunnable;
  for (const TaskStateRow& row : kTaskStates)
    if (row.all ? (bits & row.bits) == row.bits : (bits & row.bits) != 0) return row.state;
  return TaskState::kOther;
}

// kOther has the kernel's letter for it, which is that of a runnable task.
constexpr char letter_of(TaskState state) {
  for (const TaskStateRow& row : kTaskStates)
    if (row.state == state) return row.letter;
  return 'R';
}

constexpr bool is_gone(TaskState state) {
  return state == TaskState::kDead || state == TaskState::kZombie;
}

// The state in which a switch leaves `prev`. One that was preempted in the kernel stays runnable,
// whatever its bits are.
constexpr TaskState prev_state(const ht_switch& record) {
  return (record.flags & HT_SWITCH_PREEMPT) != 0 ? TaskState::kRunnable
                                                 : task_state(record.prev_state);
}

// SCHED_* of the task that a switch brings.
constexpr std::uint8_t next_policy(const ht_switch& record) {
  return record.next_policy & ~HT_POLICY_PINNED;
}

}  // namespace hoodtrace
