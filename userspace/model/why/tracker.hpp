// SPDX-License-Identifier: GPL-2.0-or-later
// Where each thread's time went, by cause: parts that add up to its time in the window to the
// nanosecond, because they are cut from its spans (TaskSpans), which have no gaps.
//
// A sleep's cause is that of the ht_sleep at its beginning; who ended it is the last ht_waking
// before its end. Waits are divided as the SchedTracker names those who ran instead.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "event/event.hpp"
#include "model/names/task_table.hpp"
#include "model/sched/tracker.hpp"
#include "model/times/task_spans.hpp"
#include "model/why/cause.hpp"
#include "model/why/cause_table.hpp"
#include "model/why/chain_table.hpp"
#include "model/why/disk_waits.hpp"
#include "model/why/last_lengths.hpp"
#include "model/why/long_sleep.hpp"
#include "model/why/objects.hpp"
#include "model/why/places.hpp"
#include "model/why/recent.hpp"
#include "model/why/sleep_cause.hpp"
#include "model/why/sums.hpp"

namespace hoodtrace {

class WhyTracker {
 public:
  struct Options {
    std::uint64_t threshold_ns = 0;  // 0 = no long sleeps wanted
    unsigned chain = 1;   // how deep: 1 = what a holder did, 2 = also what it waited for itself
    bool others = false;  // those that are not of the target are looked at too
  };

  WhyTracker(TaskTable& tasks, Options options)
      : tasks_(tasks),
        options_(options),
        sched_(tasks, {1, true}),
        sleep_causes_(tasks, objects_, places_),
        on_cpu_(causes_.at({.part = WhyPart::kOnCpu})) {}

  // After the TaskTable.
  void on(const ht_session& session);
  void on(const ht_task_seen& seen);
  void on(const ht_task_new& born);
  void on(const ht_task_exec& exec);
  void on(const ht_task_end& end);
  void on(const ht_task_books& counters);
  void on(const ht_switch& record);
  void on(const ht_behind& behind) { sched_.on(behind); }
  void on(const ht_waking& waking);
  void on(const ht_wakeup& wakeup);
  void on(const ht_migrate& migrate) { sched_.on(migrate); }
  void on(const ht_lost& lost);
  void on(const ht_sleep& sleep);
  void on(const ht_ready& ready);
  void on(const ht_stop& stop);
  void on(const ht_cycles& cycles);
  void on(const ht_sleep_stack& stack);
  void on(const ht_object& object) { objects_.on(object); }
  void on(const ht_file& file) { objects_.on(file); }
  void on(const ht_mount& mount) { objects_.on(mount); }
  void on(const ht_device& device) { objects_.on(device); }
  void on(const ht_disk_scope& scope) { disk_waits_.on(scope); }
  void on(const ht_disk& request) { disk_waits_.on(request); }
  void on(const ht_disk_wait& wait) { disk_waits_.on(wait, tasks_.at(wait.head.tid)); }
  void on(const ht_symbol& symbol) { places_.on(symbol); }
  void on(const ht_stack& stack) { places_.on(stack); }

  // Adds what is still going on up to now, for a report.
  void settle(std::uint64_t now_ns);
  // Starts the next interval: sums from zero, what goes on stays known.
  void begin_interval(std::uint64_t now_ns);
  // The TaskTable is about to forget a task: its sums go to those of `ended_others`.
  void fold(TaskId task);

  // Empty sums: the task was not seen in this span.
  [[nodiscard]] const WhySums& sums(TaskId task) const;
  [[nodiscard]] const WhySums& ended_others() const { return folded_; }
  [[nodiscard]] std::uint64_t ended_others_count() const { return folded_count_; }
  [[nodiscard]] const WhyCause& cause(WhyCauseId id) const { return causes_[id]; }
  [[nodiscard]] const ChainTable& chains() const { return chains_; }
  // The object of a cause in words; "" = none, or not known. Hostile.
  [[nodiscard]] std::string object_text(const WhyCause& cause) const;
  // What they slept for on disks; empty unless block requests are recorded as well.
  [[nodiscard]] const WhyDiskWaits& disk_waits() const { return disk_waits_; }
  [[nodiscard]] const FileTable& files() const { return objects_.files(); }
  [[nodiscard]] const WhyPlaces& places() const { return places_; }
  [[nodiscard]] const SchedTracker& sched() const { return sched_; }
  [[nodiscard]] const TaskTable& tasks() const { return tasks_; }

  // The long sleeps since the last call.
  std::vector<LongSleep> take_long_sleeps() { return std::exchange(long_sleeps_, {}); }

 private:
  // A sleep that a timer ended, in a wait for a condition. When the thread goes on to wait there and
  // somebody ends that, it was one wait, looked at now and then (Python's GIL).
  struct TimedOut {
    WhyCauseId cause = 0;
    std::uint64_t address = 0;
    std::uint64_t from_ns = 0;
    std::uint64_t to_ns = 0;
    std::uint64_t times = 0;
  };

  struct Thread {
    WhySums sums;
    std::vector<TimedOut> timed_out;  // not in the sums yet
    std::optional<ht_sleep> sleep;    // how the sleep that goes on began
    std::optional<ht_waking> waking;  // the one that ends it
    std::uint64_t ready_object = 0;   // ht_ready
    std::optional<SleepStack> stack;  // of the sleep that ends
    std::optional<ht_sleep> called;   // the last sleep in a system call of its own
    bool has_executed = false;
    std::uint64_t executed_ns = 0;           // when our command's time began
    bool is_counted = false;                 // a part of the sleep that goes on is in the sums
    std::uint64_t ran_dispatch_ns = 0;       // before that: the kernel counts it as run time
    std::optional<std::uint32_t> exec_ns;    // ht_switch.prev_exec_ns when it last left a CPU
    std::uint64_t stolen_ns = 0;             // in the sums as time on a CPU
    std::uint64_t ran_from_ns = 0;           // on a CPU since then; 0 = it is not
    WhyCauseId last = CauseTable::kUnknown;  // of its last span
    std::uint64_t left_ns = 0;               // when it last left a CPU; 0 = not yet
    LastLengths last_lengths;
    LastLengths unshown;  // what a run was within that no switch has shown, without that run
    Recent recent;
  };

  // Why spans end: the thread does something else, or a record or a report cuts them.
  enum class End : std::uint8_t { kChange, kCut };

  Thread& of(TaskId task);
  // `flag` of `flags` says that a task is traced.
  [[nodiscard]] bool is_followed(std::uint32_t flags, std::uint32_t flag) const {
    return options_.others || (flags & flag) != 0;
  }
  void add(TaskSpans::Ended spans, End end);
  void add_span(const TaskSpan& span);
  void add_wait(Thread& thread, const TaskSpan& span);
  void add_sleep(Thread& thread, const TaskSpan& span);
  void move_unshown(Thread& thread, const TaskSpan& span);
  static std::uint64_t shorten_timed_out(Thread& thread, std::uint64_t ns);
  void move_unshown_wait(Thread& thread, const TaskSpan& span);
  static WhySum& count(Thread& thread, WhyCauseId cause, std::uint64_t from_ns, std::uint64_t to_ns,
                       std::uint64_t times);
  static void count_stolen(Thread& thread, const ht_switch& record, std::uint64_t clock_age_ns);
  static void add_age(Thread& thread, std::uint64_t now_ns);
  void remember(Thread& thread, WhyCauseId cause, std::uint64_t from_ns, std::uint64_t to_ns);
  WhyCauseId activity_of(WhyCauseId id);
  [[nodiscard]] bool is_work(const WhyCause& cause) const;
  [[nodiscard]] bool is_at_work(const WhyTimes& did, std::uint64_t slept_ns) const;
  void count_timed_out(TaskId task, Thread& thread, const WhyCause* until);
  WhyCauseId cause_of_wait(WhoId who);
  // Valid until the next call.
  const WhyTimes& look_at(TaskId from, std::uint32_t tid, std::uint64_t from_ns,
                          std::uint64_t to_ns);

  struct Look {
    std::uint32_t tid;
    std::uint64_t from_ns;
    std::uint64_t to_ns;
    WhyChainId above;
    unsigned depth;
  };
  // Adds what the thread did to did_; not what `from` itself did, who waits.
  void add_did(TaskId from, const Look& look);

  TaskTable& tasks_;
  Options options_;
  SchedTracker sched_;
  TaskSpans spans_;
  CauseTable causes_;
  ChainTable chains_;
  std::vector<WhyCauseId> activities_;  // by WhyCauseId; kUnknown = not asked for yet
  WhyObjects objects_;
  WhyPlaces places_;
  SleepCauses sleep_causes_;
  WhyDiskWaits disk_waits_;
  std::vector<Thread> threads_;          // by TaskId
  std::vector<LongWait> waits_;          // of the switch at hand
  std::vector<WhyCauseId> wait_causes_;  // by WhoId; kUnknown = not asked for yet
  WhyCauseId on_cpu_ = CauseTable::kUnknown;
  WhyTimes did_;  // of look_at()
  std::vector<LongSleep> long_sleeps_;
  std::unordered_map<std::uint32_t, std::uint32_t> stoppers_;  // pid → tid
  WhySums folded_;
  std::uint64_t folded_count_ = 0;
  End end_ = End::kChange;
};

}  // namespace hoodtrace
