// SPDX-License-Identifier: GPL-2.0-or-later
// Follows switches CPU by CPU, on several threads: what a machine of many CPUs needs.
//
// In order of time nearly each switch finds its tasks and its CPU in no cache. CPU by CPU they are there,
// and the sums are the same, to the last digit. A switch changes its CPU and two tasks: it has to come after
// the earlier ones of these, and of no others. Most tasks are on one CPU all the window, whose order is
// theirs. The others are followed after that, each by itself. What a task waited behind is read from the
// runs of the window, which are known before any task is followed.
//
// Where more than that counts (a task that has just ended, or been renamed), the switches are left to
// the order of time.
//
// Each thread has a part of the CPUs, then a part of the tasks that were on several. Nothing is done twice.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/crew.hpp"
#include "event/event.hpp"
#include "model/names/task_table.hpp"
#include "model/sched/lane_marks.hpp"
#include "model/sched/lane_window.hpp"
#include "model/sched/slept_waits.hpp"
#include "model/sched/tracker.hpp"
#include "model/stream_account.hpp"

namespace hoodtrace {

class LaneTracker {
 public:
  // All must outlive it. A thread for each shard, where that pays.
  LaneTracker(TaskTable& tasks, StreamAccount& account, SleptWaits& waits, SchedTracker& tracker,
              std::size_t shards);
  LaneTracker(const LaneTracker&) = delete;
  LaneTracker& operator=(const LaneTracker&) = delete;
  ~LaneTracker();

  // For a machine of so many CPUs: as many threads as its switches may need.
  static std::size_t shards_for(std::size_t cpus) {
    return std::clamp<std::size_t>(cpus / 32, 1, 4);
  }

  // Switches, those of each CPU one after the other and in order of time. Nothing: all were taken. Else those
  // before this time were; the next ones need the order of time.
  std::optional<std::uint64_t> take(std::span<const RecordView> records);

 private:
  // What the first look at a lane has found.
  struct Look {
    std::optional<std::uint64_t> stop_ns;  // the first switch that needs the order of time
    bool has_lag = false;
    bool has_runtimes = false;
    std::uint64_t last_ns = 0;
    TaskId running = kNoTask;
    std::vector<std::size_t> not_asked;  // switches of which it is to be asked who comes
    std::optional<ClockLag> clock;       // as it was before
  };
  class Shard;

  // Fewer records are not worth to wake a thread for.
  static constexpr std::size_t kWorthThreads = 16384;

  void share_lanes(std::size_t records);
  // How far all lanes are plain; nothing: to their ends. The clocks are as they were then.
  std::optional<std::uint64_t> look_at_all(const RecordView* records);
  void follow();
  void look_at(const RecordView* records, std::uint32_t lane);
  bool look_at_switch(RecordView view, LaneSwitch& one) const;
  void restore_clocks();
  void ask_for_names();
  void do_in_parts(const std::function<void(Shard&)>& part);

  TaskTable& tasks_;
  StreamAccount& account_;
  SleptWaits& waits_;
  SchedTracker& tracker_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::unique_ptr<Crew> crew_;  // made when there is enough to do
  bool is_worth_threads_ = false;
  LaneWindow window_;
  LaneMarks marks_;
  std::vector<Look> looks_;  // by lane
};

}  // namespace hoodtrace
