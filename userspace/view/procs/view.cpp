// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/procs/view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/procs/text.hpp"

namespace hoodtrace {
namespace {

struct Counts {
  std::uint64_t born = 0;
  std::uint64_t first_run_unseen = 0;
  std::uint64_t programs = 0;
  std::uint64_t failed_execs = 0;
  std::uint64_t exited = 0;
  std::uint64_t failed = 0;
  std::uint64_t reaped = 0;
  std::uint64_t reaped_unseen = 0;
  std::uint64_t zombies = 0;
  std::uint64_t doubtful = 0;
};

Counts count(const LifecycleTracker& tracker) {
  Counts counts;
  for (const auto& [id, life] : tracker.lives()) {
    if (life.born_ns) counts.born++;
    for (const Program& program : life.programs)
      if (program.time_ns) (program.error == 0 ? counts.programs : counts.failed_execs)++;
    if (life.exit_ns) counts.exited++;
    if (life.born_ns && life.exit_ns && !life.first_run_ns) counts.first_run_unseen++;
    if (has_failed(life)) counts.failed++;
    if (life.reaped_ns)
      counts.reaped++;
    else if (life.freed_ns)
      counts.reaped_unseen++;
    if (life.is_zombie()) counts.zombies++;
    if (life.is_doubtful) counts.doubtful++;
  }
  return counts;
}

void add_zombies(const ProcsInput& input, Report& report) {
  constexpr std::size_t kMost = 10;
  std::size_t shown = 0;
  std::size_t left = 0;
  for (const auto& [id, life] : input.tracker.lives()) {
    if (!life.is_zombie()) continue;
    if (shown == kMost) {
      left++;
      continue;
    }
    shown++;
    std::string parent = life.reaper_comm();
    // It was a zombie already, and the scan at the start named its parent after it.
    if (parent.empty()) parent = comm_view(input.tasks[input.tasks.find(life.reaper_pid())]);
    const std::string age =
        life.exit_ns
            ? "for " + format_duration(input.now_ns - std::min(input.now_ns, *life.exit_ns))
            : "since before tracing";
    report.remarks.push_back(fmt::format("zombie: {} {}, to be reaped by {}",
                                         named(life.comm, life.pid), age,
                                         named(parent, life.reaper_pid())));
  }
  if (left > 0) report.remarks.push_back(fmt::format("and {} more zombies", left));
}

}  // namespace

std::uint64_t end_of(const ProcsInput& input, const ProcessLife& life) {
  return life.exit_ns.value_or(std::max(input.now_ns, life.born_ns.value_or(input.started_ns)));
}

bool is_shown(const ProcsInput& input, const ProcessLife& life) {
  if (input.options.failed_only) {
    bool failed_exec = false;
    for (std::size_t i = 0; i < life.programs.size(); i++)
      failed_exec |= life.programs[i].error != 0 && !life.is_search_step(i);
    if (!has_failed(life) && !failed_exec) return false;
  }
  if (input.options.slow_ns != 0) {
    const std::uint64_t from_ns = life.born_ns.value_or(input.started_ns);
    const bool lived =
        end_of(input, life) - std::min(from_ns, end_of(input, life)) >= input.options.slow_ns;
    if (!lived && life.zombie_ns().value_or(0) < input.options.slow_ns) return false;
  }
  return true;
}

void add_procs_report(const ProcsInput& input, const ViewOptions& view, Report& report) {
  const Counts counts = count(input.tracker);
  report.schema = 2;
  report.audit = {{"born", counts.born},
                  {"first_run_unseen", counts.first_run_unseen},
                  {"execs", counts.programs},
                  {"failed_execs",
                   input.tracker.has_failed_execs() ? Json(counts.failed_execs) : Json(nullptr)},
                  {"exited", counts.exited},
                  {"reaped", counts.reaped},
                  {"reaped_unseen", counts.reaped_unseen},
                  {"zombies", counts.zombies},
                  {"doubtful", counts.doubtful},
                  {"forgotten", input.tracker.forgotten()}};
  if (view.json) {
    report.lists.emplace_back("processes",
                              [input](std::string& out) { append_processes(input, out); });
    return;
  }
  if (!view.text) {
    report.tables.push_back(procs_table(input));
    return;
  }
  if (input.options.form == ProcsForm::kTree) report.tables.push_back(procs_tree(input));
  if (input.options.form == ProcsForm::kGantt) report.drawings = procs_gantt(input, report.width);
  for (Table& phases : procs_phases(input)) report.tables.push_back(std::move(phases));
  for (Table& parts : procs_parts(input)) report.tables.push_back(std::move(parts));
  std::string line = fmt::format("processes: {} born, {} exited ({} failed), {} reaped",
                                 format_grouped(counts.born), format_grouped(counts.exited),
                                 format_grouped(counts.failed), format_grouped(counts.reaped));
  if (counts.reaped_unseen > 0)
    line += fmt::format(", {} more at an unknown time", format_grouped(counts.reaped_unseen));
  if (counts.first_run_unseen > 0)
    line +=
        fmt::format("; {} first ran at an unknown time", format_grouped(counts.first_run_unseen));
  line += fmt::format("; execs: {}, failed ones: {}", format_grouped(counts.programs),
                      input.tracker.has_failed_execs() ? format_grouped(counts.failed_execs)
                                                       : "not recorded (--exec-failures)");
  report.remarks.push_back(line);
  if (counts.doubtful > 0)
    report.remarks.push_back(
        fmt::format("records were lost: of {} processes it is not known whether they ended or were "
                    "reaped",
                    format_grouped(counts.doubtful)));
  add_zombies(input, report);
  if (input.tracker.forgotten() > 0)
    report.remarks.push_back(fmt::format("{} processes that ended first are not shown",
                                         format_grouped(input.tracker.forgotten())));
}

}  // namespace hoodtrace
