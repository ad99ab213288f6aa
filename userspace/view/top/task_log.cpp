// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/task_log.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "base/syscalls.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "event/task_state.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kMost = 60;
constexpr std::uint64_t kLongFaultNs = 1'000'000;  // a minor fault that is worth a line

// Why it left its CPU.
std::string_view leaves_words(const ht_switch& record) {
  switch (prev_state(record)) {
    case TaskState::kRunnable:
      return (record.flags & HT_SWITCH_PREV_THROTTLED) != 0 ? "throttled: the quota is used up"
                                                            : "preempted";
    case TaskState::kSleeping:
    case TaskState::kIdle:
      return "sleeps";
    case TaskState::kUninterruptible:
      return (record.flags & HT_SWITCH_PREV_IOWAIT) != 0 ? "sleeps in D, for I/O" : "sleeps in D";
    case TaskState::kStopped:
      return "stopped by a signal";
    case TaskState::kTraced:
      return "stopped by a debugger";
    case TaskState::kDead:
    case TaskState::kZombie:
      return "has ended";
    case TaskState::kParked:
    case TaskState::kOther:
      break;
  }
  return "off its CPU";
}

}  // namespace

void TaskLog::follow(std::optional<TaskOfRow> task) {
  const bool is_same = task && task_ && is_same_task(*task, *task_);
  task_ = task;
  if (is_same) return;
  last_.clear();
  earlier_ = 0;
}

std::optional<TaskMoments> TaskLog::take() {
  if (!task_) return {};
  TaskMoments moments{*task_, {last_.begin(), last_.end()}, std::exchange(earlier_, 0)};
  last_.clear();
  return moments;
}

bool TaskLog::is_it(std::uint32_t tid) const {
  if (!task_ || tid == 0) return false;
  if (task_->tid && *task_->tid != tid) return false;
  const Task& task = tasks_[tasks_.find(tid)];
  if (!task_->tid) return task_->pid == task.pid;
  return !task_->start_ns || task.start_boottime_ns == 0 ||
         task.start_boottime_ns == *task_->start_ns;
}

std::string TaskLog::who(std::uint32_t tid) const {
  if (tid == 0) return "idle";
  const std::string comm = printable(comm_view(tasks_[tasks_.find(tid)]));
  return comm.empty() ? fmt::format("thread {}", tid) : fmt::format("{} ({})", comm, tid);
}

void TaskLog::add(const ht_header& head, std::string text) {
  if (!task_->tid) text = who(head.tid) + ": " + text;
  last_.push_back({head.time_ns, std::move(text)});
  if (last_.size() <= kMost) return;
  last_.pop_front();
  earlier_++;
}

void TaskLog::on(const ht_sleep& record) {
  if (!is_it(record.head.tid)) return;
  const bool is_compat = (record.flags & HT_SLEEP_COMPAT) != 0;
  sleeps_in_ =
      record.call < 0
          ? std::string()
          : std::string(syscall_name(is_compat ? CallTable::kI386 : native_calls(), record.call));
}

void TaskLog::on(const ht_switch& record) {
  if (!task_) return;
  if (is_it(record.prev_tid)) {
    std::string text(leaves_words(record));
    if (prev_state(record) == TaskState::kRunnable)
      text += fmt::format(", then {} runs", who(record.head.tid));
    else if (!sleeps_in_.empty())
      text += " in " + sleeps_in_;
    sleeps_in_.clear();
    ht_header head = record.head;
    head.tid = record.prev_tid;
    add(head, std::move(text));
  }
  if (!is_it(record.head.tid)) return;
  std::string text = fmt::format("runs on CPU {}", record.head.cpu);
  if (record.wait_ns != HT_UNKNOWN_NS && record.wait_ns > 0)
    text += fmt::format(", waited {}", format_duration(record.wait_ns));
  add(record.head, std::move(text));
}

void TaskLog::on(const ht_waking& record) {
  if (!is_it(record.head.tid)) return;
  add(record.head, record.context == HT_CONTEXT_HARDIRQ || record.context == HT_CONTEXT_SOFTIRQ
                       ? "woken by an interrupt"
                       : "woken by " + who(record.waker_tid));
}

void TaskLog::on(const ht_migrate& record) {
  if (is_it(record.head.tid))
    add(record.head, fmt::format("moved from CPU {} to CPU {}", record.from_cpu, record.to_cpu));
}

void TaskLog::on(const ht_fault& record) {
  const bool is_major = (record.facts & HT_FAULT_MAJOR) != 0;
  const bool is_known = record.took_ns != HT_UNKNOWN_NS;
  if (!is_major && record.signal == 0 && !(is_known && record.took_ns >= kLongFaultNs)) return;
  if (!is_it(record.head.tid)) return;
  std::string text = is_major ? "major page fault" : "page fault";
  if (is_known) text += fmt::format(" took {}", format_duration(record.took_ns));
  if (record.signal != 0) text += fmt::format(", ended in signal {}", record.signal);
  add(record.head, std::move(text));
}

void TaskLog::on(const ht_task_new& record) {
  const ht_header& head = record.task.head;
  if (is_it(head.tid)) add(head, "created by " + who(record.parent_tid));
  if (head.tid == record.parent_tid || !is_it(record.parent_tid)) return;
  ht_header parent = head;
  parent.tid = record.parent_tid;
  add(parent, "created " + who(head.tid));
}

void TaskLog::on(const ht_task_exec& record) {
  if (is_it(record.head.tid)) add(record.head, "executes a program");
}

void TaskLog::on(const ht_task_name& record) {
  if (is_it(record.head.tid)) add(record.head, "is called " + printable(fixed_string(record.comm)));
}

void TaskLog::on(const ht_task_cgroup& record) {
  if (is_it(record.head.tid))
    add(record.head, "moved to " + printable(tasks_.cgroup_path(record.cgroup_id)));
}

void TaskLog::on(const ht_task_end& record) {
  if (is_it(record.task.head.tid)) add(record.task.head, "its last switch");
}

void TaskLog::on(const ht_signal& record) {
  if (!is_it(record.head.tid)) return;
  add(record.head, record.sender_tid == 0 ? fmt::format("signal {} from the kernel", record.signal)
                                          : fmt::format("signal {} from {} ({})", record.signal,
                                                        printable(fixed_string(record.sender_comm)),
                                                        record.sender_tid));
}

void TaskLog::on(const ht_stop& record) {
  if (is_it(record.head.tid))
    add(record.head, fmt::format("signal {} from {}", record.signal,
                                 record.sender_tid == 0 ? "the kernel" : who(record.sender_tid)));
}

}  // namespace hoodtrace
