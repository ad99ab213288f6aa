// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace procs.

#include <fmt/format.h>

#include <limits>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "command/command_table.hpp"
#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "event/session_words.hpp"
#include "model/procs/tracker.hpp"
#include "model/why/process_causes.hpp"
#include "view/procs/view.hpp"

namespace hoodtrace {
namespace {

// How long an event is held back: a time of reaping can be corrected so late, and argv pieces and
// final counters come after the records that they belong to.
constexpr std::uint64_t kSettleNs = 100'000'000;
constexpr std::uint64_t kBatchNs = 50'000'000;
constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();

class ProcsObserver : public Observer {
 public:
  ProcsObserver(TaskTable& tasks, const Options& options)
      : tasks_(tasks),
        options_(options),
        wants_lines_(options.format == Format::kText && options.procs.form == ProcsForm::kTimeline),
        tracker_(tasks, {wants_lines_, options.procs.threads}) {
    if (options.procs.causes) causes_.emplace(tasks);
  }

  void on_event(const Event& event, std::string& out) override {
    if (const auto* session = event.as<ht_session>()) {
      started_ns_ = session->head.time_ns;
      heading_ = heading(*session);
    }
    feed(tracker_, event);
    if (causes_) causes_->on_event(event);
    now_ns_ = event.head().time_ns;
    is_last_ = event.as<ht_tick>() != nullptr;
    is_due_ = is_last_ || event.as<ht_pulse>() != nullptr;
    settled_ns_ = is_last_ ? kForever : now_ns_ - std::min(now_ns_, kSettleNs);
    if (wants_lines_) add_lines(out);
  }
  void fold(TaskId task) override {
    tracker_.fold(task);
    if (causes_) causes_->fold(task);
  }

  void report(std::uint64_t now_ns, Report& report) override {
    if (causes_) causes_->settle(now_ns);
    add_procs_report(input(now_ns), options_.view, report);
    // A stream that was cut off has no last tick, and lines that were still held back.
    for (const LifeEvent& event : tracker_.take_events(kForever))
      if (std::string line = timeline_line(input(now_ns), event); !line.empty())
        report.drawings.push_back(std::move(line));
  }
  void begin_interval(std::uint64_t) override { tracker_.begin_interval(); }

 private:
  void add_lines(std::string& out) {
    out += std::exchange(heading_, {});
    // Many at a time: a write of its own for each line would cost more than all the rest.
    const std::uint64_t due_ns =
        is_due_ ? settled_ns_ : settled_ns_ - std::min(settled_ns_, kBatchNs);
    if (tracker_.has_events(due_ns)) {
      const ProcsInput input = this->input(now_ns_);
      for (const LifeEvent& event : tracker_.take_events(settled_ns_))
        if (const std::string line = timeline_line(input, event); !line.empty()) out += line + "\n";
    }
    if (is_last_) out += "\n";  // a report follows
  }
  // The timeline is printed while tracing runs, so the line about what is traced comes before it
  // too.
  [[nodiscard]] std::string heading(const ht_session& session) const {
    const SessionText text = read_session(session);
    return fmt::format("hoodtrace procs: {}{}\n\n{}\n", printable(text.target),
                       options_.verbose ? "; " + printable(text.how) : "", timeline_heading());
  }
  [[nodiscard]] ProcsInput input(std::uint64_t now_ns) const {
    return {tracker_, tasks_, options_.procs, started_ns_, now_ns, causes_ ? &*causes_ : nullptr};
  }

  const TaskTable& tasks_;
  const Options& options_;
  bool wants_lines_;
  LifecycleTracker tracker_;
  std::optional<ProcessCauses> causes_;
  std::uint64_t started_ns_ = 0;
  std::uint64_t now_ns_ = 0;
  std::uint64_t settled_ns_ = 0;
  bool is_due_ = false;
  bool is_last_ = false;
  std::string heading_;
};

}  // namespace

Result<void> complete_procs(Options& options) {
  if (options.procs.failed_only) options.trace.failed_execs = true;
  return {};
}

Result<int> run_procs(const Options& options, const Environment& environment) {
  TaskTable tasks;
  ProcsObserver observer(tasks, options);
  return run_pipeline(options, environment, tasks, observer);
}

}  // namespace hoodtrace
