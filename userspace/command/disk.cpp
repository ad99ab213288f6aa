// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace disk.

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/units.hpp"
#include "command/command_table.hpp"
#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "model/disk/heat.hpp"
#include "model/disk/tracker.hpp"
#include "output/disk_html.hpp"
#include "output/sink.hpp"
#include "view/disk/view.hpp"

namespace hoodtrace {
namespace {

class DiskObserver : public Observer {
 public:
  DiskObserver(TaskTable& tasks, const Options& options)
      : options_(options), tracker_(tasks, {options.threshold_ns}) {}

  void on_event(const Event& event, std::string& out) override {
    if (const auto* session = event.as<ht_session>()) started_ns_ = session->head.time_ns;
    feed(tracker_, event);
    if (const auto* request = event.as<ht_disk>()) add_heat(*request);
    if (options_.threshold_ns == 0) return;
    for (const LongRequest& one : tracker_.take_long_requests())
      if (options_.format == Format::kText)
        out += long_request_line(one, tracker_, started_ns_) + "\n";
  }
  void fold(TaskId task) override { tracker_.fold(task); }
  void report(std::uint64_t, Report& report) override {
    add_disk_report(tracker_, options_.view, report);
    what_ = fmt::format("{} for {}", report.target, format_duration(report.duration_ns));
  }
  [[nodiscard]] std::string page() const { return disk_html(tracker_, heats_, what_); }

  void begin_interval(std::uint64_t now_ns) override { tracker_.begin_interval(now_ns); }

 private:
  void add_heat(const ht_disk& request) {
    if (options_.disk_html.empty() || (request.flags & HT_REQ_OPEN) != 0) return;
    const std::uint64_t end_ns = request.head.time_ns;
    heats_.try_emplace(request.dev, started_ns_)
        .first->second.add(end_ns, end_ns > request.start_ns ? end_ns - request.start_ns : 0);
  }

  const Options& options_;
  DiskTracker tracker_;
  std::uint64_t started_ns_ = 0;
  std::map<std::uint32_t, DiskHeat> heats_;  // by device
  std::string what_;                         // of the last report
};

}  // namespace

Result<void> complete_disk(Options& options) {
  if (options.disk_html == "-")
    return usage("--html is written beside the report: name a file with --html FILE");
  if (!options.disk_html.empty() && options.trace.interval_ns != 0)
    return usage("--html shows the whole run: leave --interval out");
  if (!options.from.empty() && !options.trace.target.is_whole_system())
    return usage(
        "disk counts what kernel threads write for a target: give the target when recording; "
        "of a recording, --by and --sort choose what is shown");
  return {};
}

Result<int> run_disk(const Options& options, const Environment& environment) {
  RETURN_IF_ERROR(check_disk_sort(options.view.sort));
  // Tried before a long run; what it has is replaced when the page is written.
  std::optional<Result<Sink>> page;
  if (!options.disk_html.empty()) {
    page.emplace(Sink::open(options.disk_html, false));
    if (!*page) return page->error();
  }
  TaskTable tasks;
  DiskObserver observer(tasks, options);
  Result<int> result = run_pipeline(options, environment, tasks, observer);
  if (!result || !page) return result;
  RETURN_IF_ERROR((*page)->write(observer.page()));
  RETURN_IF_ERROR((*page)->finish());
  return result;
}

}  // namespace hoodtrace
