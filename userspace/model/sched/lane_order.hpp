// SPDX-License-Identifier: GPL-2.0-or-later
// An order for switches that is as good as the order of time, and friendlier to the caches.
//
// A switch changes its CPU and two tasks. So it must come after the earlier switches of that CPU and of those
// tasks, and no others. A lane is one CPU's switches: it goes on until it meets a task whose earlier switch
// is still to come in another lane.
//
// A wait that began on another CPU's queue also asks what ran there: that lane has to stand at this time then,
// neither before nor after it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "event/event.hpp"
#include "model/names/task_table.hpp"

namespace hoodtrace {

// kNoTask: it is not traced, or idle.
struct LaneSwitch {
  const ht_switch* record = nullptr;
  TaskId prev = kNoTask;
  TaskId next = kNoTask;
  std::uint32_t clock_age_ns = 0;
  WhoId next_who = WhoTable::kUnknown;
};

// The switches of one CPU from `begin` to before `end`, in order of time.
struct Lane {
  std::uint16_t cpu = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

// For one shard of the tasks: only of these are the switches in order. Several can work at the same time.
class LaneOrder {
 public:
  static constexpr std::uint32_t kNoLane = 0xffffffff;

  // What the order is asked for.
  class Follower {
   public:
    Follower() = default;
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;
    virtual ~Follower() = default;
    // The CPU where the wait of a task, which is now on this CPU's queue, may have begun; HT_NO_CPU: on none
    // other. Before the first switch of the window.
    [[nodiscard]] virtual std::uint16_t came_from(TaskId task, std::uint16_t cpu) const = 0;
    virtual void take(const LaneSwitch& one, std::uint32_t lane) = 0;
  };

  // Shard `index` of `shards`: see shard_of().
  LaneOrder(std::size_t index, std::size_t shards) : index_(index), shards_(shards) {}

  // Shows all switches to the follower. Of those at the same time that of the lower lane is the earlier one.
  void follow(std::span<const LaneSwitch> switches, std::span<const Lane> lanes,
              Follower& follower);

  // Neighbours share a cache line: they are in one shard.
  [[nodiscard]] static std::size_t shard_of(TaskId task, std::size_t shards) {
    return task / 64 % shards;
  }
  [[nodiscard]] bool has(TaskId task) const {
    return task != kNoTask && (shards_ == 1 || shard_of(task, shards_) == index_);
  }

 private:
  // Orders of time: of one time, by lane.
  struct Key {
    std::uint64_t time_ns = 0;
    std::uint32_t lane = 0;
    friend bool operator==(const Key& a, const Key& b) = default;
    friend bool operator<(const Key& a, const Key& b) {
      return a.time_ns != b.time_ns ? a.time_ns < b.time_ns : a.lane < b.lane;
    }
  };
  static constexpr std::uint32_t kNoChain = 0xffffffff;
  // Where a task was met in this window.
  struct Mark {
    std::uint32_t window = 0;
    std::uint32_t chain = kNoChain;  // it was in several lanes
    std::uint32_t lane = 0;
  };
  // A switch of a task that is in several lanes.
  struct Link {
    Key key;
    std::size_t at = 0;
  };
  struct Chain {
    TaskId task = kNoTask;
    std::size_t links = 0;
    std::size_t next = 0;  // of links_
    std::size_t end = 0;
    std::vector<std::uint32_t> waiting;  // lanes
  };
  // The switch `at` of a lane needs another lane to stand at its time.
  struct Meeting {
    std::size_t at = 0;
    std::uint32_t other = 0;
  };
  struct Progress {
    std::size_t at = 0;
    std::size_t next_meeting = 0;
    std::size_t next_stop = 0;
    std::vector<Meeting> meetings;
    std::vector<Key> stops;              // not past these before the other lane's switch was taken
    std::vector<std::uint32_t> waiting;  // lanes that wait until this one stands at their time
  };

  [[nodiscard]] Key key_of(std::size_t at, std::uint32_t lane) const {
    return {switches_[at].record->head.time_ns, lane};
  }
  bool mark(TaskId task, std::uint32_t lane);
  void mark_tasks();
  void for_each_link(auto visit);
  void link_chains();
  void meet_along(const Chain& chain);
  void add_meeting(std::size_t at, std::uint32_t lane, std::uint16_t cpu);
  void sort_meetings();
  bool is_next(std::uint32_t chain, std::size_t at, std::uint32_t lane);
  bool others_stand(Progress& progress, std::uint32_t lane);
  bool may_take(Progress& progress, std::uint32_t lane);
  void have_taken(Progress& progress);
  void run(std::uint32_t lane);
  [[nodiscard]] std::uint32_t chain_of(TaskId task) const {
    return chains_.empty() || !has(task) ? kNoChain : marks_[task].chain;
  }

  std::size_t index_;
  std::size_t shards_;
  std::uint32_t window_ = 0;
  std::vector<Mark> marks_;  // by task
  std::vector<Chain> chains_;
  std::vector<Link> links_;
  std::vector<Progress> progress_;      // by lane
  std::vector<std::uint32_t> lane_of_;  // by CPU; kNoLane
  std::vector<std::uint32_t> ready_;    // lanes that can go on
  std::span<const LaneSwitch> switches_;
  std::span<const Lane> lanes_;
  Follower* follower_ = nullptr;
};

}  // namespace hoodtrace
