// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/lane_tracker.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "model/sched/task_visits.hpp"

namespace hoodtrace {

// What one thread has: some lanes, and some of the tasks that are in several.
class alignas(64) LaneTracker::Shard {
 public:
  Shard(LaneTracker& all, std::size_t index, std::size_t shards)
      : all_(all), index_(index), visits_(shards) {}

  std::uint32_t first_lane = 0;
  std::uint32_t last_lane = 0;  // exclusive

  // The CPUs, and the tasks that are on one of them.
  void follow_lanes() {
    for (std::vector<TaskVisit>& visits : visits_) visits.clear();
    for (std::uint32_t i = first_lane; i < last_lane; i++) {
      const Lane& lane = all_.window_.lanes[i];
      for (std::size_t at = lane.begin; at < lane.end; at++) follow_switch(at);
    }
  }

  // The tasks that are on several.
  void follow_visitors() {
    std::vector<const std::vector<TaskVisit>*> lists;
    for (const auto& shard : all_.shards_) lists.push_back(&shard->visits_[index_]);
    for (const TaskVisit& visit : in_order_.in_order(lists, all_.tasks_.size()))
      if (visit.comes())
        come(visit.at());
      else
        leave(visit.at());
  }

  void keep_runs() {
    for (std::uint32_t i = first_lane; i < last_lane; i++)
      all_.tracker_.keep_runs(all_.window_.lanes[i]);
  }

  std::uint64_t take_unshown() { return std::exchange(unshown_, 0); }

 private:
  // In the order of StreamLoop::take() and SchedTracker::on().
  void follow_switch(std::size_t at) {
    const LaneSwitch& one = all_.window_.switches[at];
    all_.tracker_.advance_cpu(index_, at);
    if (one.prev != kNoTask && !visits(one.prev, at, false)) leave(at);
    if (one.next != kNoTask && !visits(one.next, at, true)) come(at);
  }

  bool visits(TaskId task, std::size_t at, bool comes) {
    if (!all_.marks_.is_in_several(task)) return false;
    // Neighbours share cache lines.
    constexpr TaskId kNeighbours = 64;
    const LaneSwitch& one = all_.window_.switches[at];
    visits_[task / kNeighbours % visits_.size()].push_back(
        {one.record->head.time_ns, task, static_cast<std::uint32_t>(2 * at + (comes ? 1 : 0))});
    return true;
  }

  void leave(std::size_t at) {
    const LaneSwitch& one = all_.window_.switches[at];
    unshown_ += all_.account_.unreported().on_leaving(*one.record);
    all_.tracker_.leave(index_, at);
  }

  void come(std::size_t at) {
    const LaneSwitch& one = all_.window_.switches[at];
    unshown_ += all_.account_.unreported().on_coming(*one.record);
    all_.tracker_.come(index_, at, all_.waits_.on_coming(*one.record, one.next, corrected_));
  }

  LaneTracker& all_;
  std::size_t index_;
  std::vector<std::vector<TaskVisit>> visits_;  // by the shard of the task
  TaskVisits in_order_;
  std::uint64_t unshown_ = 0;
  ht_switch corrected_{};
};

LaneTracker::LaneTracker(TaskTable& tasks, StreamAccount& account, SleptWaits& waits,
                         SchedTracker& tracker, std::size_t shards)
    : tasks_(tasks), account_(account), waits_(waits), tracker_(tracker) {
  tracker.split(shards);
  for (std::size_t i = 0; i < shards; i++)
    shards_.push_back(std::make_unique<Shard>(*this, i, shards));
}

LaneTracker::~LaneTracker() = default;

// Neighbours to each shard, with about as many records as the others have.
void LaneTracker::share_lanes(std::size_t records) {
  std::uint32_t lane = 0;
  for (std::size_t i = 0; i < shards_.size(); i++) {
    shards_[i]->first_lane = lane;
    const std::size_t end = records * (i + 1) / shards_.size();
    while (lane < window_.lanes.size() && window_.lanes[lane].end <= end) lane++;
    shards_[i]->last_lane = lane;
  }
}

// False: it is no plain switch.
bool LaneTracker::look_at_switch(RecordView view, LaneSwitch& one) const {
  const std::optional<Event> event = decode(view);
  const ht_switch* record = event ? event->as<ht_switch>() : nullptr;
  if (record == nullptr || !(record->flags & HT_SWITCH_EXACT || record->head.tid == 0))
    return false;
  one = {record, kNoTask, kNoTask, 0};
  const auto find = [&](std::uint32_t tid, std::uint8_t traced, TaskId& task) {
    if (tid == 0 || !(record->flags & traced)) return true;
    task = tasks_.find_settled(tid);
    return task != kNoTask && !waits_.is_asleep(task) && account_.unreported().has_room(tid);
  };
  return find(record->prev_tid, HT_SWITCH_PREV_TRACED, one.prev) &&
         find(record->head.tid, HT_SWITCH_NEXT_TRACED, one.next);
}

// Each lane on one thread.
void LaneTracker::look_at(const RecordView* records, std::uint32_t index) {
  const Lane& lane = window_.lanes[index];
  Look& look = looks_[index];
  look.stop_ns.reset();
  look.has_lag = look.has_runtimes = false;
  look.not_asked.clear();
  look.last_ns = 0;
  look.clock.reset();
  if (lane.begin == lane.end) return;
  ClockLag* clock = tasks_.clock(lane.cpu);
  if (clock == nullptr || !tracker_.knows_cpu(lane.cpu)) {
    look.stop_ns = records[lane.begin].head->time_ns;
    return;
  }
  look.clock = *clock;
  const bool has_culprits = tracker_.has_culprits();
  for (std::size_t i = lane.begin; i < lane.end; i++) {
    LaneSwitch& one = window_.switches[i];
    if (records[i].head->time_ns < look.last_ns) look.stop_ns = 0;  // all need it
    if (look.stop_ns) return;
    // Who leaves has a name, or gets it when it comes (ask_for_names()).
    const bool is_plain =
        look_at_switch(records[i], one) &&
        (!has_culprits || tasks_.has_who(one.record->prev_tid) ||
         (i > lane.begin && window_.switches[i - 1].record->head.tid == one.record->prev_tid));
    if (!is_plain) {
      look.stop_ns = records[i].head->time_ns;
      return;
    }
    const ht_switch& record = *one.record;
    look.last_ns = record.head.time_ns;
    if (one.prev != kNoTask) marks_.mark(one.prev, index);
    if (one.next != kNoTask) marks_.mark(one.next, index);
    if (record.clock_lag != 0) {
      look.has_lag = true;
      one.clock_age_ns =
          static_cast<std::uint32_t>(clock->age_ns(record.head.time_ns, record.clock_lag));
    }
    look.has_runtimes = look.has_runtimes || record.prev_exec_ns != 0;
    if (!has_culprits) continue;
    CpuRun& run = window_.runs[i];
    run.start_ns =
        record.head.time_ns - std::min<std::uint64_t>(record.head.time_ns, one.clock_age_ns);
    if (tasks_.has_who(record.head.tid))
      run.who = tasks_.who(record.head.tid);
    else
      look.not_asked.push_back(i);
  }
  look.running = window_.switches[lane.end - 1].next;
}

void LaneTracker::restore_clocks() {
  for (std::size_t i = 0; i < window_.lanes.size(); i++)
    if (looks_[i].clock) *tasks_.clock(window_.lanes[i].cpu) = *looks_[i].clock;
}

// In order of time: who was asked for first has the lower number, which decides between equals in a ranking.
void LaneTracker::ask_for_names() {
  std::vector<std::tuple<std::uint64_t, std::size_t, std::size_t>> asked;
  for (std::size_t lane = 0; lane < window_.lanes.size(); lane++)
    for (const std::size_t i : looks_[lane].not_asked)
      asked.emplace_back(window_.switches[i].record->head.time_ns, lane, i);
  std::sort(asked.begin(), asked.end());
  for (const auto& [time_ns, lane, i] : asked)
    window_.runs[i].who = tasks_.who(window_.switches[i].record->head.tid);
}

void LaneTracker::do_in_parts(const std::function<void(Shard&)>& part) {
  if (is_worth_threads_)
    crew_->run([&](std::size_t i) { part(*shards_[i]); });
  else
    for (const auto& shard : shards_) part(*shard);
}

std::optional<std::uint64_t> LaneTracker::look_at_all(const RecordView* records) {
  marks_.begin(tasks_.size());
  do_in_parts([&](Shard& shard) {
    for (std::uint32_t lane = shard.first_lane; lane < shard.last_lane; lane++)
      look_at(records, lane);
  });
  std::optional<std::uint64_t> stop_ns;
  for (std::size_t i = 0; i < window_.lanes.size(); i++)
    if (const auto stop = looks_[i].stop_ns) stop_ns = std::min(stop_ns.value_or(*stop), *stop);
  if (stop_ns) restore_clocks();
  return stop_ns;
}

void LaneTracker::follow() {
  bool has_lag = false;
  bool has_runtimes = false;
  std::uint64_t last_ns = 0;
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < window_.lanes.size(); i++) {
    const Look& look = looks_[i];
    has_lag = has_lag || look.has_lag;
    has_runtimes = has_runtimes || look.has_runtimes;
    last_ns = std::max(last_ns, look.last_ns);
    count += window_.lanes[i].end - window_.lanes[i].begin;
  }
  ask_for_names();
  waits_.make_room();
  tracker_.begin_window(window_, has_lag, has_runtimes);
  do_in_parts([](Shard& shard) { shard.follow_lanes(); });
  do_in_parts([](Shard& shard) { shard.follow_visitors(); });
  do_in_parts([](Shard& shard) { shard.keep_runs(); });
  tracker_.end_window();
  for (std::size_t i = 0; i < window_.lanes.size(); i++)
    if (const Lane& lane = window_.lanes[i]; lane.begin != lane.end)
      tasks_.set_running(lane.cpu, looks_[i].running);
  std::uint64_t unshown = 0;
  for (const auto& shard : shards_) unshown += shard->take_unshown();
  if (count > 0) account_.on_switches(count, last_ns, unshown);
}

std::optional<std::uint64_t> LaneTracker::take(std::span<const RecordView> records) {
  if (records.empty()) return std::nullopt;
  if (tracker_.needs_order()) return 0;
  window_.find_lanes(records);
  if (looks_.size() < window_.lanes.size()) looks_.resize(window_.lanes.size());
  is_worth_threads_ = shards_.size() > 1 && records.size() >= kWorthThreads;
  if (is_worth_threads_ && !crew_) crew_ = std::make_unique<Crew>(shards_.size());
  share_lanes(records.size());
  window_.switches.resize(records.size());
  if (tracker_.has_culprits()) window_.runs.resize(records.size());
  const std::optional<std::uint64_t> stop_ns = look_at_all(records.data());
  if (stop_ns == 0) return stop_ns;
  if (stop_ns) {
    for (Lane& lane : window_.lanes)
      while (lane.end > lane.begin && records[lane.end - 1].head->time_ns >= *stop_ns) lane.end--;
    look_at_all(records.data());
  }
  follow();
  return stop_ns;
}

}  // namespace hoodtrace
