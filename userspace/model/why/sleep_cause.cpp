// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/why/sleep_cause.hpp"

#include "event/task_state.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint16_t kWakeKill = 0x0100;  // TASK_WAKEKILL

// include/uapi/linux/futex.h
constexpr std::uint64_t kFutexPrivate = 128;
constexpr std::uint64_t kFutexCommands = 127;  // without FUTEX_CLOCK_REALTIME (256) too
constexpr std::uint64_t kFutexWait = 0;
constexpr std::uint64_t kFutexWaitBitset = 9;
constexpr std::uint64_t kFutexLockPi = 6;
constexpr std::uint64_t kFutexLockPi2 = 13;
constexpr std::uint32_t kFutexWaiters = 0x80000000;  // FUTEX_WAITERS
constexpr std::uint32_t kFutexTid = 0x3fffffff;      // FUTEX_TID_MASK
// A lock's word while others wait for it: glibc's lll_lock, Rust's and musl's are the same.
constexpr std::uint32_t kContended = 2;
// A word of glibc's read-write lock while somebody waits for it (nptl/pthread_rwlock_common.c).
constexpr std::uint32_t kRwlockWaitedFor = 3;

WhyReason reason_of_lock(const ht_sleep& sleep) {
  switch (sleep.which) {
    case HT_LOCK_OF_MM:
      return WhyReason::kMmapLock;
    case HT_LOCK_OF_INODE:
      return WhyReason::kInodeLock;
    case HT_LOCK_OF_POSITION:
      return WhyReason::kPositionLock;
    case HT_LOCK_OF_PIPE:
      return WhyReason::kPipeLock;
    default:
      break;
  }
  switch (sleep.lock) {
    case HT_LOCK_SEMAPHORE:
      return WhyReason::kSemaphore;
    case HT_LOCK_RWSEM_READ:
    case HT_LOCK_RWSEM_WRITE:
      return WhyReason::kRwsem;
    default:
      return WhyReason::kMutex;
  }
}

void set_object(WhyObjectKind kind, std::uint64_t object, WhyCause& cause) {
  if (object == 0) return;
  cause.object_kind = kind;
  cause.object = object;
}

// A splice that sleeps for room. Older recordings, and 32-bit calls, do not have which file it is.
bool is_for_output(const ht_sleep& sleep, const CallKind& kind) {
  const auto in = static_cast<std::uint32_t>(sleep.args[0]);
  const auto out = static_cast<std::uint32_t>(sleep.args[kind.output_is_second ? 1 : 2]);
  return sleep.value == out && sleep.value != in;
}

}  // namespace

// It may have ended by now: that can be what the sleep was for.
bool SleepCauses::is_thread_of(std::uint32_t tid, std::uint32_t pid) const {
  const TaskId task = tid != 0 && tid < HT_PID_LIMIT ? tasks_.find(tid) : kNoTask;
  return task != kNoTask && tasks_[task].pid == pid;
}

void SleepCauses::set_by(std::uint32_t tid, WhyRelation relation, WhyCause& cause) const {
  cause.relation = relation;
  cause.by_tid = tid;
  cause.by = tasks_.who(tid);
}

void SleepCauses::set_lock(const ht_sleep& sleep, WhyCause& cause) const {
  cause.part = WhyPart::kBlocked;
  if (sleep.lock == HT_LOCK_RT_MUTEX) {
    cause.reason = WhyReason::kFutexLock;
    set_object(WhyObjectKind::kAddress, sleep.args[0], cause);
  } else {
    cause.reason = reason_of_lock(sleep);
    if (sleep.which == HT_LOCK_OF_INODE || sleep.which == HT_LOCK_OF_POSITION ||
        sleep.which == HT_LOCK_OF_PIPE)
      set_object(WhyObjectKind::kFile, sleep.object, cause);
  }
  if (sleep.owner_tid != 0 && !(sleep.flags & HT_SLEEP_READER))
    set_by(sleep.owner_tid, WhyRelation::kHolder, cause);
}

void SleepCauses::set_place(const ht_sleep& sleep, WhyCause& cause) const {
  const WhyPlaces::Place* place = places_.find(sleep.stack);
  if (place == nullptr) {
    cause.reason = cause.call >= 0 ? WhyReason::kCall : WhyReason::kKernel;
    return;
  }
  cause.reason = place->reason;
  // A fault that user space resolves (userfaultfd) sleeps interruptibly.
  if (place->in_fault) cause.part = WhyPart::kBlocked;
  if (cause.reason == WhyReason::kRwsem && sleep.state & kWakeKill &&
      sleep.which == HT_LOCK_OF_MM) {
    cause.reason = WhyReason::kMmapLock;
    if (sleep.owner_tid != 0 && !(sleep.flags & HT_SLEEP_READER))
      set_by(sleep.owner_tid, WhyRelation::kHolder, cause);
    return;
  }
  const bool is_general =
      cause.reason == WhyReason::kKernel || cause.reason == WhyReason::kPageLock;
  if (place->in_fault && is_general) {
    cause.reason = WhyReason::kPageFault;
    set_object(WhyObjectKind::kFile, sleep.faulted, cause);
    return;
  }
  if (!place->in_fault) set_object(WhyObjectKind::kFile, sleep.object, cause);
  // read(2) waits for a page that is being read: the call says more.
  if (cause.call >= 0 && cause.reason == WhyReason::kPageLock) cause.reason = WhyReason::kCall;
  if (cause.reason != WhyReason::kKernel) return;
  if (cause.call >= 0) {
    cause.reason = WhyReason::kCall;
  } else {
    cause.object_kind = WhyObjectKind::kFunction;
    cause.object = place->function;
  }
}

void SleepCauses::set_futex(const ht_sleep& sleep, std::uint32_t pid, WhyCause& cause) const {
  const std::uint64_t command = sleep.args[1] & kFutexCommands;
  set_object(WhyObjectKind::kAddress, sleep.args[0], cause);
  // pthread_join: the kernel clears the word and wakes when the thread has ended (CLONE_CHILD_CLEARTID).
  if (!(sleep.args[1] & kFutexPrivate) && is_thread_of(sleep.value, pid)) {
    cause.part = WhyPart::kBlocked;
    cause.reason = WhyReason::kThreadEnd;
    set_object(WhyObjectKind::kThread, sleep.value, cause);
    set_by(sleep.value, WhyRelation::kHolder, cause);
    return;
  }
  // A robust mutex has its owner in the word itself.
  if (command == kFutexWait && sleep.value & kFutexWaiters) {
    cause.part = WhyPart::kBlocked;
    cause.reason = WhyReason::kFutexLock;
    const std::uint32_t owner = sleep.value & kFutexTid;
    if (is_thread_of(owner, pid)) set_by(owner, WhyRelation::kHolder, cause);
    return;
  }
  const bool is_pi = command == kFutexLockPi || command == kFutexLockPi2;
  if (is_pi || (command == kFutexWait && sleep.value == kContended)) {
    cause.part = WhyPart::kBlocked;
    cause.reason = WhyReason::kFutexLock;
    if (is_thread_of(sleep.owner_tid, pid)) set_by(sleep.owner_tid, WhyRelation::kHolder, cause);
    return;
  }
  // Of a read-write lock the writer is known, not the readers.
  if (command == kFutexWaitBitset && sleep.value == kRwlockWaitedFor &&
      is_thread_of(sleep.owner_tid, pid)) {
    cause.part = WhyPart::kBlocked;
    cause.reason = WhyReason::kFutexLock;
    return set_by(sleep.owner_tid, WhyRelation::kHolder, cause);
  }
  cause.part = WhyPart::kIdle;
  cause.reason = WhyReason::kFutexWait;
  // glibc's condition has two words, side by side, that take turns (__g_signals).
  cause.object &= ~std::uint64_t{7};
}

void SleepCauses::set_call(const ht_sleep& sleep, std::uint32_t pid, WhyCause& cause) const {
  const CallKind kind = call_kind(cause.table, cause.call);
  cause.reason = WhyReason::kCall;
  cause.part = WhyPart::kBlocked;
  set_object(WhyObjectKind::kFile, sleep.object, cause);
  if (kind.futex) return set_futex(sleep, pid, cause);
  if (kind.waits_for_child) {
    cause.reason = WhyReason::kChild;
    const auto child = static_cast<std::int32_t>(sleep.args[kind.child_is_second ? 1 : 0]);
    if (child > 0) set_object(WhyObjectKind::kProcess, static_cast<std::uint64_t>(child), cause);
    return;
  }
  if (kind.splices && is_for_output(sleep, kind)) return;
  if (kind.waits_for_work || kind.receives) cause.part = WhyPart::kIdle;
}

void SleepCauses::set_waker(const WhySleep& sleep, WhyCause& cause) const {
  if (sleep.ready_object != 0) set_object(WhyObjectKind::kFile, sleep.ready_object, cause);
  if (sleep.waking == nullptr || cause.relation != WhyRelation::kNone) return;
  const ht_waking& waking = *sleep.waking;
  const ht_object* object =
      cause.object_kind == WhyObjectKind::kFile ? objects_.find(cause.object) : nullptr;
  const bool is_socket = object != nullptr && object->kind == HT_OBJECT_SOCKET;
  const CallKind call = call_kind(waking.flags & HT_WAKING_COMPAT ? CallTable::kI386 : native_,
                                  waking.waker_call - 1);
  // Over the loopback device a softirq within the other side's call delivers data, and within that of
  // the receiver the acknowledgement.
  const bool sends = call_kind(cause.table, cause.call).sends;
  const bool is_peer = is_socket && ((sends ? call.receives : call.sends) || call.meets);
  switch (waking.context) {
    case HT_CONTEXT_HARDIRQ:
      if (cause.part != WhyPart::kDisk) cause.relation = WhyRelation::kTimer;
      return;
    case HT_CONTEXT_SOFTIRQ:
      if (is_peer) return set_by(waking.waker_tid, WhyRelation::kWaker, cause);
      if (cause.part != WhyPart::kDisk)
        cause.relation = is_socket ? WhyRelation::kNetwork : WhyRelation::kTimer;
      return;
    default:
      if (waking.waker_tid == 0) return;
      // A join in a pid namespace, whose word is not our tid: the kernel wakes it in the thread's exit.
      if (cause.reason == WhyReason::kFutexWait && call.exit && sleep.began != nullptr &&
          !(sleep.began->args[1] & kFutexPrivate) && is_thread_of(waking.waker_tid, sleep.pid)) {
        cause.part = WhyPart::kBlocked;
        cause.reason = WhyReason::kThreadEnd;
        set_object(WhyObjectKind::kThread, waking.waker_tid, cause);
        return set_by(waking.waker_tid, WhyRelation::kHolder, cause);
      }
      set_by(waking.waker_tid, WhyRelation::kWaker, cause);
      // make waits in pselect6 for SIGCHLD: for its child, and for nothing else to do.
      if (const TaskId by = tasks_.find(waking.waker_tid);
          cause.part == WhyPart::kIdle && call.exit_group && by != kNoTask && sleep.pid != 0 &&
          tasks_[by].parent_pid == sleep.pid) {
        cause.part = WhyPart::kBlocked;
        cause.reason = WhyReason::kChild;
        set_object(WhyObjectKind::kProcess, tasks_[by].pid, cause);
      }
  }
}

CallKind SleepCauses::kind_of(const ht_sleep& sleep) const {
  return call_kind(sleep.flags & HT_SLEEP_COMPAT ? CallTable::kI386 : native_, sleep.call);
}

WhyCause SleepCauses::cause_of(const WhySleep& sleep) const {
  WhyCause cause;
  if (sleep.time == TaskTime::kOther && sleep.began == nullptr) {
    // Born, and not woken for its first run yet: its parent is still in clone.
    cause.part = WhyPart::kBlocked;
    cause.reason = WhyReason::kBirth;
    return cause;
  }
  if (sleep.began == nullptr) {
    cause.part = sleep.time == TaskTime::kDisk      ? WhyPart::kDisk
                 : sleep.time == TaskTime::kStopped ? WhyPart::kStopped
                                                    : WhyPart::kUnknown;
    cause.reason = WhyReason::kNotSeen;
    return cause;
  }
  const ht_sleep& began = *sleep.began;
  cause.call = began.call;
  cause.table = began.flags & HT_SLEEP_COMPAT ? CallTable::kI386 : native_;
  // In an uninterruptible sleep it has not come to the freezer yet (do_freezer_trap(), kernel/signal.c).
  if (began.frozen != 0 && sleep.time == TaskTime::kSleeping) {
    cause.part = WhyPart::kStopped;
    cause.reason = WhyReason::kFreezer;
    cause.call = -1;
    return cause;
  }
  if (sleep.time == TaskTime::kStopped) {
    cause.part = WhyPart::kStopped;
    cause.reason = began.state & task_bits::kTraced ? WhyReason::kTracer : WhyReason::kStopSignal;
    cause.call = -1;
    const std::uint32_t by = began.state & task_bits::kTraced ? began.owner_tid : sleep.stopper_tid;
    if (by != 0) set_by(by, WhyRelation::kStopper, cause);
    return cause;
  }
  const bool in_call = began.call >= 0 && !(began.flags & (HT_SLEEP_KTHREAD | HT_SLEEP_IO_WORKER));
  if (began.lock != HT_LOCK_NONE) {
    set_lock(began, cause);
  } else if (began.stack != 0 || !in_call) {
    cause.part = sleep.time == TaskTime::kSleeping ? WhyPart::kIdle : WhyPart::kBlocked;
    set_place(began, cause);
    if (in_call && cause.reason == WhyReason::kCall) set_call(began, sleep.pid, cause);
  } else {
    set_call(began, sleep.pid, cause);
  }
  if (sleep.time == TaskTime::kDisk) cause.part = WhyPart::kDisk;
  // An uninterruptible sleep is never one for work.
  if (sleep.time == TaskTime::kUninterruptible && cause.part == WhyPart::kIdle)
    cause.part = WhyPart::kBlocked;
  set_waker(sleep, cause);
  return cause;
}

bool SleepCauses::may_be_blocked(const WhyCause& cause) const {
  if (cause.part != WhyPart::kIdle || cause.relation != WhyRelation::kWaker) return false;
  return cause.reason == WhyReason::kFutexWait || call_kind(cause.table, cause.call).receives;
}

}  // namespace hoodtrace
