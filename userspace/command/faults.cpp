// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace faults.

#include "base/result.hpp"
#include "command/command_table.hpp"
#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "model/faults/fork_tracker.hpp"
#include "model/faults/ranges.hpp"
#include "model/faults/signals.hpp"
#include "model/faults/tracker.hpp"
#include "model/names/file_table.hpp"
#include "view/faults/view.hpp"

namespace hoodtrace {
namespace {

class FaultsObserver : public Observer {
 public:
  FaultsObserver(const TaskTable& tasks, const Options& options)
      : tasks_(tasks),
        options_(options),
        tracker_(tasks),
        ranges_(tasks),
        signals_(tasks),
        forks_(tasks) {}

  void on_event(const Event& event, std::string&) override {
    feed(files_, event);
    feed(tracker_, event);
    feed(signals_, event);
    if (options_.view.by == Grouping::kAddress) feed(ranges_, event);
    if (options_.trace.forks) feed(forks_, event);
  }
  void fold(TaskId task) override {
    tracker_.fold(task);
    forks_.fold(task);
  }
  void report(std::uint64_t, Report& report) override {
    add_faults_report(
        {tracker_, tasks_, files_, signals_, &ranges_, options_.trace.forks ? &forks_ : nullptr},
        options_.view, report);
  }
  void begin_interval(std::uint64_t) override {
    tracker_.begin_interval();
    ranges_.begin_interval();
    signals_.begin_interval();
    forks_.begin_interval();
  }

 private:
  const TaskTable& tasks_;
  const Options& options_;
  FaultTracker tracker_;
  FileTable files_;
  FaultRanges ranges_;
  FaultSignals signals_;
  ForkTracker forks_;
};

}  // namespace

Result<int> run_faults(const Options& options, const Environment& environment) {
  RETURN_IF_ERROR(check_faults_view(options.view));
  TaskTable tasks;
  FaultsObserver observer(tasks, options);
  return run_pipeline(options, environment, tasks, observer);
}

}  // namespace hoodtrace
