// SPDX-License-Identifier: GPL-2.0-or-later
// The last events of one task, each in a few words: for its page.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "event/event.hpp"
#include "model/names/task_table.hpp"
#include "view/top/snapshot.hpp"

namespace hoodtrace {

class TaskLog {
 public:
  // The TaskTable must have seen each event before this, and outlive it.
  explicit TaskLog(const TaskTable& tasks) : tasks_(tasks) {}

  // From now on; nothing: of no task.
  void follow(std::optional<TaskOfRow> task);
  [[nodiscard]] bool is_following() const { return task_.has_value(); }

  void on(const ht_switch& record);
  void on(const ht_sleep& record);
  void on(const ht_waking& record);
  void on(const ht_migrate& record);
  void on(const ht_fault& record);
  void on(const ht_task_new& record);
  void on(const ht_task_exec& record);
  void on(const ht_task_name& record);
  void on(const ht_task_cgroup& record);
  void on(const ht_task_end& record);
  void on(const ht_signal& record);
  void on(const ht_stop& record);

  // Those since the last call; nothing when no task is followed.
  std::optional<TaskMoments> take();

 private:
  [[nodiscard]] bool is_it(std::uint32_t tid) const;
  [[nodiscard]] std::string who(std::uint32_t tid) const;
  void add(const ht_header& head, std::string text);

  const TaskTable& tasks_;
  std::optional<TaskOfRow> task_;
  std::deque<TaskMoments::Moment> last_;
  std::uint64_t earlier_ = 0;
  std::string sleeps_in_;  // the system call of the sleep that the next switch begins
};

}  // namespace hoodtrace
