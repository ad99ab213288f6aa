// SPDX-License-Identifier: GPL-2.0-or-later
// The columns of the exporters of rows (CSV, JSON lines).
//
// A column has one name, one unit and one type in all kinds of events. Absent = it does not apply,
// or was not measured.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace hoodtrace {

// The one list of columns: X(enumerator, type, name, unit, meaning).
#define HT_EVENT_FIELDS(X)                                                                         \
  X(kTimeNs, kUnsigned, "time_ns", "ns", "time of the event, CLOCK_BOOTTIME")                      \
  X(kCpu, kUnsigned, "cpu", "", "CPU on which it happened")                                        \
  X(kTid, kUnsigned, "tid", "", "thread of the event; 0 = idle")                                   \
  X(kPid, kUnsigned, "pid", "", "process of tid")                                                  \
  X(kComm, kText, "comm", "", "comm of tid at that time")                                          \
  X(kWaitNs, kUnsigned, "wait_ns", "ns",                                                           \
    "time in run queues until now, of a thread of the target")                                     \
  X(kRunDelayNs, kUnsigned, "run_delay_ns", "ns", "kernel counter: run-queue waits so far")        \
  X(kPrevTid, kUnsigned, "prev_tid", "", "thread that left the CPU")                               \
  X(kPrevPid, kUnsigned, "prev_pid", "", "process of prev_tid")                                    \
  X(kPrevComm, kText, "prev_comm", "", "comm of prev_tid")                                         \
  X(kPrevState, kText, "prev_state", "", "state of prev_tid: R (runnable), S, D, T, t, X, P, I")   \
  X(kPrevIowait, kTruth, "prev_iowait", "", "prev_tid sleeps in D for I/O (in_iowait)")            \
  X(kPrevTraced, kTruth, "prev_traced", "", "prev_tid is in the target")                           \
  X(kPrevVoluntary, kUnsigned, "prev_voluntary_switches", "count",                                 \
    "kernel counter nvcsw of prev_tid, low 32 bits")                                               \
  X(kPrevInvoluntary, kUnsigned, "prev_involuntary_switches", "count",                             \
    "kernel counter nivcsw of prev_tid, low 32 bits")                                              \
  X(kPreempted, kTruth, "preempted", "", "preempted in the kernel")                                \
  X(kThrottled, kTruth, "throttled", "", "the CPU quota of its cgroup was used up")                \
  X(kNrRunning, kUnsigned, "nr_running", "count", "runnable tasks on this run queue")              \
  X(kPolicy, kUnsigned, "policy", "", "SCHED_* number")                                            \
  X(kPinned, kTruth, "pinned", "", "tid may run on this CPU only")                                 \
  X(kPrio, kUnsigned, "prio", "", "kernel priority: 0-99 real time, 100-139 fair")                 \
  X(kNice, kSigned, "nice", "", "nice value")                                                      \
  X(kTraced, kTruth, "traced", "", "tid is in the target")                                         \
  X(kWakerTid, kUnsigned, "waker_tid", "", "thread that woke tid")                                 \
  X(kWakerPid, kUnsigned, "waker_pid", "", "process of waker_tid")                                 \
  X(kWakerComm, kText, "waker_comm", "", "comm of waker_tid")                                      \
  X(kFromCpu, kUnsigned, "from_cpu", "", "CPU it leaves")                                          \
  X(kToCpu, kUnsigned, "to_cpu", "", "CPU it moves to")                                            \
  X(kBehindTid, kUnsigned, "behind_tid", "",                                                       \
    "thread that ran while tid waited; absent = not known")                                        \
  X(kBehindComm, kText, "behind_comm", "", "comm of behind_tid")                                   \
  X(kBehindNs, kUnsigned, "behind_ns", "ns", "how long behind_tid ran meanwhile")                  \
  X(kKind, kText, "kind", "", "kind of the event, where a type has several")                       \
  X(kStartNs, kUnsigned, "start_ns", "ns", "start time of the task, CLOCK_BOOTTIME")               \
  X(kParentPid, kUnsigned, "parent_pid", "", "parent process")                                     \
  X(kParentTid, kUnsigned, "parent_tid", "", "thread that created it")                             \
  X(kState, kText, "state", "", "task state, as prev_state")                                       \
  X(kCgroupId, kUnsigned, "cgroup_id", "", "cgroup v2 id")                                         \
  X(kCgroup, kText, "cgroup", "", "path below the cgroup v2 mount")                                \
  X(kPcount, kUnsigned, "pcount", "count", "kernel counter: times switched in")                    \
  X(kVoluntary, kUnsigned, "voluntary_switches", "count", "kernel counter nvcsw")                  \
  X(kInvoluntary, kUnsigned, "involuntary_switches", "count", "kernel counter nivcsw")             \
  X(kMinorFaults, kUnsigned, "minor_faults", "count", "kernel counter min_flt")                    \
  X(kMajorFaults, kUnsigned, "major_faults", "count", "kernel counter maj_flt")                    \
  X(kRuntimeNs, kUnsigned, "exec_runtime_ns", "ns", "kernel counter: time on a CPU")               \
  X(kCloneFlags, kUnsigned, "clone_flags", "", "CLONE_* bits")                                     \
  X(kOldTid, kUnsigned, "old_tid", "", "tid before the exec")                                      \
  X(kNsTid, kUnsigned, "ns_tid", "", "tid in its own pid namespace")                               \
  X(kNsPid, kUnsigned, "ns_pid", "", "pid in its own pid namespace")                               \
  X(kNsInode, kUnsigned, "ns_inode", "", "inode of that pid namespace")                            \
  X(kNsLevel, kUnsigned, "ns_level", "", "pid namespaces above it")                                \
  X(kFile, kText, "file", "", "path of the program")                                               \
  X(kInterpreter, kText, "interpreter", "", "interpreter of a script")                             \
  X(kArgv, kJson, "argv", "", "a JSON list of strings")                                            \
  X(kArgvBytes, kUnsigned, "argv_bytes", "bytes", "size of argv in the kernel")                    \
  X(kArgvCut, kTruth, "argv_cut", "", "argv is cut")                                               \
  X(kErrno, kUnsigned, "errno", "", "error of a failed call")                                      \
  X(kExitCode, kUnsigned, "exit_code", "", "exit code")                                            \
  X(kExitSignal, kUnsigned, "exit_signal", "", "signal that ended it")                             \
  X(kCoreDumped, kTruth, "core_dumped", "", "a core was dumped")                                   \
  X(kProcessEnded, kTruth, "process_ended", "", "no thread of the process is left")                \
  X(kAutoreaped, kTruth, "autoreaped", "", "the parent ignores SIGCHLD: it is never a zombie")     \
  X(kHeirPid, kUnsigned, "heir_pid", "", "process that inherits its children")                     \
  X(kLiveThreads, kUnsigned, "live_threads", "count", "threads of the process that are left")      \
  X(kSelects, kText, "selects", "", "children it waits for: one, any, any of a group")             \
  X(kSelectedPid, kUnsigned, "selected_pid", "", "the child it waits for")                         \
  X(kWaitOptions, kUnsigned, "wait_options", "", "options as passed to waitid")                    \
  X(kAddress, kWide, "address", "", "faulting address; address in the kernel")                     \
  X(kTookNs, kUnsigned, "took_ns", "ns", "from the entry of the fault to its accounting")          \
  X(kPlace, kText, "place", "", "kind of mapping: heap, stack, anonymous, file, ...")              \
  X(kAllocatedBytes, kUnsigned, "allocated_bytes", "bytes", "memory allocated for the fault")      \
  X(kResolved, kTruth, "resolved", "", "the access succeeded and the kernel counted the fault")    \
  X(kMajor, kTruth, "major", "", "counted in maj_flt")                                             \
  X(kWrite, kTruth, "write", "", "the access was a write")                                         \
  X(kByKernel, kTruth, "by_kernel", "", "access by the kernel")                                    \
  X(kSignal, kUnsigned, "signal", "", "signal that the fault raised")                              \
  X(kChildPid, kUnsigned, "child_pid", "", "the new process")                                      \
  X(kForkNs, kUnsigned, "fork_ns", "ns", "duration of the system call in the parent")              \
  X(kAnonBytes, kUnsigned, "anon_bytes", "bytes", "anonymous memory of the parent at the fork")    \
  X(kCopies, kUnsigned, "copies", "count", "kernel counter wpcopy_count")                          \
  X(kDev, kText, "dev", "", "device of the file, major:minor")                                     \
  X(kInode, kUnsigned, "inode", "", "inode number of the file")                                    \
  X(kPath, kText, "path", "", "path from the root of its file system")                             \
  X(kFsType, kText, "fs", "", "type of the file system")                                           \
  X(kPage, kUnsigned, "page", "", "first page of the file")                                        \
  X(kLastPage, kUnsigned, "last_page", "", "last page of the file")                                \
  X(kPages, kUnsigned, "pages", "count", "number of pages")                                        \
  X(kCachedPages, kUnsigned, "cached_pages", "count", "kernel counter: cached pages of the file")  \
  X(kCause, kText, "cause", "", "cause of an eviction")                                            \
  X(kUntilNs, kUnsigned, "until_ns", "ns", "end of the span in which records were lost")           \
  X(kCount, kUnsigned, "count", "count", "number of events")                                       \
  X(kKey, kText, "key", "", "what value or count refers to")                                       \
  X(kValue, kText, "value", "", "value of key")                                                    \
  X(kWallNs, kUnsigned, "wall_ns", "ns", "CLOCK_REALTIME at time_ns")                              \
  X(kCpus, kUnsigned, "cpus", "count", "online")                                                   \
  X(kSenderPid, kUnsigned, "sender_pid", "", "process that sent the signal; absent = the kernel")  \
  X(kSenderTid, kUnsigned, "sender_tid", "", "thread that sent the signal")                        \
  X(kSenderComm, kText, "sender_comm", "", "comm of sender_tid")                                   \
  X(kSignalCode, kSigned, "signal_code", "", "si_code of the signal")                              \
  X(kExe, kText, "exe", "", "executed file, as /proc/PID/exe names it")                            \
  X(kUid, kUnsigned, "uid", "", "user id of the process that executes")                            \
  X(kCwd, kText, "cwd", "", "working directory of the process that executes")                      \
  X(kCall, kText, "call", "", "system call in which it sleeps; absent = none")                     \
  X(kArgs, kJson, "args", "", "first three arguments of that call, a JSON list of numbers")        \
  X(kObject, kWide, "object", "",                                                                  \
    "number of the object that it sleeps on, as in rows of the type object")                       \
  X(kStack, kWide, "stack", "", "number of the place in the kernel, as in rows of the type stack") \
  X(kLock, kText, "lock", "", "kind of kernel lock it waits for: mutex, rwsem_read, ...")          \
  X(kLockOf, kText, "lock_of", "", "what the lock belongs to: mm, inode, position, pipe")          \
  X(kOwnerTid, kUnsigned, "owner_tid", "", "thread that holds the lock")                           \
  X(kOwnerPid, kUnsigned, "owner_pid", "", "process of owner_tid")                                 \
  X(kOwnerComm, kText, "owner_comm", "", "comm of owner_tid")                                      \
  X(kFutexValue, kUnsigned, "futex_value", "", "value of the futex at the beginning of the sleep") \
  X(kIowait, kTruth, "iowait", "", "the sleep is for I/O (in_iowait)")                             \
  X(kMemstall, kTruth, "memstall", "", "the sleep is for memory (in_memstall)")                    \
  X(kScanned, kTruth, "scanned", "", "it slept already when tracing began")                        \
  X(kWakerCall, kText, "waker_call", "", "system call of waker_tid; absent = none")                \
  X(kWakerContext, kText, "waker_context", "",                                                     \
    "task, softirq or hardirq: in an interrupt waker_tid is who was interrupted")                  \
  X(kFd, kUnsigned, "fd", "", "file descriptor that was ready")                                    \
  X(kLocal, kText, "local", "", "local address of the socket")                                     \
  X(kRemote, kText, "remote", "", "remote address of the socket")                                  \
  X(kPeerPid, kUnsigned, "peer_pid", "", "process at the other end of a unix socket")              \
  X(kName, kText, "name", "", "name of an anonymous inode, the function's file, or an interrupt")  \
  X(kSymbol, kText, "symbol", "", "name of the function")                                          \
  X(kDiskDev, kText, "disk", "", "block device, major:minor")                                      \
  X(kSerial, kWide, "request", "", "number of a block request, in rows that belong together")      \
  X(kSector, kUnsigned, "sector", "", "first sector of 512 bytes, on the whole device")            \
  X(kOffset, kUnsigned, "offset", "bytes", "place in the file")                                    \
  X(kBytes, kUnsigned, "bytes", "bytes", "size of a request")                                      \
  X(kQueueNs, kUnsigned, "queue_ns", "ns", "time until the request was handed to the driver")      \
  X(kServiceNs, kUnsigned, "service_ns", "ns", "time until the driver reported it done")           \
  X(kMerges, kUnsigned, "merges", "count", "bios of the request beyond the first")                 \
  X(kDirect, kTruth, "direct", "", "direct I/O: from or to the memory of a process")               \
  X(kStatus, kUnsigned, "status", "", "blk_status_t of a request that failed")                     \
  X(kUpper, kWide, "upper", "", "request of the device above (dm, md, loop) that it is a part of") \
  X(kWeight, kUnsigned, "weight", "", "load.weight of the task; 1048576 for nice 0")               \
  X(kGroupShares, kUnsigned, "group_shares", "", "shares of its task group, scaled as weight")     \
  X(kQueue, kUnsigned, "queue", "", "number of the queue that it is on")                           \
  X(kVirtual, kWide, "virtual", "", "virtual time of that queue, 2^-32 ns per unit of weight")     \
  X(kQueueIn, kUnsigned, "queue_in", "", "the queue at its switch-in")                             \
  X(kVirtualIn, kWide, "virtual_in", "", "virtual time of queue_in at its switch-in")              \
  X(kRanNs, kUnsigned, "ran_ns", "ns", "growth of sum_exec_runtime in the run that ends")          \
  X(kVruntimeNs, kUnsigned, "vruntime_ns", "ns", "growth of vruntime in the run that ends")        \
  X(kSliceNs, kUnsigned, "slice_ns", "ns", "slice of the task")                                    \
  X(kDeadlineNs, kSigned, "deadline_ns", "ns", "virtual deadline minus vruntime")                  \
  X(kLagNs, kSigned, "lag_ns", "ns", "vlag at a wake-up")                                          \
  X(kOwedNs, kSigned, "owed_ns", "ns", "lag as CPU time, with its part of the lags of its groups") \
  X(kRunnable, kTruth, "runnable", "", "it stays on the queue")                                    \
  X(kDelayed, kTruth, "delayed", "", "it sleeps, and stays on the queue until its lag is paid")    \
  X(kReason, kText, "reason", "", "why tid is moved: wakeup, exec, affinity, pull, balance, ...")  \
  X(kQuotaNs, kUnsigned, "quota_ns", "ns", "CPU quota of the cgroup in each period")               \
  X(kPeriodNs, kUnsigned, "period_ns", "ns", "that period; or of a deadline task")                 \
  X(kBurstNs, kUnsigned, "burst_ns", "ns", "what the cgroup may use beyond its quota")             \
  X(kPeriods, kUnsigned, "periods", "count", "kernel counter nr_periods of the cgroup")            \
  X(kThrottledPeriods, kUnsigned, "throttled_periods", "count", "kernel counter nr_throttled")     \
  X(kThrottledNs, kUnsigned, "throttled_ns", "ns", "kernel counter throttled_time")                \
  X(kBursts, kUnsigned, "bursts", "count", "kernel counter nr_burst")                              \
  X(kBurstUsedNs, kUnsigned, "burst_used_ns", "ns", "kernel counter burst_time")                   \
  X(kSomeUs, kUnsigned, "some_us", "us", "kernel counter of cpu.pressure: some")                   \
  X(kFullUs, kUnsigned, "full_us", "us", "kernel counter of cpu.pressure: full")                   \
  X(kVector, kUnsigned, "vector", "", "number of the interrupt")                                   \
  X(kIrqNs, kUnsigned, "irq_ns", "ns", "time in interrupts")                                       \
  X(kStealNs, kUnsigned, "steal_ns", "ns", "time stolen by the hypervisor")                        \
  X(kDlRuntimeNs, kUnsigned, "dl_runtime_ns", "ns", "runtime of a deadline task in each period")   \
  X(kDlDeadlineNs, kUnsigned, "dl_deadline_ns", "ns", "relative deadline of it")                   \
  X(kDlLeftNs, kSigned, "dl_left_ns", "ns", "what is left of its runtime")                         \
  X(kLateNs, kSigned, "late_ns", "ns", "time since its deadline; negative = before it")            \
  X(kOwnThrottled, kTruth, "dl_throttled", "", "its runtime of this period is used up")            \
  X(kRtThrottled, kTruth, "rt_throttled", "", "real-time tasks have used up their share of it")    \
  X(kServer, kTruth, "fair_server", "", "the fair server gave the CPU to a fair task")             \
  X(kFairTasks, kUnsigned, "fair", "count", "runnable fair tasks on the queue")                    \
  X(kDelayedTasks, kUnsigned, "delayed_sleepers", "count", "sleepers with a delayed dequeue")      \
  X(kRealTimeTasks, kUnsigned, "real_time", "count", "runnable real-time tasks on the queue")      \
  X(kDeadlineTasks, kUnsigned, "deadline", "count", "runnable deadline tasks on the queue")        \
  X(kOtherTasks, kUnsigned, "other", "count", "runnable stop and sched_ext tasks on the queue")    \
  X(kUserCycles, kUnsigned, "user_cycles", "count", "cycles of the CPU in user mode")              \
  X(kKernelCycles, kUnsigned, "kernel_cycles", "count", "cycles of the CPU in the kernel")         \
  X(kCyclesRanNs, kUnsigned, "cycles_ran_ns", "ns", "time in which they were counted")             \
  X(kMachineId, kText, "machine_id", "", "/etc/machine-id of the traced machine")                  \
  X(kBootId, kText, "boot_id", "", "id of its boot, from /proc/sys/kernel/random/boot_id")

enum class Field : std::uint8_t {
#define HT_FIELD_ENUM(name, type, key, unit, meaning) name,
  HT_EVENT_FIELDS(HT_FIELD_ENUM)
#undef HT_FIELD_ENUM
      kEnd
};

// kWide: a kUnsigned that does use its highest bit.
enum class FieldType : std::uint8_t { kUnsigned, kWide, kSigned, kTruth, kText, kJson };

struct FieldName {
  FieldType type;
  std::string_view key;
  std::string_view unit;  // "" = none: a text, an id or a truth
  std::string_view meaning;
};

inline constexpr std::array kFieldNames = {
#define HT_FIELD_NAME(name, type, key, unit, meaning) \
  FieldName{FieldType::type, key, unit, meaning},
    HT_EVENT_FIELDS(HT_FIELD_NAME)
#undef HT_FIELD_NAME
};

// The columns of an export: the last two only with --host-name.
inline std::span<const FieldName> columns(bool host_ids) {
  constexpr std::size_t kHostIds = 2;
  return std::span(kFieldNames).first(kFieldNames.size() - (host_ids ? 0 : kHostIds));
}

// The name of a type in the schema: "integer", "boolean", "string" or "list".
std::string_view type_name(FieldType type);

// The empty value of the type: 0, false, "" or []. The first row has one in each column,
// so that a reader that looks at the first rows only knows every column and its type. Of a kWide: the
// largest value, or the reader would make it signed and fail at the first address of the kernel.
std::string_view empty_value(FieldType type);

}  // namespace hoodtrace
