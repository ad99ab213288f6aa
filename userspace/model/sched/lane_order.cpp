// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/lane_order.hpp"

#include <algorithm>

#include "event/task_state.hpp"

namespace hoodtrace {

// True the first time that the task is met.
bool LaneOrder::mark(TaskId task, std::uint32_t lane) {
  if (marks_.size() <= task) marks_.resize(std::max<std::size_t>(task + 1, marks_.size() * 2));
  Mark& mark = marks_[task];
  if (mark.window != window_) {
    mark = {window_, kNoChain, lane};
    return true;
  }
  if (mark.lane != lane && mark.chain == kNoChain) {
    mark.chain = static_cast<std::uint32_t>(chains_.size());
    chains_.push_back({task, 0, 0, 0, {}});
  }
  return false;
}

void LaneOrder::mark_tasks() {
  for (std::uint32_t lane = 0; lane < lanes_.size(); lane++)
    for (std::size_t at = lanes_[lane].begin; at < lanes_[lane].end; at++) {
      const LaneSwitch& one = switches_[at];
      if (has(one.prev)) mark(one.prev, lane);
      if (has(one.next) && mark(one.next, lane))
        add_meeting(at, lane, follower_->came_from(one.next, lanes_[lane].cpu));
    }
}

void LaneOrder::add_meeting(std::size_t at, std::uint32_t lane, std::uint16_t cpu) {
  const std::uint32_t other = cpu < lane_of_.size() ? lane_of_[cpu] : kNoLane;
  if (other == kNoLane || other == lane) return;
  progress_[lane].meetings.push_back({at, other});
  progress_[other].stops.push_back(key_of(at, lane));
}

void LaneOrder::for_each_link(auto visit) {
  for (std::uint32_t lane = 0; lane < lanes_.size(); lane++)
    for (std::size_t at = lanes_[lane].begin; at < lanes_[lane].end; at++)
      for (const TaskId task : {switches_[at].prev, switches_[at].next})
        if (const std::uint32_t chain = chain_of(task); chain != kNoChain)
          visit(chains_[chain], at, lane);
}

// The switches of each task that is in several lanes, in order.
void LaneOrder::link_chains() {
  if (chains_.empty()) return;
  for_each_link([](Chain& chain, std::size_t, std::uint32_t) { chain.links++; });
  std::size_t begin = 0;
  for (Chain& chain : chains_) {
    chain.next = chain.end = begin;
    begin += chain.links;
  }
  links_.resize(begin);
  for_each_link([this](Chain& chain, std::size_t at, std::uint32_t lane) {
    links_[chain.end++] = {key_of(at, lane), at};
  });
  for (const Chain& chain : chains_) {
    std::sort(
        links_.begin() + static_cast<std::ptrdiff_t>(chain.next),
        links_.begin() + static_cast<std::ptrdiff_t>(chain.end),
        [](const Link& a, const Link& b) { return a.key == b.key ? a.at < b.at : a.key < b.key; });
    meet_along(chain);
  }
}

// It may have been moved to another queue while it waited.
void LaneOrder::meet_along(const Chain& chain) {
  std::uint16_t from = HT_NO_CPU;
  for (std::size_t i = chain.next; i < chain.end; i++) {
    const Link& link = links_[i];
    const LaneSwitch& one = switches_[link.at];
    const std::uint16_t cpu = lanes_[link.key.lane].cpu;
    if (one.next == chain.task) {
      add_meeting(link.at, link.key.lane,
                  i == chain.next ? follower_->came_from(chain.task, cpu) : from);
      from = HT_NO_CPU;
    } else {
      from = prev_state(*one.record) == TaskState::kRunnable ? cpu : HT_NO_CPU;
    }
  }
}

void LaneOrder::sort_meetings() {
  for (Progress& lane : progress_) {
    std::sort(lane.meetings.begin(), lane.meetings.end(), [](const Meeting& a, const Meeting& b) {
      return std::tie(a.at, a.other) < std::tie(b.at, b.other);
    });
    std::sort(lane.stops.begin(), lane.stops.end());
  }
}

bool LaneOrder::is_next(std::uint32_t chain, std::size_t at, std::uint32_t lane) {
  if (chain == kNoChain || links_[chains_[chain].next].at == at) return true;
  chains_[chain].waiting.push_back(lane);
  return false;
}

// All lanes that the next switch of this one has to meet stand at its time.
bool LaneOrder::others_stand(Progress& progress, std::uint32_t lane) {
  for (std::size_t i = progress.next_meeting;
       i < progress.meetings.size() && progress.meetings[i].at == progress.at; i++) {
    const std::uint32_t other = progress.meetings[i].other;
    const std::size_t at = progress_[other].at;
    if (at == lanes_[other].end || key_of(progress.at, lane) < key_of(at, other)) continue;
    progress_[other].waiting.push_back(lane);
    return false;
  }
  return true;
}

bool LaneOrder::may_take(Progress& progress, std::uint32_t lane) {
  if (progress.next_stop < progress.stops.size() &&
      progress.stops[progress.next_stop] < key_of(progress.at, lane))
    return false;  // who stops it says when it goes on
  const LaneSwitch& one = switches_[progress.at];
  return is_next(chain_of(one.prev), progress.at, lane) &&
         is_next(chain_of(one.next), progress.at, lane) && others_stand(progress, lane);
}

void LaneOrder::have_taken(Progress& progress) {
  const LaneSwitch& one = switches_[progress.at];
  for (const TaskId task : {one.prev, one.next})
    if (const std::uint32_t number = chain_of(task); number != kNoChain) {
      Chain& chain = chains_[number];
      chain.next++;
      ready_.insert(ready_.end(), chain.waiting.begin(), chain.waiting.end());
      chain.waiting.clear();
    }
  for (; progress.next_meeting < progress.meetings.size() &&
         progress.meetings[progress.next_meeting].at == progress.at;
       progress.next_meeting++) {
    const std::uint32_t other = progress.meetings[progress.next_meeting].other;
    progress_[other].next_stop++;
    ready_.push_back(other);
  }
}

void LaneOrder::run(std::uint32_t lane) {
  Progress& progress = progress_[lane];
  const std::size_t end = lanes_[lane].end;
  while (progress.at < end && may_take(progress, lane)) {
    follower_->take(switches_[progress.at], lane);
    have_taken(progress);
    progress.at++;
  }
  ready_.insert(ready_.end(), progress.waiting.begin(), progress.waiting.end());
  progress.waiting.clear();
}

void LaneOrder::follow(std::span<const LaneSwitch> switches, std::span<const Lane> lanes,
                       Follower& follower) {
  window_++;
  switches_ = switches;
  lanes_ = lanes;
  follower_ = &follower;
  chains_.clear();
  progress_.resize(lanes.size());
  std::fill(lane_of_.begin(), lane_of_.end(), kNoLane);
  for (std::uint32_t lane = 0; lane < lanes.size(); lane++) {
    Progress& progress = progress_[lane];
    progress.at = lanes[lane].begin;
    progress.next_meeting = progress.next_stop = 0;
    progress.meetings.clear();
    progress.stops.clear();
    progress.waiting.clear();
    if (lane_of_.size() <= lanes[lane].cpu) lane_of_.resize(lanes[lane].cpu + 1U, kNoLane);
    lane_of_[lanes[lane].cpu] = lane;
  }
  mark_tasks();
  link_chains();
  sort_meetings();
  for (std::uint32_t lane = 0; lane < lanes.size(); lane++) {
    run(lane);
    while (!ready_.empty()) {
      const std::uint32_t next = ready_.back();
      ready_.pop_back();
      run(next);
    }
  }
}

}  // namespace hoodtrace
