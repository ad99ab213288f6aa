// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace sched.

#include <fmt/format.h>

#include <array>
#include <optional>

#include "base/result.hpp"
#include "command/command_table.hpp"
#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "model/sched/fair.hpp"
#include "model/sched/irq.hpp"
#include "model/sched/load.hpp"
#include "model/sched/moves.hpp"
#include "model/sched/quota.hpp"
#include "model/sched/realtime.hpp"
#include "model/sched/tracker.hpp"
#include "view/sched/fair.hpp"
#include "view/sched/irq.hpp"
#include "view/sched/load.hpp"
#include "view/sched/moves.hpp"
#include "view/sched/quota.hpp"
#include "view/sched/realtime.hpp"
#include "view/sched/view.hpp"

namespace hoodtrace {
namespace {

// Neither another table than the ordinary one, nor lines of long waits.
bool follows_only_switches(const Options& options) {
  const SchedOptions& sched = options.sched;
  return !sched.fair && !sched.load && !sched.quota && !sched.irq && !sched.realtime &&
         options.view.by != Grouping::kCpu && options.threshold_ns == 0;
}

class SchedObserver : public Observer {
 public:
  SchedObserver(TaskTable& tasks, const Options& options)
      : tasks_(tasks),
        options_(options),
        tracker_(tasks,
                 {options.threshold_ns, options.culprits, options.view.by == Grouping::kCpu}),
        fair_(tasks),
        load_(tasks),
        quota_(tasks),
        irq_(tasks),
        realtime_(tasks),
        moves_(tasks) {}

  void on_event(const Event& event, std::string& out) override {
    if (const auto* session = event.as<ht_session>()) started_ns_ = session->head.time_ns;
    feed(tracker_, event);
    if (options_.sched.fair) feed(fair_, event);
    if (options_.sched.load) feed(load_, event);
    if (options_.sched.quota) feed(quota_, event);
    if (options_.sched.irq) feed(irq_, event);
    if (options_.sched.realtime) feed(realtime_, event);
    if (is_by_cpu()) feed(moves_, event);
    if (options_.threshold_ns == 0 || options_.format != Format::kText) return;
    for (const LongWait& wait : tracker_.take_long_waits())
      out += long_wait_line(wait, tasks_, started_ns_) + "\n";
  }
  void fold(TaskId task) override {
    tracker_.fold(task);
    fair_.fold(task);
    load_.fold(task);
    quota_.fold(task);
    irq_.fold(task);
    realtime_.fold(task);
    moves_.fold(task);
  }

  SchedTracker* follows_switches() override {
    return follows_only_switches(options_) ? &tracker_ : nullptr;
  }

  void report(std::uint64_t now_ns, Report& report) override {
    tracker_.settle(now_ns);
    moves_.settle(now_ns);
    add_sched_report(tracker_, tasks_, options_.view, report, is_by_cpu() ? &moves_ : nullptr);
    if (options_.sched.fair) {
      report.tables.clear();
      add_fair_report(fair_, tasks_, options_.view, report);
    }
    if (options_.sched.load) {
      load_.settle(now_ns);
      report.tables.clear();
      add_load_report(tracker_, load_, tasks_, options_.view, report);
    }
    if (options_.sched.quota) {
      quota_.settle(now_ns);
      report.tables.clear();
      add_quota_report(quota_, tasks_, options_.view, report);
    }
    if (options_.sched.irq) {
      report.tables.clear();
      add_irq_report(tracker_, irq_, tasks_, options_.view, report);
    }
    if (options_.sched.realtime) {
      realtime_.settle(now_ns);
      report.tables.clear();
      add_realtime_report(tracker_, realtime_, tasks_, options_.view, report);
    }
  }
  void begin_interval(std::uint64_t now_ns) override {
    tracker_.begin_interval(now_ns);
    fair_.begin_interval();
    load_.begin_interval(now_ns);
    quota_.begin_interval(now_ns);
    irq_.begin_interval();
    realtime_.begin_interval(now_ns);
    moves_.begin_interval(now_ns);
  }

 private:
  [[nodiscard]] bool is_by_cpu() const { return options_.view.by == Grouping::kCpu; }

  TaskTable& tasks_;
  const Options& options_;
  SchedTracker tracker_;
  FairTracker fair_;
  LoadTracker load_;
  QuotaTracker quota_;
  IrqTracker irq_;
  RealtimeTracker realtime_;
  MoveTracker moves_;
  std::uint64_t started_ns_ = 0;
};

}  // namespace

namespace {

// One of the tables that replace the ordinary one.
struct OwnTable {
  const char* option;
  bool SchedOptions::*is_wanted;
  std::optional<Family> family;  // whose programs it needs
};
constexpr std::array kTables = {OwnTable{"--fair", &SchedOptions::fair, Family::kFair},
                                OwnTable{"--load", &SchedOptions::load, std::nullopt},
                                OwnTable{"--quota", &SchedOptions::quota, Family::kQuota},
                                OwnTable{"--irq", &SchedOptions::irq, Family::kIrq},
                                OwnTable{"--realtime", &SchedOptions::realtime, Family::kRealtime}};

Result<void> check_sort(const Options& options) {
  const SchedOptions& sched = options.sched;
  if (sched.fair) return check_fair_sort(options.view.sort);
  if (sched.load) return check_load_sort(options.view.sort);
  if (!sched.quota && !sched.irq && !sched.realtime)
    return check_sched_sort(options.view.sort, options.view.by);
  if (options.view.sort.empty()) return {};
  return usage("--sort does not apply to --quota, --irq and --realtime");
}

}  // namespace

// A long wait's line names the waker.
Result<void> complete_sched(Options& options) {
  if (options.threshold_ns != 0) options.trace.wakers = true;
  options.trace.sheds_culprits = options.culprits;
  // A recording is in order of time.
  options.trace.by_cpu = follows_only_switches(options) && options.trace.target.is_whole_system() &&
                         options.record.tee.empty();
  options.trace.load_averages = options.sched.load;
  const bool is_by_cpu = options.view.by == Grouping::kCpu;
  const OwnTable* chosen = nullptr;
  for (const OwnTable& table : kTables) {
    if (!(options.sched.*table.is_wanted)) continue;
    if (chosen != nullptr)
      return usage(
          fmt::format("{} and {} are two tables: ask for one", chosen->option, table.option));
    chosen = &table;
    if (is_by_cpu || options.view.histogram)
      return usage(fmt::format("{} is about tasks: it goes with neither --by cpu nor --histogram",
                               table.option));
    if (table.family) options.trace.families.add(*table.family);
  }
  // A recording without them has the rest.
  if (options.sched.load && options.from.empty()) options.trace.families.add(Family::kLoad);
  if (is_by_cpu && options.from.empty()) options.trace.families.add(Family::kCpus);
  return {};
}

Result<int> run_sched(const Options& options, const Environment& environment) {
  RETURN_IF_ERROR(check_sort(options));
  TaskTable tasks;
  SchedObserver observer(tasks, options);
  return run_pipeline(options, environment, tasks, observer);
}

}  // namespace hoodtrace
