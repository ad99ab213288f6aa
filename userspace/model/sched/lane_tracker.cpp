// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/lane_tracker.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace hoodtrace {

// One shard of the tasks, and of the CPUs.
class LaneTracker::Shard : public LaneOrder::Follower {
 public:
  Shard(LaneTracker& all, std::size_t index, std::size_t shards)
      : all_(all), index_(index), shards_(shards), order_(index, shards) {}

  void follow() { order_.follow(all_.switches_, all_.lanes_, *this); }

  std::uint64_t take_unshown() { return std::exchange(unshown_, 0); }

  [[nodiscard]] std::uint16_t came_from(TaskId task, std::uint16_t cpu) const override {
    return all_.tracker_.came_from(task, cpu);
  }

  // In the order of StreamLoop::take() and SchedTracker::on().
  void take(const LaneSwitch& one, std::uint32_t lane) override {
    SchedTracker& tracker = all_.tracker_;
    UnreportedSwitches& unreported = all_.account_.unreported();
    if (lane % shards_ == index_) tracker.advance_cpu(index_, *one.record);
    if (order_.has(one.prev)) {
      unshown_ += unreported.on_leaving(*one.record);
      tracker.leave(index_, one);
    }
    if (order_.has(one.next)) {
      unshown_ += unreported.on_coming(*one.record);
      tracker.come(index_, one, all_.waits_.on_coming(*one.record, one.next, corrected_));
    }
    if (tracker.has_culprits()) tracker.begin_run(index_, one);
  }

 private:
  LaneTracker& all_;
  std::size_t index_;
  std::size_t shards_;
  LaneOrder order_;
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

void LaneTracker::find_lanes(std::span<const RecordView> records) {
  lanes_.clear();
  for (std::size_t i = 0; i < records.size(); i++) {
    const std::uint16_t cpu = records[i].head->cpu;
    if (lanes_.empty() || lanes_.back().cpu != cpu) lanes_.push_back({cpu, i, i});
    lanes_.back().end = i + 1;
  }
  if (looks_.size() < lanes_.size()) looks_.resize(lanes_.size());
}

// False: it is no plain switch.
bool LaneTracker::look_at_switch(RecordView view, LaneSwitch& one) const {
  const std::optional<Event> event = decode(view);
  const ht_switch* record = event ? event->as<ht_switch>() : nullptr;
  if (record == nullptr || !(record->flags & HT_SWITCH_EXACT || record->head.tid == 0))
    return false;
  one = {record, kNoTask, kNoTask, 0, WhoTable::kUnknown};
  const auto find = [&](std::uint32_t tid, std::uint8_t traced, TaskId& task) {
    if (tid == 0 || !(record->flags & traced)) return true;
    task = tasks_.find_settled(tid);
    return task != kNoTask && !waits_.is_asleep(task) && account_.unreported().has_room(tid);
  };
  return find(record->prev_tid, HT_SWITCH_PREV_TRACED, one.prev) &&
         find(record->head.tid, HT_SWITCH_NEXT_TRACED, one.next);
}

// Each lane on one thread.
void LaneTracker::look_at(const RecordView* records, std::size_t index) {
  const Lane& lane = lanes_[index];
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
    LaneSwitch& one = switches_[i];
    if (records[i].head->time_ns < look.last_ns) look.stop_ns = 0;  // all need it
    if (look.stop_ns) return;
    // Who leaves has a name, or gets it when it comes (ask_for_names()).
    const bool is_plain =
        look_at_switch(records[i], one) &&
        (!has_culprits || tasks_.has_who(one.record->prev_tid) ||
         (i > lane.begin && switches_[i - 1].record->head.tid == one.record->prev_tid));
    if (!is_plain) {
      look.stop_ns = records[i].head->time_ns;
      return;
    }
    const ht_switch& record = *one.record;
    look.last_ns = record.head.time_ns;
    if (record.clock_lag != 0) {
      look.has_lag = true;
      one.clock_age_ns =
          static_cast<std::uint32_t>(clock->age_ns(record.head.time_ns, record.clock_lag));
    }
    look.has_runtimes = look.has_runtimes || record.prev_exec_ns != 0;
    if (!has_culprits) continue;
    if (tasks_.has_who(record.head.tid))
      one.next_who = tasks_.who(record.head.tid);
    else
      look.not_asked.push_back(i);
  }
  look.running = switches_[lane.end - 1].next;
}

void LaneTracker::restore_clocks() {
  for (std::size_t i = 0; i < lanes_.size(); i++)
    if (looks_[i].clock) *tasks_.clock(lanes_[i].cpu) = *looks_[i].clock;
}

// In order of time: who was asked for first has the lower number, which decides between equals in a ranking.
void LaneTracker::ask_for_names() {
  std::vector<std::tuple<std::uint64_t, std::size_t, std::size_t>> asked;
  for (std::size_t lane = 0; lane < lanes_.size(); lane++)
    for (const std::size_t i : looks_[lane].not_asked)
      asked.emplace_back(switches_[i].record->head.time_ns, lane, i);
  std::sort(asked.begin(), asked.end());
  for (const auto& [time_ns, lane, i] : asked)
    switches_[i].next_who = tasks_.who(switches_[i].record->head.tid);
}

void LaneTracker::do_in_parts(const std::function<void(std::size_t)>& part) {
  if (is_worth_threads_)
    crew_->run(part);
  else
    for (std::size_t i = 0; i < shards_.size(); i++) part(i);
}

std::optional<std::uint64_t> LaneTracker::look_at_all(const RecordView* records) {
  do_in_parts([&](std::size_t part) {
    for (std::size_t lane = part; lane < lanes_.size(); lane += shards_.size())
      look_at(records, lane);
  });
  std::optional<std::uint64_t> stop_ns;
  for (std::size_t i = 0; i < lanes_.size(); i++)
    if (const auto stop = looks_[i].stop_ns) stop_ns = std::min(stop_ns.value_or(*stop), *stop);
  if (stop_ns) restore_clocks();
  return stop_ns;
}

void LaneTracker::follow() {
  bool has_lag = false;
  bool has_runtimes = false;
  std::uint64_t last_ns = 0;
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < lanes_.size(); i++) {
    const Look& look = looks_[i];
    has_lag = has_lag || look.has_lag;
    has_runtimes = has_runtimes || look.has_runtimes;
    last_ns = std::max(last_ns, look.last_ns);
    count += lanes_[i].end - lanes_[i].begin;
  }
  ask_for_names();
  waits_.make_room();
  tracker_.begin_lanes(has_lag, has_runtimes);
  do_in_parts([this](std::size_t part) { shards_[part]->follow(); });
  for (std::size_t i = 0; i < lanes_.size(); i++)
    if (lanes_[i].begin != lanes_[i].end) tasks_.set_running(lanes_[i].cpu, looks_[i].running);
  std::uint64_t unshown = 0;
  for (const auto& shard : shards_) unshown += shard->take_unshown();
  if (count > 0) account_.on_switches(count, last_ns, unshown);
}

std::optional<std::uint64_t> LaneTracker::take(std::span<const RecordView> records) {
  if (records.empty()) return std::nullopt;
  if (tracker_.needs_order()) return 0;
  find_lanes(records);
  is_worth_threads_ = shards_.size() > 1 && records.size() >= kWorthThreads;
  if (is_worth_threads_ && !crew_) crew_ = std::make_unique<Crew>(shards_.size());
  switches_.resize(records.size());
  const std::optional<std::uint64_t> stop_ns = look_at_all(records.data());
  if (stop_ns == 0) return stop_ns;
  if (stop_ns) {
    for (Lane& lane : lanes_)
      while (lane.end > lane.begin && records[lane.end - 1].head->time_ns >= *stop_ns) lane.end--;
    look_at_all(records.data());
  }
  follow();
  return stop_ns;
}

}  // namespace hoodtrace
