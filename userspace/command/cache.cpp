// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace cache.

#include "base/result.hpp"
#include "command/command_table.hpp"
#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "model/cache/tracker.hpp"
#include "view/cache/view.hpp"

namespace hoodtrace {
namespace {

class CacheObserver : public Observer {
 public:
  CacheObserver(TaskTable& tasks, const ViewOptions& view)
      : tasks_(tasks), view_(view), tracker_(tasks) {}

  void on_event(const Event& event, std::string&) override { feed(tracker_, event); }
  void fold(TaskId task) override { tracker_.fold(task); }
  void report(std::uint64_t, Report& report) override {
    tracker_.settle();
    add_cache_report(tracker_, tasks_, view_, report);
  }
  void begin_interval(std::uint64_t) override { tracker_.begin_interval(); }

 private:
  const TaskTable& tasks_;
  const ViewOptions& view_;
  CacheTracker tracker_;
};

}  // namespace

Result<void> complete_cache(Options& options) {
  if (!options.from.empty() && !options.trace.target.is_whole_system())
    return usage(
        "cache counts what others do to the files of a target: give the target when recording");
  return {};
}

Result<int> run_cache(const Options& options, const Environment& environment) {
  RETURN_IF_ERROR(check_cache_view(options.view));
  TaskTable tasks;
  CacheObserver observer(tasks, options.view);
  return run_pipeline(options, environment, tasks, observer);
}

}  // namespace hoodtrace
