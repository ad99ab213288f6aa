// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace why.

#include "base/result.hpp"
#include "command/command_table.hpp"
#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "model/why/tracker.hpp"
#include "view/why/long_sleeps.hpp"
#include "view/why/rows.hpp"
#include "view/why/view.hpp"

namespace hoodtrace {
namespace {

class WhyObserver : public Observer {
 public:
  WhyObserver(TaskTable& tasks, const Options& options)
      : options_(options),
        tracker_(tasks, {options.threshold_ns, static_cast<unsigned>(options.chain),
                         options.trace.others}) {}

  void on_event(const Event& event, std::string& out) override {
    if (const auto* session = event.as<ht_session>()) started_ns_ = session->head.time_ns;
    if (event.as<ht_cycles>() != nullptr) has_cycles_ = true;
    feed(tracker_, event);
    if (options_.threshold_ns == 0) return;
    const bool all = options_.view.top == std::size_t{0};
    for (LongSleep& sleep : tracker_.take_long_sleeps()) {
      if (!all && !is_worth_a_line(sleep, tracker_)) continue;
      if (!options_.stacks) sleep.stack.reset();
      if (options_.format == Format::kText)
        out += long_sleep_text(sleep, tracker_, started_ns_);
      else
        long_sleeps_.add(sleep, tracker_);
    }
  }
  void fold(TaskId task) override { tracker_.fold(task); }

  void report(std::uint64_t now_ns, Report& report) override {
    tracker_.settle(now_ns);
    add_why_report(tracker_, options_.view, report);
    if (options_.threshold_ns != 0 && options_.view.json) long_sleeps_.add_to(report);
    if (options_.trace.cycles && !has_cycles_)
      report.remarks.emplace_back(
          options_.from.empty()
              ? "no cycles were counted"
              : "the recording has no cycles: record them with hoodtrace why --cycles -w FILE");
  }
  void begin_interval(std::uint64_t now_ns) override {
    tracker_.begin_interval(now_ns);
    long_sleeps_.clear();
  }

 private:
  const Options& options_;
  WhyTracker tracker_;
  LongSleepList long_sleeps_;
  std::uint64_t started_ns_ = 0;
  bool has_cycles_ = false;
};

}  // namespace

Result<void> complete_why(Options& options) {
  if (options.trace.force_fallback)
    return usage("why needs the kernel's accounting of waits, which --fallback leaves out");
  options.trace.others = options.chain > 1;
  if (!options.stacks) return {};
  if (options.threshold_ns == 0)
    return usage(
        "--stacks needs --threshold: the stacks are those of sleeps of at least that time");
  options.trace.stacks_ns = options.threshold_ns;
  return {};
}

Result<int> run_why(const Options& options, const Environment& environment) {
  RETURN_IF_ERROR(check_why_sort(options.view.sort));
  TaskTable tasks;
  WhyObserver observer(tasks, options);
  return run_pipeline(options, environment, tasks, observer);
}

}  // namespace hoodtrace
