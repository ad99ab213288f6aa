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
  X(kTimeNs, "time_ns", "ns", "when, CLOCK_BOOTTIME")                                     \
  X(kCpu, "cpu", "", "where it was seen")                                                 \
  X(kTid, "tid", "", "the thread that it is about; 0 = idle")                             \
  X(kPid, "pid", "", "its process")                                                       \
  X(kComm, "comm", "", "its name at that moment")                                         \
  X(kWaitNs, "wait_ns", "ns", "in run queues until now")                                  \
  X(kRunDelayNs, "run_delay_ns", "ns", "all its run-queue waits, the kernel's own count") \
  X(kPrevTid, "prev_tid", "", "the thread that left the CPU")                             \
  X(kPrevPid, "prev_pid", "", "its process")                                              \
  X(kPrevComm, "prev_comm", "", "its name")                                               \
  X(kPrevState, "prev_state", "", "what it became: R (runnable), S, D, T, t, X, P, I")    \
  X(kPrevTraced, "prev_traced", "", "it is in the target")                                \
  X(kPrevVoluntary, "prev_voluntary_switches", "count", "its own count, low 32 bits")     \
  X(kPrevInvoluntary, "prev_involuntary_switches", "count", "its own count, low 32 bits") \
  X(kPreempted, "preempted", "", "it lost the CPU inside the kernel")                     \
  X(kThrottled, "throttled", "", "its cgroup's CPU quota was used up")                    \
  X(kNrRunning, "nr_running", "count", "runnable tasks on this run queue")                \
  X(kPolicy, "policy", "", "SCHED_* number")                                              \
  X(kPrio, "prio", "", "the kernel's priority: 0-99 real time, 100-139 fair")             \
  X(kNice, "nice", "", "")                                                                \
  X(kTraced, "traced", "", "the thread is in the target")                                 \
  X(kWakerTid, "waker_tid", "", "the thread that woke it")                                \
  X(kWakerPid, "waker_pid", "", "its process")                                            \
  X(kWakerComm, "waker_comm", "", "its name")                                             \
  X(kFromCpu, "from_cpu", "", "")                                                         \
  X(kToCpu, "to_cpu", "", "")                                                             \
  X(kBehindTid, "behind_tid", "", "who ran while it waited; none = not remembered")       \
  X(kBehindComm, "behind_comm", "", "its name")                                           \
  X(kBehindNs, "behind_ns", "ns", "that long")                                            \
  X(kKind, "kind", "", "which of several: of a life, an exec, a wait, ...")               \
  X(kStartNs, "start_ns", "ns", "when it was started, CLOCK_BOOTTIME")                    \
  X(kParentPid, "parent_pid", "", "")                                                     \
  X(kParentTid, "parent_tid", "", "the thread that made it")                              \
  X(kState, "state", "", "as prev_state")                                                 \
  X(kCgroupId, "cgroup_id", "", "cgroup v2")                                              \
  X(kCgroup, "cgroup", "", "its path below the cgroup mount")                             \
  X(kPcount, "pcount", "count", "times it was switched in, the kernel's own count")       \
  X(kVoluntary, "voluntary_switches", "count", "the kernel's own count")                  \
  X(kInvoluntary, "involuntary_switches", "count", "the kernel's own count")              \
  X(kMinorFaults, "minor_faults", "count", "the kernel's own count")                      \
  X(kMajorFaults, "major_faults", "count", "the kernel's own count")                      \
  X(kRuntimeNs, "exec_runtime_ns", "ns", "on a CPU, the kernel's own count")              \
  X(kCloneFlags, "clone_flags", "", "CLONE_* bits")                                       \
  X(kOldTid, "old_tid", "", "the tid it had before its exec")                             \
  X(kNsTid, "ns_tid", "", "its tid in its own pid namespace")                             \
  X(kNsPid, "ns_pid", "", "")                                                             \
  X(kNsInode, "ns_inode", "", "of that pid namespace")                                    \
  X(kNsLevel, "ns_level", "", "namespaces above it")                                      \
  X(kFile, "file", "", "the program")                                                     \
  X(kInterpreter, "interpreter", "", "of a script")                                       \
  X(kArgv, "argv", "", "a JSON list of strings")                                          \
  X(kArgvBytes, "argv_bytes", "bytes", "as the kernel held it")                           \
  X(kArgvCut, "argv_cut", "", "argv is not all of it")                                    \
  X(kErrno, "errno", "", "why it failed")                                                 \
  X(kExitCode, "exit_code", "", "")                                                       \
  X(kExitSignal, "exit_signal", "", "the signal that ended it")                           \
  X(kCoreDumped, "core_dumped", "", "")                                                   \
  X(kProcessEnded, "process_ended", "", "no thread of the process is left")               \
  X(kAutoreaped, "autoreaped", "", "its parent ignores its end: it is no zombie")         \
  X(kHeirPid, "heir_pid", "", "who inherits its children")                                \
  X(kLiveThreads, "live_threads", "count", "threads of the process that are left")        \
  X(kSelects, "selects", "", "whom it waits for: one child, any, any of a group")         \
  X(kSelectedPid, "selected_pid", "", "the one child that is waited for")                 \
  X(kWaitOptions, "wait_options", "", "as given to waitid")                               \
  X(kAddress, "address", "", "that was touched")                                          \
  X(kTookNs, "took_ns", "ns", "from the entry of the fault to its accounting")            \
  X(kPlace, "place", "", "what the mapping is: heap, stack, anonymous, file, ...")        \
  X(kAllocatedBytes, "allocated_bytes", "bytes", "for the fault")                         \
  X(kResolved, "resolved", "", "the access went on, and the kernel counted the fault")    \
  X(kMajor, "major", "", "counted as major")                                              \
  X(kWrite, "write", "", "the access was a write")                                        \
  X(kByKernel, "by_kernel", "", "the kernel touched the memory")                          \
  X(kSignal, "signal", "", "that the fault ended in")                                     \
  X(kChildPid, "child_pid", "", "the new process")                                        \
  X(kForkNs, "fork_ns", "ns", "the system call itself, in the parent")                    \
  X(kAnonBytes, "anon_bytes", "bytes", "anonymous memory of the parent at the fork")      \
  X(kCopies, "copies", "count", "pages copied on a write, the kernel's own count")        \
  X(kDev, "dev", "", "a file's device, major:minor")                                      \
  X(kInode, "inode", "", "a file's")                                                      \
  X(kPath, "path", "", "from the root of its file system")                                \
  X(kFsType, "fs", "", "type of file system")                                             \
  X(kPage, "page", "", "of a file: the first")                                            \
  X(kLastPage, "last_page", "", "of a file")                                              \
  X(kPages, "pages", "count", "so many from there on")                                    \
  X(kCachedPages, "cached_pages", "count", "pages of the file, the kernel's own count")   \
  X(kCause, "cause", "", "of an eviction")                                                \
  X(kUntilNs, "until_ns", "ns", "the end of the span in which records were lost")         \
  X(kCount, "count", "count", "so many of kind or key")                                   \
  X(kKey, "key", "", "what value or count tells of")                                      \
  X(kValue, "value", "", "of key")                                                        \
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
