// SPDX-License-Identifier: GPL-2.0-or-later
// Where the time of each process went, by cause, over the whole stream: for reports whose rows are
// processes, which outlive their tasks.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "event/event.hpp"
#include "model/why/tracker.hpp"

namespace hoodtrace {

class ProcessCauses {
 public:
  explicit ProcessCauses(TaskTable& tasks) : tasks_(tasks), tracker_(tasks, {kLeastNs}) {}

  struct Sleep {
    std::uint64_t from_ns = 0;
    std::uint64_t to_ns = 0;
    WhyCauseId cause = 0;
  };
  struct Process {
    WhySums sums;
    std::vector<Sleep>
        longest;  // of its threads, at most kSleeps of at least kLeastNs, in no order
  };

  // After the TaskTable.
  void on_event(const Event& event);
  void fold(TaskId task);

  // Null when nothing is known of it, or the stream has no causes. Processes whose threads still live
  // are known after settle().
  void settle(std::uint64_t now_ns);
  [[nodiscard]] const Process* find(std::uint32_t pid, std::uint64_t start_boottime_ns) const;
  [[nodiscard]] bool has_causes() const { return has_causes_; }
  [[nodiscard]] const WhyTracker& tracker() const { return tracker_; }

 private:
  static constexpr std::uint64_t kLeastNs = 1'000'000;
  static constexpr std::size_t kSleeps = 64;

  Process& of(std::uint32_t pid);
  void see(const ht_task& task);

  TaskTable& tasks_;
  WhyTracker tracker_;
  bool has_causes_ = false;
  std::map<std::uint32_t, std::uint64_t> starts_;  // of the last process with that pid
  std::map<std::pair<std::uint32_t, std::uint64_t>, Process> processes_;
};

}  // namespace hoodtrace
