// SPDX-License-Identifier: GPL-2.0-or-later
// What each thread did when, from the switches. Keeps every span, so it is for recordings of
// minutes.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "event/event.hpp"
#include "model/times/task_spans.hpp"

namespace hoodtrace {

struct ActivitySpan {
  std::uint64_t from_ns = 0;
  std::uint64_t to_ns = 0;
  TaskTime time = TaskTime::kOther;
};

class ActivityTracker {
 public:
  explicit ActivityTracker(const TaskTable& tasks) : tasks_(tasks) {}

  // After the TaskTable.
  void on(const ht_session& session) { has_iowait_ = (session.flags & HT_SESSION_IOWAIT) != 0; }
  void on(const ht_task_seen& seen);
  void on(const ht_task_new& born);
  void on(const ht_wakeup& wakeup);
  void on(const ht_switch& record);
  void on(const ht_lost& lost);
  // The TaskTable is about to forget a task.
  void fold(TaskId task) { threads_.end(task); }

  // Ends the open spans at that time; called once, after the last record.
  void settle(std::uint64_t now_ns) { add(threads_.cut_all(now_ns)); }

  // Of a process, all its threads, each thread's in order of time.
  [[nodiscard]] const std::vector<ActivitySpan>& spans_of(std::uint32_t pid) const;
  // Switches were in the stream.
  [[nodiscard]] bool has_spans() const { return has_spans_; }
  // The stream separates kDisk from kUninterruptible; else the latter has both.
  [[nodiscard]] bool has_iowait() const { return has_iowait_; }

 private:
  void add(TaskSpans::Ended spans);

  const TaskTable& tasks_;
  TaskSpans threads_;  // owned by their pids
  std::unordered_map<std::uint32_t, std::vector<ActivitySpan>> spans_;
  bool has_spans_ = false;
  bool has_iowait_ = false;
};

}  // namespace hoodtrace
