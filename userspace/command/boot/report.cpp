// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace boot report: prints a capture, on any machine.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "base/result.hpp"
#include "base/text.hpp"
#include "command/boot/boot.hpp"
#include "command/boot/captures.hpp"
#include "command/boot/paths.hpp"
#include "command/command_table.hpp"
#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "model/boot/files.hpp"
#include "model/times/activity_tracker.hpp"
#include "output/sink.hpp"
#include "output/timeline_html.hpp"
#include "view/boot/view.hpp"

namespace hoodtrace {
namespace {

// The report's own width, without a terminal.
constexpr std::size_t kColumns = 100;
constexpr std::uint64_t kLongWaitNs = 1'000'000;
constexpr std::size_t kLongWaits = 10;

class BootObserver : public Observer {
 public:
  explicit BootObserver(const Options& options, TaskTable& tasks)
      : options_(options),
        tasks_(tasks),
        lives_(tasks, {false, false}),
        files_(tasks),
        disk_(tasks),
        activity_(tasks),
        sched_(tasks, {kLongWaitNs, true}) {}

  void on_event(const Event& event, std::string&) override {
    feed(boot_, event);
    feed(lives_, event);
    feed(faults_, event);
    feed(files_, event);
    feed(disk_, event);
    feed(activity_, event);
    feed(sched_, event);
    for (LongWait& wait : sched_.take_long_waits()) keep(std::move(wait));
  }
  void fold(TaskId task) override {
    lives_.fold(task);
    activity_.fold(task);
    sched_.fold(task);
  }

  void report(std::uint64_t now_ns, Report& report) override {
    sched_.settle(now_ns);
    activity_.settle(now_ns);
    BootInput input{boot_,
                    lives_,
                    tasks_,
                    sched_,
                    files_,
                    disk_,
                    join_loads(lives_, tasks_, faults_),
                    {},
                    {},
                    faults_,
                    now_ns,
                    activity_.has_spans(),
                    activity_.has_iowait()};
    const std::uint64_t begin_ns = boot_.phases() ? boot_.phases()->userspace_ns : 0;
    input.chain = critical_chain(boot_.units(), goal(), begin_ns);
    account_chain(input.chain, input.loads, lives_, activity_, boot_.started_ns());
    input.waits = waits_;
    report.how = fmt::format("{} processes", lives_.lives().size());
    add_boot_report(input, options_.view, report);
    if (!options_.boot.html.empty()) html_ = timeline_html(boot_timeline(input));
  }

  // With options.boot.html: the page, once reported.
  [[nodiscard]] const std::string& html() const { return html_; }

 private:
  // What the chain leads to: what the capture waited for, or else the usual end of a boot.
  [[nodiscard]] std::string goal() const {
    std::vector<std::string> goals;
    if (boot_.end() && boot_.end()->until != kBootIdle) goals.push_back(boot_.end()->until);
    goals.insert(goals.end(), {"graphical.target", "multi-user.target", "basic.target"});
    for (const std::string& name : goals) {
      const auto found = boot_.units().find(name);
      if (found != boot_.units().end() && found->second.up_ns() != 0) return name;
    }
    return {};
  }

  void keep(LongWait wait) {
    const auto shorter = [](const BootWait& a, std::uint64_t ns) { return a.wait.wait_ns >= ns; };
    const auto place = std::lower_bound(waits_.begin(), waits_.end(), wait.wait_ns, shorter);
    if (place == waits_.end() && waits_.size() >= kLongWaits) return;
    const Task& task = tasks_[wait.task];
    BootWait made;
    made.comm = comm_view(task);
    made.pid = task.pid;
    made.unit = std::string(system_unit_of_cgroup(tasks_.cgroup_path(task.cgroup_id)));
    if (made.unit.empty()) made.unit = task.kthread ? kKernelUnit : kNoUnit;
    made.wait = std::move(wait);
    waits_.insert(place, std::move(made));
    if (waits_.size() > kLongWaits) waits_.pop_back();
  }

  const Options& options_;
  TaskTable& tasks_;
  BootTracker boot_;
  LifecycleTracker lives_;
  FaultCounters faults_;
  BootFiles files_;
  BootDisk disk_;
  ActivityTracker activity_;
  SchedTracker sched_;
  std::vector<BootWait> waits_;
  std::string html_;
};

Result<int> export_to_perfetto(const Options& options, const Environment& environment) {
  Options trace = options;
  trace.export_to = "perfetto";
  trace.output = options.boot.perfetto;
  return run_export(trace, environment);
}

Error no_capture() {
  if (::access(kBootFolder, F_OK) == 0 && ::access(kBootFolder, R_OK | X_OK) != 0)
    return unsupported(fmt::format("{} is root's alone: sudo hoodtrace boot report", kBootFolder));
  std::string outcome;
  std::ifstream file(kBootOutcome);
  std::getline(file, outcome);
  if (!outcome.empty()) outcome = " (" + printable(outcome) + ")";
  return failed(fmt::format(
      "no boot was captured yet{}; capture the next one with: sudo hoodtrace boot enable",
      outcome));
}

}  // namespace

Result<int> report_boot(const Options& options, const Environment& environment) {
  if (options.format == Format::kCsv)
    return usage("boot report has several tables: use --format text or json");
  Options mine = options;
  mine.width = kColumns;
  mine.trace.families = {};  // it reports whatever was captured
  mine.from = options.boot.file;
  if (mine.from.empty()) {
    const std::vector<BootCapture> captures = find_captures("/");
    if (captures.empty()) return no_capture();
    mine.from = captures.front().path;
  }
  TaskTable tasks;
  BootObserver observer(mine, tasks);
  Result<int> code = run_pipeline(mine, environment, tasks, observer);
  if (code && !mine.boot.html.empty()) {
    Result<Sink> page = Sink::open(mine.boot.html, false);
    if (!page) return page.error();
    RETURN_IF_ERROR(page->write(observer.html()));
    RETURN_IF_ERROR(page->finish());
  }
  return code && !mine.boot.perfetto.empty() ? export_to_perfetto(mine, environment) : code;
}

}  // namespace hoodtrace
