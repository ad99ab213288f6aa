// SPDX-License-Identifier: GPL-2.0-or-later
// One event as named values: what the exporters of rows (CSV, JSON lines) write.
//
// A column has one name, one unit and one type in all kinds of events. Absent = it does not apply,
// or was not measured.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hoodtrace {

// The one list of columns: X(enumerator, name, unit, meaning).
#define HT_EVENT_FIELDS(X)                                                                \
  X(kTimeNs, "time_ns", "ns", "time of the event, CLOCK_BOOTTIME")                        \
  X(kCpu, "cpu", "", "CPU on which it happened")                                          \
  X(kTid, "tid", "", "thread of the event; 0 = idle")                                     \
  X(kPid, "pid", "", "process of tid")                                                    \
  X(kComm, "comm", "", "comm of tid at that time")                                        \
  X(kWaitNs, "wait_ns", "ns", "time in run queues until now")                             \
  X(kRunDelayNs, "run_delay_ns", "ns", "kernel counter: run-queue waits so far")          \
  X(kPrevTid, "prev_tid", "", "thread that left the CPU")                                 \
  X(kPrevPid, "prev_pid", "", "process of prev_tid")                                      \
  X(kPrevComm, "prev_comm", "", "comm of prev_tid")                                       \
  X(kPrevState, "prev_state", "", "state of prev_tid: R (runnable), S, D, T, t, X, P, I") \
  X(kPrevIowait, "prev_iowait", "", "prev_tid sleeps in D for I/O (in_iowait)")           \
  X(kPrevTraced, "prev_traced", "", "prev_tid is in the target")                          \
  X(kPrevVoluntary, "prev_voluntary_switches", "count",                                   \
    "kernel counter nvcsw of prev_tid, low 32 bits")                                      \
  X(kPrevInvoluntary, "prev_involuntary_switches", "count",                               \
    "kernel counter nivcsw of prev_tid, low 32 bits")                                     \
  X(kPreempted, "preempted", "", "preempted in the kernel")                               \
  X(kThrottled, "throttled", "", "the CPU quota of its cgroup was used up")               \
  X(kNrRunning, "nr_running", "count", "runnable tasks on this run queue")                \
  X(kPolicy, "policy", "", "SCHED_* number")                                              \
  X(kPrio, "prio", "", "kernel priority: 0-99 real time, 100-139 fair")                   \
  X(kNice, "nice", "", "nice value")                                                      \
  X(kTraced, "traced", "", "tid is in the target")                                        \
  X(kWakerTid, "waker_tid", "", "thread that woke tid")                                   \
  X(kWakerPid, "waker_pid", "", "process of waker_tid")                                   \
  X(kWakerComm, "waker_comm", "", "comm of waker_tid")                                    \
  X(kFromCpu, "from_cpu", "", "CPU it leaves")                                            \
  X(kToCpu, "to_cpu", "", "CPU it moves to")                                              \
  X(kBehindTid, "behind_tid", "", "thread that ran while tid waited; absent = not known") \
  X(kBehindComm, "behind_comm", "", "comm of behind_tid")                                 \
  X(kBehindNs, "behind_ns", "ns", "how long behind_tid ran meanwhile")                    \
  X(kKind, "kind", "", "kind of the event, where a type has several")                     \
  X(kStartNs, "start_ns", "ns", "start time of the task, CLOCK_BOOTTIME")                 \
  X(kParentPid, "parent_pid", "", "parent process")                                       \
  X(kParentTid, "parent_tid", "", "thread that created it")                               \
  X(kState, "state", "", "task state, as prev_state")                                     \
  X(kCgroupId, "cgroup_id", "", "cgroup v2 id")                                           \
  X(kCgroup, "cgroup", "", "path below the cgroup v2 mount")                              \
  X(kPcount, "pcount", "count", "kernel counter: times switched in")                      \
  X(kVoluntary, "voluntary_switches", "count", "kernel counter nvcsw")                    \
  X(kInvoluntary, "involuntary_switches", "count", "kernel counter nivcsw")               \
  X(kMinorFaults, "minor_faults", "count", "kernel counter min_flt")                      \
  X(kMajorFaults, "major_faults", "count", "kernel counter maj_flt")                      \
  X(kRuntimeNs, "exec_runtime_ns", "ns", "kernel counter: time on a CPU")                 \
  X(kCloneFlags, "clone_flags", "", "CLONE_* bits")                                       \
  X(kOldTid, "old_tid", "", "tid before the exec")                                        \
  X(kNsTid, "ns_tid", "", "tid in its own pid namespace")                                 \
  X(kNsPid, "ns_pid", "", "pid in its own pid namespace")                                 \
  X(kNsInode, "ns_inode", "", "inode of that pid namespace")                              \
  X(kNsLevel, "ns_level", "", "pid namespaces above it")                                  \
  X(kFile, "file", "", "path of the program")                                             \
  X(kInterpreter, "interpreter", "", "interpreter of a script")                           \
  X(kArgv, "argv", "", "a JSON list of strings")                                          \
  X(kArgvBytes, "argv_bytes", "bytes", "size of argv in the kernel")                      \
  X(kArgvCut, "argv_cut", "", "argv is cut")                                              \
  X(kErrno, "errno", "", "error of a failed call")                                        \
  X(kExitCode, "exit_code", "", "exit code")                                              \
  X(kExitSignal, "exit_signal", "", "signal that ended it")                               \
  X(kCoreDumped, "core_dumped", "", "a core was dumped")                                  \
  X(kProcessEnded, "process_ended", "", "no thread of the process is left")               \
  X(kAutoreaped, "autoreaped", "", "the parent ignores SIGCHLD: it is never a zombie")    \
  X(kHeirPid, "heir_pid", "", "process that inherits its children")                       \
  X(kLiveThreads, "live_threads", "count", "threads of the process that are left")        \
  X(kSelects, "selects", "", "children it waits for: one, any, any of a group")           \
  X(kSelectedPid, "selected_pid", "", "the child it waits for")                           \
  X(kWaitOptions, "wait_options", "", "options as passed to waitid")                      \
  X(kAddress, "address", "", "faulting address")                                          \
  X(kTookNs, "took_ns", "ns", "from the entry of the fault to its accounting")            \
  X(kPlace, "place", "", "kind of mapping: heap, stack, anonymous, file, ...")            \
  X(kAllocatedBytes, "allocated_bytes", "bytes", "memory allocated for the fault")        \
  X(kResolved, "resolved", "", "the access succeeded and the kernel counted the fault")   \
  X(kMajor, "major", "", "counted in maj_flt")                                            \
  X(kWrite, "write", "", "the access was a write")                                        \
  X(kByKernel, "by_kernel", "", "access by the kernel")                                   \
  X(kSignal, "signal", "", "signal that the fault raised")                                \
  X(kChildPid, "child_pid", "", "the new process")                                        \
  X(kForkNs, "fork_ns", "ns", "duration of the system call in the parent")                \
  X(kAnonBytes, "anon_bytes", "bytes", "anonymous memory of the parent at the fork")      \
  X(kCopies, "copies", "count", "kernel counter wpcopy_count")                            \
  X(kDev, "dev", "", "device of the file, major:minor")                                   \
  X(kInode, "inode", "", "inode number of the file")                                      \
  X(kPath, "path", "", "path from the root of its file system")                           \
  X(kFsType, "fs", "", "type of the file system")                                         \
  X(kPage, "page", "", "first page of the file")                                          \
  X(kLastPage, "last_page", "", "last page of the file")                                  \
  X(kPages, "pages", "count", "number of pages")                                          \
  X(kCachedPages, "cached_pages", "count", "kernel counter: cached pages of the file")    \
  X(kCause, "cause", "", "cause of an eviction")                                          \
  X(kUntilNs, "until_ns", "ns", "end of the span in which records were lost")             \
  X(kCount, "count", "count", "number of events")                                         \
  X(kKey, "key", "", "what value or count refers to")                                     \
  X(kValue, "value", "", "value of key")                                                  \
  X(kWallNs, "wall_ns", "ns", "CLOCK_REALTIME at time_ns")                                \
  X(kCpus, "cpus", "count", "online")

enum class Field : std::uint8_t {
#define HT_FIELD_ENUM(name, key, unit, meaning) name,
  HT_EVENT_FIELDS(HT_FIELD_ENUM)
#undef HT_FIELD_ENUM
      kEnd
};

struct FieldName {
  std::string_view key;
  std::string_view unit;  // "" = none: a text, an id or a truth
  std::string_view meaning;
};

inline constexpr std::array kFieldNames = {
#define HT_FIELD_NAME(name, key, unit, meaning) FieldName{key, unit, meaning},
    HT_EVENT_FIELDS(HT_FIELD_NAME)
#undef HT_FIELD_NAME
};

class EventRow {
 public:
  enum class Type : std::uint8_t { kUnsigned, kSigned, kTruth, kText, kJson };
  struct Value {
    Type type = Type::kUnsigned;
    std::uint64_t number = 0;  // of a kSigned: the same bits
    std::string text;          // hostile; of a kJson: ready
  };

  // `kind` must outlive the row: "switch".
  void begin(std::string_view kind) {
    kind_ = kind;
    used_.clear();
    is_set_ = {};
  }
  void number(Field field, std::uint64_t value) { slot(field, Type::kUnsigned).number = value; }
  void negative(Field field, std::int64_t value) {
    slot(field, Type::kSigned).number = static_cast<std::uint64_t>(value);
  }
  void truth(Field field, bool value) { slot(field, Type::kTruth).number = value ? 1 : 0; }
  void text(Field field, std::string_view value) { slot(field, Type::kText).text.assign(value); }
  void json(Field field, std::string_view value) { slot(field, Type::kJson).text.assign(value); }

  [[nodiscard]] std::string_view kind() const { return kind_; }
  [[nodiscard]] const std::vector<Field>& used() const { return used_; }  // as they were set
  [[nodiscard]] bool has(Field field) const { return is_set_[static_cast<std::size_t>(field)]; }
  [[nodiscard]] const Value& operator[](Field field) const {
    return values_[static_cast<std::size_t>(field)];
  }

 private:
  Value& slot(Field field, Type type) {
    const auto index = static_cast<std::size_t>(field);
    if (!is_set_[index]) used_.push_back(field);
    is_set_[index] = true;
    values_[index].type = type;
    return values_[index];
  }

  std::string_view kind_;
  std::vector<Field> used_;
  std::array<bool, kFieldNames.size()> is_set_{};
  std::array<Value, kFieldNames.size()> values_;
};

// Appends the value of a number or a truth, as JSON and CSV both have it.
void append_plain(std::string& out, const EventRow::Value& value);

}  // namespace hoodtrace
