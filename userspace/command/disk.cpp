// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace disk.

#include "base/result.hpp"
#include "command/command_table.hpp"
#include "command/pipeline.hpp"
#include "model/disk/tracker.hpp"
#include "view/disk/view.hpp"

namespace hoodtrace {
namespace {

class DiskObserver : public Observer {
 public:
  DiskObserver(TaskTable& tasks, const Options& options)
      : options_(options), tracker_(tasks, {options.threshold_ns}) {}

  void on_event(const Event& event, std::string& out) override {
    if (const auto* const* session = std::get_if<const ht_session*>(&event))
      started_ns_ = (*session)->head.time_ns;
    feed(tracker_, event);
    if (options_.threshold_ns == 0) return;
    for (const LongRequest& one : tracker_.take_long_requests())
      if (options_.format == Format::kText)
        out += long_request_line(one, tracker_, started_ns_) + "\n";
  }
  void fold(TaskId task) override { tracker_.fold(task); }
  void report(std::uint64_t, Report& report) override {
    add_disk_report(tracker_, options_.view, report);
  }
  void begin_interval(std::uint64_t now_ns) override { tracker_.begin_interval(now_ns); }

 private:
  const Options& options_;
  DiskTracker tracker_;
  std::uint64_t started_ns_ = 0;
};

}  // namespace

Result<void> complete_disk(Options& options) {
  if (!options.from.empty() && !options.trace.target.is_whole_system())
    return usage(
        "disk counts what kernel threads write for a target: give the target when recording");
  return {};
}

Result<int> run_disk(const Options& options, const Environment& environment) {
  RETURN_IF_ERROR(check_disk_sort(options.view.sort));
  TaskTable tasks;
  DiskObserver observer(tasks, options);
  return run_pipeline(options, environment, tasks, observer);
}

}  // namespace hoodtrace
