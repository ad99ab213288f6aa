// SPDX-License-Identifier: GPL-2.0-or-later
// Turns each event of the stream into rows. Most make one row; a list (whom a wait was behind, what
// was lost) makes one per entry, and the pieces of an argv make one row together.
#pragma once

#include <functional>
#include <string>

#include "base/syscalls.hpp"
#include "event/event.hpp"
#include "event/task_state.hpp"
#include "model/names/task_table.hpp"
#include "model/procs/argv_joiner.hpp"
#include "model/sched/tracker.hpp"
#include "model/stream_account.hpp"
#include "output/rows/row_block.hpp"

namespace hoodtrace {

// A record's kind of row: "task_new".
std::string_view row_kind(std::uint16_t type);

// What is missing: rows that are always written.
inline constexpr std::string_view kSummaryKind = "summary";
inline constexpr std::string_view kLostKind = "lost";
inline constexpr std::string_view kTroubleKind = "trouble";

// All kinds of rows.
std::vector<std::string_view> row_kinds();

class EventRows {
 public:
  using IsWanted = std::function<bool(std::string_view kind)>;

  // `tasks` has seen each event before this does; rows of a kind that is wanted go to `rows`. Both must outlive
  // this. `host_ids`: each row has the ids of the machine and its boot, where the stream has them.
  EventRows(TaskTable& tasks, bool host_ids, RowBlock& rows, IsWanted is_wanted)
      : tasks_(tasks),
        host_ids_(host_ids),
        is_wanted_(std::move(is_wanted)),
        waits_(tasks, {1, false}),
        row_(rows) {}

  void on_event(const Event& event);
  // The TaskTable is about to forget it.
  void fold(TaskId task) { waits_.fold(task); }
  // What was still open, and then the whole stream's account: rows of the kind "summary".
  void finish(const StreamAccount& account);

 private:
  // The visitor: an overload for each record of HT_EVENTS, or it does not compile.
  void row(const ht_switch& record);
  void row(const ht_waking& record);
  void row(const ht_wakeup& record);
  void row(const ht_migrate& record);
  void row(const ht_behind& record);
  void row(const ht_task_seen& record) { task_row(record.task); }
  void row(const ht_task_new& record);
  void row(const ht_task_name& record);
  void row(const ht_task_exec& record);
  void row(const ht_task_end& record) { task_row(record.task); }
  void row(const ht_task_books& record) { task_row(record.task); }
  void row(const ht_task_cgroup& record);
  void row(const ht_task_pids& record);
  void row(const ht_lost& record);
  void row(const ht_fault& record);
  void row(const ht_fault_file& record);
  void row(const ht_fork& record);
  void row(const ht_fault_books& record);
  void row(const ht_life& record);
  void row(const ht_program& record);
  void row(const ht_argv& record);
  void row(const ht_exe& record);
  void row(const ht_interpreter& record);
  void row(const ht_signal& record);
  void row(const ht_exit& record);
  void row(const ht_wait& record);
  void row(const ht_session& record);
  void row(const ht_cgroup_name& record);
  void row(const ht_tick& record);
  void row(const ht_trouble& record);
  void row(const ht_totals_open& record);
  void row(const ht_cgroup_gone& record);
  void row(const ht_totals& record);
  void row(const ht_totals_end& record);
  void row(const ht_totals_pair& record);
  void row(const ht_pulse&) {}  // time went on, and nothing else
  void row(const ht_boot_phases& record);
  void row(const ht_boot_unit& record);
  void row(const ht_boot_mark& record);
  void row(const ht_boot_forks& record);
  void row(const ht_boot_end& record);
  // event_rows_cache.cpp
  void row(const ht_pages& record);
  void row(const ht_access& record);
  void row(const ht_reclaim& record);
  void row(const ht_file& record);
  void row(const ht_cache_scope& record);
  void row(const ht_mount& record);
  void row(const ht_device& record);
  void row(const ht_cache_books& record);
  void row(const ht_cpu& record);
  void row(const ht_load& record);
  // event_rows_disk.cpp
  void row(const ht_disk& record);
  void row(const ht_disk_part& record);
  void row(const ht_disk_wait& record);
  void row(const ht_disk_sync& record);
  void row(const ht_disk_books& record);
  void row(const ht_disk_scope& record);
  void row(const ht_disk_device& record);
  void row(const ht_disk_backing& record);
  // event_rows_fair.cpp
  void row(const ht_fair& record);
  // event_rows_sched.cpp
  void row(const ht_quota& record);
  void row(const ht_quota_wait& record);
  void row(const ht_pressure& record);
  void row(const ht_irq& record);
  void row(const ht_stolen& record);
  void row(const ht_realtime& record);
  void row(const ht_queue& record);
  void row(const ht_mmap_wait& record);
  // event_rows_why.cpp
  void row(const ht_sleep& record);
  void row(const ht_object& record);
  void row(const ht_stack& record);
  void row(const ht_symbol& record);
  void row(const ht_stack_memory&) {}  // is not recorded
  void row(const ht_sleep_stack& record);
  void row(const ht_ready& record);
  void row(const ht_stop& record);
  void row(const ht_cycles& record);
  void set_waker_context(const ht_waking& record);
  [[nodiscard]] std::string_view call_name(int call, bool compat) const;

  // Nothing at time 0: it did not happen.
  void fact(const ht_header& head, std::uint64_t time_ns, std::string_view key,
            std::string_view value);
  void begin(const ht_header& head);
  void finish_row();
  void set_task(const ht_task& task);
  void task_row(const ht_task& task);
  void set_who(std::uint32_t tid, Field tid_field, Field pid_field, Field comm_field);
  void set_pid(std::uint32_t pid);
  void set_file(const ht_file_key& file);
  void set_ns(Field field, std::uint64_t ns);
  void set_state(Field field, TaskState state);
  void set_wait_status(std::uint32_t wait_status);
  void exec_rows(const std::vector<JoinedExec>& execs);
  void summary(std::string_view key, std::uint64_t count);

  // The wait of a thread of the target that this switch ends, as sched counts it.
  void set_wait(const ht_switch& record);

  const TaskTable& tasks_;
  bool host_ids_;
  std::string machine_id_;
  std::string boot_id_;
  IsWanted is_wanted_;
  SchedTracker waits_;
  std::vector<LongWait> ended_waits_;  // with the last switch of the target
  RowBlock& row_;                      // the last one of it
  CallTable native_ = CallTable::kX86_64;
  ArgvJoiner argv_;
  std::string scratch_;
};

}  // namespace hoodtrace
