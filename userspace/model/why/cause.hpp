// SPDX-License-Identifier: GPL-2.0-or-later
// What a thread's time can be spent on: a part, and its cause. Small numbers; the words and names
// are looked up for the report.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/syscalls.hpp"
#include "model/names/who_table.hpp"

namespace hoodtrace {

// X(enumerator, key in JSON, heading in text, meaning). The parts of a thread add up to its time.
#define HT_WHY_PARTS(X)                                                                      \
  X(kOnCpu, "on_cpu", "on CPU", "it ran")                                                    \
  X(kStolen, "stolen", "stolen from its CPU",                                                \
    "it was on a CPU that the hypervisor took, or that served interrupts")                   \
  X(kWait, "wait", "waiting for a CPU", "runnable, behind other tasks")                      \
  X(kThrottled, "throttled", "throttled", "runnable, the CPU quota or its deadline used up") \
  X(kDispatch, "dispatch", "a CPU waking from idle", "runnable, and the CPU was idle")       \
  X(kDisk, "disk", "disk", "asleep until I/O was complete (in_iowait)")                      \
  X(kBlocked, "blocked", "blocked", "asleep until somebody did something")                   \
  X(kIdle, "idle", "waiting for work", "asleep, and nothing was to be done")                 \
  X(kStopped, "stopped", "stopped", "by a signal or a debugger")                             \
  X(kUnknown, "unknown", "unknown", "records are missing, or it was not woken yet")

enum class WhyPart : std::uint8_t {
#define HT_PART(name, key, heading, meaning) name,
  HT_WHY_PARTS(HT_PART)
#undef HT_PART
};
inline constexpr std::size_t kWhyParts = static_cast<std::size_t>(WhyPart::kUnknown) + 1;

// X(enumerator, key in JSON, words in text). What a sleep is for.
#define HT_WHY_REASONS(X)                                          \
  X(kNone, "", "")                                                 \
  X(kCall, "call", "")                                             \
  X(kPageFault, "page_fault", "page fault")                        \
  X(kSwapIn, "swap_in", "page fault: swapped in")                  \
  X(kUserfault, "userfault", "page fault: userfaultfd")            \
  X(kFutexLock, "futex_lock", "futex")                             \
  X(kFutexWait, "futex_wait", "futex")                             \
  X(kThreadEnd, "thread_end", "end of a thread")                   \
  X(kChild, "child", "end of a child")                             \
  X(kVfork, "vfork", "vfork: until the child executes or exits")   \
  X(kMmapLock, "mmap_lock", "mmap_lock")                           \
  X(kInodeLock, "inode_lock", "lock of the inode (i_rwsem)")       \
  X(kPositionLock, "position_lock", "lock of the file's position") \
  X(kPipeLock, "pipe_lock", "lock of the pipe")                    \
  X(kMutex, "mutex", "kernel mutex")                               \
  X(kRwsem, "rwsem", "kernel rwsem")                               \
  X(kSemaphore, "semaphore", "kernel semaphore")                   \
  X(kPageLock, "page_lock", "a locked page")                       \
  X(kWriteback, "writeback", "pages being written")                \
  X(kDirtyLimit, "dirty_limit", "too many dirty pages")            \
  X(kJournal, "journal", "commit of the file system's journal")    \
  X(kRequest, "request", "a free request of the device")           \
  X(kFlush, "flush", "flush of the device")                        \
  X(kReclaim, "reclaim", "memory: reclaim")                        \
  X(kRcu, "rcu", "RCU grace period")                               \
  X(kFreezer, "freezer", "frozen")                                 \
  X(kKernel, "kernel", "in the kernel")                            \
  X(kStopSignal, "stop_signal", "stopped by a signal")             \
  X(kTracer, "tracer", "stopped by a tracer")                      \
  X(kQuota, "quota", "CPU quota of its cgroup")                    \
  X(kOwnDeadline, "own_deadline", "runtime of its SCHED_DEADLINE") \
  X(kBirth, "birth", "its creation")                               \
  X(kNotSeen, "not_seen", "sleep whose beginning was not seen")

enum class WhyReason : std::uint8_t {
#define HT_REASON(name, key, words) name,
  HT_WHY_REASONS(HT_REASON)
#undef HT_REASON
};

std::string_view key_of(WhyPart part);
std::string_view heading_of(WhyPart part);
std::string_view key_of(WhyReason reason);
std::string_view words_of(WhyReason reason);

enum class WhyObjectKind : std::uint8_t {
  kNone,
  kFile,      // ht_object.object
  kAddress,   // of user memory
  kFunction,  // of the kernel: an index of WhyPlaces
  kProcess,   // a pid
  kThread,    // a tid
};

// Whom `by` names.
enum class WhyRelation : std::uint8_t {
  kNone,
  kBehind,   // who ran instead
  kHolder,   // who held the lock
  kWaker,    // who ended the sleep
  kTimer,    // a timer ended it
  kStopper,  // who sent the signal that stopped it, or traces it
  kNetwork,  // an interrupt ended it, such as of a device or for received data
};

struct WhyCause {
  WhyPart part = WhyPart::kUnknown;
  WhyReason reason = WhyReason::kNone;
  WhyObjectKind object_kind = WhyObjectKind::kNone;
  WhyRelation relation = WhyRelation::kNone;
  CallTable table = CallTable::kX86_64;
  std::int16_t call = -1;  // the system call; -1 = none
  WhoId by = WhoTable::kUnknown;
  std::uint32_t by_tid = 0;  // 0 = a process, or nobody
  std::uint64_t object = 0;

  friend bool operator==(const WhyCause&, const WhyCause&) = default;
};

struct WhyCauseHash {
  std::size_t operator()(const WhyCause& cause) const;
};

}  // namespace hoodtrace
