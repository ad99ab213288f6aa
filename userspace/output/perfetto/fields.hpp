// SPDX-License-Identifier: GPL-2.0-or-later
// Field numbers of Perfetto's trace format (protos/perfetto/trace in its repository): those that we
// write, by message.
#pragma once

#include <cstdint>

namespace hoodtrace::pf {

enum Trace : std::uint32_t { kPacket = 1 };

namespace packet {  // trace_packet.proto
enum : std::uint32_t {
  kFtraceEvents = 1,
  kProcessTree = 2,
  kClockSnapshot = 6,
  kTimestamp = 8,
  kSequenceId = 10,
  kTrackEvent = 11,
  kSequenceFlags = 13,
  kSystemInfo = 45,
  kTrackDescriptor = 60,
};
inline constexpr std::uint32_t kStateCleared = 1;  // SEQ_INCREMENTAL_STATE_CLEARED
}  // namespace packet

namespace clock {  // clock_snapshot.proto, builtin_clock.proto
enum : std::uint32_t { kClocks = 1, kPrimary = 2 };
enum : std::uint32_t { kId = 1, kTimestamp = 2 };
inline constexpr std::uint32_t kRealtime = 1;
inline constexpr std::uint32_t kBoottime = 6;
}  // namespace clock

namespace system {  // system_info.proto
enum : std::uint32_t { kUtsname = 1, kSysname = 1, kRelease = 3, kMachine = 4 };
}

namespace tree {  // process_tree.proto
enum : std::uint32_t { kProcesses = 1, kThreads = 2 };
enum Process : std::uint32_t {
  kPid = 1,
  kParentPid = 2,
  kCmdline = 3,
  kStartFromBoot = 7,
  kIsKthread = 8,
  kCmdlineIsComm = 9
};
enum Thread : std::uint32_t { kTid = 1, kName = 2, kTgid = 3 };
}  // namespace tree

namespace bundle {  // ftrace_event_bundle.proto
enum : std::uint32_t { kCpu = 1, kEvent = 2, kLostEvents = 3 };
}

namespace event {  // ftrace_event.proto
enum : std::uint32_t {
  kTimestamp = 1,
  kPid = 2,
  kSchedSwitch = 4,
  kSchedWakeup = 17,
  kSchedWaking = 20,
  kSchedWakeupNew = 114,
  kTaskNewtask = 235,
  kTaskRename = 236,
  kSchedProcessExec = 237,
  kSchedProcessExit = 238,
  kSchedProcessFree = 240,
  kSchedMigrateTask = 491,
};
}

namespace sched {  // sched.proto
enum Switch : std::uint32_t {
  kPrevComm = 1,
  kPrevPid = 2,
  kPrevPrio = 3,
  kPrevState = 4,
  kNextComm = 5,
  kNextPid = 6,
  kNextPrio = 7
};
enum Wakeup : std::uint32_t { kComm = 1, kPid = 2, kPrio = 3, kSuccess = 4, kTargetCpu = 5 };
enum Migrate : std::uint32_t { kOrigCpu = 4, kDestCpu = 5 };
enum Exec : std::uint32_t { kFilename = 1, kExecPid = 2, kOldPid = 3 };
enum Exit : std::uint32_t { kExitComm = 1, kExitPid = 2, kExitTgid = 3 };
enum Free : std::uint32_t { kFreeComm = 1, kFreePid = 2 };
}  // namespace sched

namespace task {  // task.proto
enum New : std::uint32_t { kPid = 1, kComm = 2, kCloneFlags = 3 };
enum Rename : std::uint32_t { kRenamePid = 1, kOldComm = 2, kNewComm = 3 };
}  // namespace task

namespace track {  // track_descriptor.proto, thread_descriptor.proto, counter_descriptor.proto
enum : std::uint32_t {
  kUuid = 1,
  kName = 2,
  kThread = 4,
  kParentUuid = 5,
  kCounter = 8,
  kChildOrdering = 11,
  kSiblingRank = 12
};
inline constexpr std::int32_t kByRank = 3;  // ChildTracksOrdering EXPLICIT
enum Thread : std::uint32_t { kPid = 1, kTid = 2, kThreadName = 5 };
enum Counter : std::uint32_t { kUnit = 3, kYAxisShareKey = 7 };
inline constexpr std::int32_t kUnitCount = 2;
}  // namespace track

namespace slice {  // track_event.proto
enum : std::uint32_t {
  kAnnotations = 4,
  kType = 9,
  kTrackUuid = 11,
  kCategories = 22,
  kName = 23,
  kCounterValue = 30,
  kDoubleCounterValue = 44,
  kFlows = 47,     // fixed64
  kLastFlows = 48  // terminating_flow_ids
};
enum Type : std::int32_t { kBegin = 1, kEnd = 2, kInstant = 3, kCounter = 4 };
}  // namespace slice

namespace annotation {  // debug_annotation.proto
enum : std::uint32_t { kBool = 2, kUint = 3, kString = 6, kName = 10, kDict = 11, kArray = 12 };
}

}  // namespace hoodtrace::pf
