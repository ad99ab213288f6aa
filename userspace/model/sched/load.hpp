// SPDX-License-Identifier: GPL-2.0-or-later
// The load average from the switches, to be compared with the kernel's.
//
// A task counts in the load while it runs, waits for a CPU, or sleeps uninterruptibly (D, but not I:
// task_contributes_to_load(), kernel/sched/core.c at 6.1, __block_task() later). Every 5 s the kernel counts
// these tasks at one moment and takes a share of the count into its three averages (kernel/sched/loadavg.c).
// Here the mean number of them between two such moments is taken instead: a count of one moment is a sample
// of it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "event/event.hpp"
#include "model/names/task_table.hpp"

namespace hoodtrace {

// Over 1, 5 and 15 minutes.
using LoadAverageOf = std::array<double, 3>;

// What an average is after `samples` samples of `active` tasks: calc_load() of kernel/sched/loadavg.c, in
// its fixed point of 11 bits, so that it rounds as the kernel does. `decay`: EXP_1, EXP_5 or EXP_15.
double load_after(double average, std::uint32_t decay, double active, std::uint64_t samples);

class LoadTracker {
 public:
  // `tasks` have seen each record before.
  explicit LoadTracker(const TaskTable& tasks) : tasks_(tasks) {}

  void on(const ht_session& session);
  void on(const ht_switch& record);
  void on(const ht_wakeup& wakeup);
  void on(const ht_task_seen& seen);
  void on(const ht_task_end& end);
  void on(const ht_load& load);
  void on(const ht_lost& lost);

  // Adds what is still going on up to now, for a report.
  void settle(std::uint64_t now_ns);
  // The counts begin from zero; what tasks do stays known.
  void begin_interval(std::uint64_t now_ns);
  // The TaskTable is about to forget it.
  void fold(TaskId task);

  // The kernel's averages, as last read. Nothing: no record of them.
  [[nodiscard]] std::optional<LoadAverageOf> kernel() const { return last_; }
  // And as first read in the interval.
  [[nodiscard]] std::optional<LoadAverageOf> kernel_before() const { return first_; }
  // From the first of the interval's averages and the tasks since; nothing without one, when records were
  // lost, when a part of the system is traced, or when the kernel has taken no sample since.
  [[nodiscard]] std::optional<LoadAverageOf> recomputed() const;
  // The samples that the kernel took in the interval.
  [[nodiscard]] std::uint64_t samples() const;

 private:
  // Between two changes of the kernel's averages.
  struct Window {
    std::uint64_t begin_ns = 0;
    std::uint64_t end_ns = 0;     // 0 = it goes on
    std::uint64_t active_ns = 0;  // of all tasks together
    bool has_changed = false;     // the averages at its end
  };
  struct Activity {
    bool is_active = false;
    std::uint64_t since_ns = 0;
  };

  Activity& of(TaskId task);
  void begin(TaskId task, std::uint64_t at_ns);
  void end(TaskId task, std::uint64_t at_ns);
  void count(std::uint64_t from_ns, std::uint64_t to_ns);
  static double mean(const Window& window);
  static std::uint64_t samples_in(const Window& window);

  const TaskTable& tasks_;
  std::vector<Activity> by_task_;
  std::vector<Window> windows_;
  std::optional<LoadAverageOf> first_;
  std::optional<LoadAverageOf> last_;
  bool whole_ = false;
  bool exact_ = false;
  bool has_gap_ = false;
};

}  // namespace hoodtrace
