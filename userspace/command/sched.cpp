// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace sched.

#include "base/result.hpp"
#include "command/command_table.hpp"
#include "command/pipeline.hpp"
#include "model/sched/fair.hpp"
#include "model/sched/load.hpp"
#include "model/sched/tracker.hpp"
#include "view/sched/fair.hpp"
#include "view/sched/load.hpp"
#include "view/sched/view.hpp"

namespace hoodtrace {
namespace {

class SchedObserver : public Observer {
 public:
  SchedObserver(TaskTable& tasks, const Options& options)
      : tasks_(tasks),
        options_(options),
        tracker_(tasks,
                 {options.threshold_ns, options.culprits, options.view.by == Grouping::kCpu}),
        fair_(tasks),
        load_(tasks) {}

  void on_event(const Event& event, std::string& out) override {
    if (const auto* const* session = std::get_if<const ht_session*>(&event))
      started_ns_ = (*session)->head.time_ns;
    feed(tracker_, event);
    if (options_.sched.fair) feed(fair_, event);
    if (options_.sched.load) feed(load_, event);
    if (options_.threshold_ns == 0 || options_.format != Format::kText) return;
    for (const LongWait& wait : tracker_.take_long_waits())
      out += long_wait_line(wait, tasks_, started_ns_) + "\n";
  }
  void fold(TaskId task) override {
    tracker_.fold(task);
    fair_.fold(task);
    load_.fold(task);
  }

  void report(std::uint64_t now_ns, Report& report) override {
    tracker_.settle(now_ns);
    add_sched_report(tracker_, tasks_, options_.view, report);
    if (options_.sched.fair) {
      report.tables.clear();
      add_fair_report(fair_, tasks_, options_.view, report);
    }
    if (options_.sched.load) {
      load_.settle(now_ns);
      report.tables.clear();
      add_load_report(tracker_, load_, tasks_, options_.view, report);
    }
  }
  void begin_interval(std::uint64_t now_ns) override {
    tracker_.begin_interval(now_ns);
    fair_.begin_interval();
    load_.begin_interval(now_ns);
  }

 private:
  TaskTable& tasks_;
  const Options& options_;
  SchedTracker tracker_;
  FairTracker fair_;
  LoadTracker load_;
  std::uint64_t started_ns_ = 0;
};

}  // namespace

// A long wait's line names the waker.
Result<void> complete_sched(Options& options) {
  if (options.threshold_ns != 0) options.trace.wakers = true;
  options.trace.sheds_culprits = options.culprits;
  if (options.sched.fair && options.sched.load)
    return usage("--fair and --load are two tables: ask for one");
  if (options.sched.load && (options.view.by == Grouping::kCpu || options.view.histogram))
    return usage("--load is about tasks: it goes with neither --by cpu nor --histogram");
  if (!options.sched.fair) return {};
  if (options.view.by == Grouping::kCpu || options.view.histogram)
    return usage("--fair is about tasks: it goes with neither --by cpu nor --histogram");
  options.trace.families.add(Family::kFair);
  return {};
}

Result<int> run_sched(const Options& options, const Environment& environment) {
  RETURN_IF_ERROR(options.sched.fair   ? check_fair_sort(options.view.sort)
                  : options.sched.load ? check_load_sort(options.view.sort)
                                       : check_sched_sort(options.view.sort, options.view.by));
  TaskTable tasks;
  SchedObserver observer(tasks, options);
  return run_pipeline(options, environment, tasks, observer);
}

}  // namespace hoodtrace
