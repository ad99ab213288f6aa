// SPDX-License-Identifier: GPL-2.0-or-later
// Migrations by their reason and by how far they went, and the queue of each CPU by class.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "event/event.hpp"
#include "model/names/task_table.hpp"

namespace hoodtrace {

// Of CPUs, from sysfs.
class CpuGroups {
 public:
  // "0-3;4-7"
  void read(std::string_view lists);
  [[nodiscard]] bool known() const { return !group_.empty(); }
  // False also when it is not known of one of them.
  [[nodiscard]] bool are_apart(std::uint32_t a, std::uint32_t b) const;

 private:
  std::vector<std::uint32_t> group_;  // by CPU, from 1 on; 0 = not known
};

struct Moves {
  std::uint64_t count = 0;
  std::uint64_t other_cache = 0;  // to a CPU with another last-level cache
  std::uint64_t other_node = 0;   // to another NUMA node
};

// Time-weighted means need the whole system; of one CPU.
struct QueueTimes {
  std::uint64_t known_ns = 0;  // since the first record
  std::uint64_t fair_ns = 0;   // tasks × time
  std::uint64_t delayed_ns = 0;
  std::uint64_t real_time_ns = 0;
  std::uint64_t deadline_ns = 0;
  std::uint64_t other_ns = 0;

  [[nodiscard]] std::uint64_t all_ns() const {
    return fair_ns + real_time_ns + deadline_ns + other_ns;
  }
};

class MoveTracker {
 public:
  // The reason of a task that was born on one CPU and first ran on another (wake_up_new_task).
  static constexpr std::uint8_t kFork = HT_MOVE_OTHER + 1;

  explicit MoveTracker(const TaskTable& tasks) : tasks_(tasks) {}

  void on(const ht_session& session);
  void on(const ht_migrate& record);
  void on(const ht_task_new& born);
  void on(const ht_switch& record);
  void on(const ht_queue& record);
  void on(const ht_lost& lost);

  void settle(std::uint64_t now_ns);
  void begin_interval(std::uint64_t now_ns);
  void fold(TaskId task);

  // By HT_MOVE_*, or kFork.
  [[nodiscard]] const std::map<std::uint8_t, Moves>& moves() const { return moves_; }
  [[nodiscard]] bool knows_caches() const { return caches_.known(); }
  [[nodiscard]] bool knows_nodes() const { return nodes_.known(); }
  // The stream has reasons: that none was counted means that none was.
  [[nodiscard]] bool is_recorded() const { return is_recorded_; }
  // Null when no record was of this CPU.
  [[nodiscard]] const QueueTimes* queue(std::size_t cpu) const;

 private:
  struct Queue {
    QueueTimes times;
    ht_queue last{};
    std::uint64_t since_ns = 0;  // 0 = nothing is known
  };

  void count(std::uint8_t reason, std::uint32_t from, std::uint32_t to);
  static void advance(Queue& queue, std::uint64_t now_ns);

  const TaskTable& tasks_;
  CpuGroups caches_;
  CpuGroups nodes_;
  std::map<std::uint8_t, Moves> moves_;
  std::map<TaskId, std::uint16_t> born_on_;  // that have not run yet
  std::vector<Queue> queues_;                // by CPU
  bool is_recorded_ = false;
};

}  // namespace hoodtrace
