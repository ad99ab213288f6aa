// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/rows/event_rows.hpp"

#include <cctype>

#include "base/text.hpp"
#include "event/feed.hpp"
#include "event/move_words.hpp"
#include "output/exit_status.hpp"

namespace hoodtrace {

namespace {

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

std::string_view row_kind(std::uint16_t type) {
  static const auto kKinds = [] {
    std::array<std::string, 128> kinds;
#define HT_ROW_KIND(id, NAME, record) kinds[id] = lower_case(#NAME);
    HT_EVENTS(HT_ROW_KIND)
#undef HT_ROW_KIND
    return kinds;
  }();
  return type < kKinds.size() && !kKinds[type].empty() ? std::string_view(kKinds[type]) : "?";
}

std::vector<std::string_view> row_kinds() {
  return {
#define HT_ROW_KIND(id, NAME, record) row_kind(id),
      HT_EVENTS(HT_ROW_KIND)
#undef HT_ROW_KIND
          kSummaryKind};
}

void EventRows::on_event(const Event& event) {
  feed(waits_, event);
  event.visit([this](const auto& record) { row(record); });
}

// ---- what rows share ----

void EventRows::begin(const ht_header& head) {
  row_.begin(row_kind(head.type));
  row_.number(Field::kTimeNs, head.time_ns);
  if (head.cpu != HT_NO_CPU) row_.number(Field::kCpu, head.cpu);
  if (head.tid != 0) set_who(head.tid, Field::kTid, Field::kPid, Field::kComm);
}

void EventRows::finish_row() {
  if (!machine_id_.empty()) row_.text(Field::kMachineId, machine_id_);
  if (!boot_id_.empty()) row_.text(Field::kBootId, boot_id_);
  if (is_wanted_(row_.kind())) row_.finish_row();
}

void EventRows::set_who(std::uint32_t tid, Field tid_field, Field pid_field, Field comm_field) {
  row_.number(tid_field, tid);
  const TaskId id = tasks_.find(tid);
  if (id == kNoTask) return;
  if (tasks_[id].pid != 0) row_.number(pid_field, tasks_[id].pid);
  if (const std::string_view comm = comm_view(tasks_[id]); !comm.empty())
    row_.text(comm_field, comm);
}

void EventRows::set_pid(std::uint32_t pid) {
  if (pid != 0) row_.number(Field::kPid, pid);
}

void EventRows::set_ns(Field field, std::uint64_t ns) {
  if (ns != HT_UNKNOWN_NS) row_.number(field, ns);
}

void EventRows::set_state(Field field, TaskState state) {
  const char letter = letter_of(state);
  row_.text(field, {&letter, 1});
}

void EventRows::set_wait_status(std::uint32_t wait_status) {
  const ExitStatus status = read_wait_status(wait_status);
  if (status.signal == 0) {
    row_.number(Field::kExitCode, status.code);
    return;
  }
  row_.number(Field::kExitSignal, status.signal);
  row_.truth(Field::kCoreDumped, status.dumped);
}

// ---- the scheduler ----

void EventRows::set_wait(const ht_switch& record) {
  const TaskId id = tasks_.find(record.head.tid);
  if (id == kNoTask || (record.flags & HT_SWITCH_NEXT_TRACED) == 0) return;
  waits_.take_long_waits(ended_waits_);
  for (const LongWait& wait : ended_waits_)
    if (wait.task == id && wait.time_ns == record.head.time_ns)
      return row_.number(Field::kWaitNs, wait.wait_ns);
  if (record.flags & HT_SWITCH_EXACT && record.wait_ns != HT_UNKNOWN_NS)
    row_.number(Field::kWaitNs, 0);
}

void EventRows::row(const ht_switch& record) {
  begin(record.head);
  if (record.head.tid == 0) row_.number(Field::kTid, 0);
  set_pid(record.next_pid);
  set_wait(record);
  if (record.flags & HT_SWITCH_EXACT) row_.number(Field::kRunDelayNs, record.run_delay_ns);
  set_who(record.prev_tid, Field::kPrevTid, Field::kPrevPid, Field::kPrevComm);
  const bool preempted = (record.flags & HT_SWITCH_PREEMPT) != 0;
  set_state(Field::kPrevState, prev_state(record));
  if (prev_state(record) == TaskState::kUninterruptible && record.flags & HT_SWITCH_PREV_IOWAIT)
    row_.truth(Field::kPrevIowait, true);
  row_.truth(Field::kPreempted, preempted);
  // Of a runnable prev only: PREV_OWN_DEADLINE and PREV_IOWAIT are the same bit.
  if (prev_state(record) == TaskState::kRunnable &&
      record.flags & (HT_SWITCH_PREV_THROTTLED | HT_SWITCH_PREV_OWN_DEADLINE))
    row_.truth(Field::kThrottled, true);
  row_.number(Field::kPrevVoluntary, record.prev_nvcsw);
  row_.number(Field::kPrevInvoluntary, record.prev_nivcsw);
  row_.truth(Field::kPrevTraced, (record.flags & HT_SWITCH_PREV_TRACED) != 0);
  row_.truth(Field::kTraced, (record.flags & HT_SWITCH_NEXT_TRACED) != 0);
  row_.number(Field::kNrRunning, record.nr_running);
  if (record.head.tid != 0) {
    row_.number(Field::kPolicy, next_policy(record));
    if (record.next_policy & HT_POLICY_PINNED) row_.truth(Field::kPinned, true);
    if (record.next_prio == 255)  // a byte: SCHED_DEADLINE's is -1
      row_.negative(Field::kPrio, -1);
    else
      row_.number(Field::kPrio, record.next_prio);
    row_.negative(Field::kNice, record.next_nice);
  }
  finish_row();
}

void EventRows::row(const ht_waking& record) {
  begin(record.head);
  set_who(record.waker_tid, Field::kWakerTid, Field::kWakerPid, Field::kWakerComm);
  set_waker_context(record);
  finish_row();
}

void EventRows::row(const ht_wakeup& record) {
  begin(record.head);
  row_.number(Field::kToCpu, record.target_cpu);
  row_.text(Field::kKind, record.flags & HT_WAKEUP_NEW       ? "new"
                          : record.flags & HT_WAKEUP_RUNNING ? "running"
                                                             : "queued");
  finish_row();
}

void EventRows::row(const ht_migrate& record) {
  begin(record.head);
  row_.number(Field::kFromCpu, record.from_cpu);
  row_.number(Field::kToCpu, record.to_cpu);
  if (record.reason != 0) row_.text(Field::kReason, move_word(record.reason));
  finish_row();
}

void EventRows::row(const ht_behind& record) {
  for (std::uint32_t i = 0; i < record.count; i++) {
    begin(record.head);
    const ht_segment& segment = record.segments[i];
    row_.number(Field::kBehindTid, segment.tid);
    if (segment.tid != 0) {
      const TaskId id = tasks_.find(segment.tid);
      if (id != kNoTask) row_.text(Field::kBehindComm, comm_view(tasks_[id]));
    }
    row_.number(Field::kBehindNs, segment.ns);
    finish_row();
  }
  if (record.rest_ns == 0) return;
  begin(record.head);
  row_.number(Field::kBehindNs, record.rest_ns);
  finish_row();
}

// ---- tasks ----

void EventRows::set_task(const ht_task& task) {
  set_pid(task.pid);
  row_.text(Field::kComm, fixed_string(task.comm));
  row_.truth(Field::kTraced, (task.flags & HT_TASK_TRACED) != 0);
  row_.number(Field::kStartNs, task.start_boottime_ns);
  if (task.parent_pid != 0) row_.number(Field::kParentPid, task.parent_pid);
  const bool on_cpu = (task.flags & HT_TASK_ON_CPU) != 0;
  set_state(Field::kState, on_cpu ? TaskState::kRunnable : task_state(task.state));
  row_.number(Field::kPolicy, task.policy);
  row_.number(Field::kPrio, task.prio);
  row_.negative(Field::kNice, task.nice);
  if (task.cgroup_id != 0) {
    row_.number(Field::kCgroupId, task.cgroup_id);
    const std::string_view path = tasks_.cgroup_path(task.cgroup_id);
    if (!path.empty()) row_.text(Field::kCgroup, path);
  }
  if (task.flags & HT_TASK_EXACT) {
    row_.number(Field::kRunDelayNs, task.run_delay_ns);
    row_.number(Field::kPcount, task.pcount);
  }
  row_.number(Field::kVoluntary, task.nvcsw);
  row_.number(Field::kInvoluntary, task.nivcsw);
  row_.number(Field::kMinorFaults, task.min_flt);
  row_.number(Field::kMajorFaults, task.maj_flt);
  row_.number(Field::kRuntimeNs, task.exec_runtime_ns);
}

void EventRows::task_row(const ht_task& task) {
  begin(task.head);
  set_task(task);
  finish_row();
}

void EventRows::row(const ht_task_new& record) {
  begin(record.task.head);
  set_task(record.task);
  row_.number(Field::kCloneFlags, record.clone_flags);
  row_.number(Field::kParentTid, record.parent_tid);
  finish_row();
}

void EventRows::row(const ht_task_name& record) {
  begin(record.head);
  set_pid(record.pid);
  row_.text(Field::kComm, fixed_string(record.comm));
  finish_row();
}

void EventRows::row(const ht_task_exec& record) {
  begin(record.head);
  set_pid(record.pid);
  row_.number(Field::kOldTid, record.old_tid);
  finish_row();
}

void EventRows::row(const ht_task_cgroup& record) {
  begin(record.head);
  row_.number(Field::kCgroupId, record.cgroup_id);
  const std::string_view path = tasks_.cgroup_path(record.cgroup_id);
  if (!path.empty()) row_.text(Field::kCgroup, path);
  finish_row();
}

void EventRows::row(const ht_task_pids& record) {
  begin(record.head);
  set_pid(record.pid);
  row_.number(Field::kNsTid, record.ns_tid);
  row_.number(Field::kNsPid, record.ns_pid);
  row_.number(Field::kNsInode, record.ns_inode);
  row_.number(Field::kNsLevel, record.level);
  finish_row();
}

void EventRows::row(const ht_cgroup_name& record) {
  begin(record.head);
  row_.number(Field::kCgroupId, record.cgroup_id);
  row_.text(Field::kCgroup, tasks_.cgroup_path(record.cgroup_id));
  finish_row();
}

}  // namespace hoodtrace
