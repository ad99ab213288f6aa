// SPDX-License-Identifier: GPL-2.0-or-later
// The options of procs alone.

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/command_options.hpp"
#include "cli/option_kinds.hpp"

namespace hoodtrace {

void add_procs_options(CLI::App& app, Options& options, const Command&) {
  add_duration(app, "--slow", options.procs.slow_ns, "only processes that lived longer than this");
  app.add_flag("--failed", options.procs.failed_only,
               "only failures: non-zero exits, signals, failed execs");
  app.add_flag("--threads", options.procs.threads, "show threads too");
  const auto form = [&](const char* name, ProcsForm value, const char* text) {
    app.add_flag_callback(
        name, [&options, value] { options.procs.form = value; }, text);
  };
  form("--timeline", ProcsForm::kTimeline, "a line per event, as it happens (the default)");
  form("--tree", ProcsForm::kTree, "the tree of processes, at the end");
  form("--gantt", ProcsForm::kGantt, "a bar per process over the time, at the end");
  add_list(
      app, "--with",
      [&options](const std::string& name) {
        if (name == "who") {
          options.trace.exec_who = true;
          return;
        }
        if (name != "sched" && name != "faults" && name != "why")
          throw CLI::ValidationError(
              fmt::format("--with takes sched, faults, why and who, not '{}'", printable(name)));
        options.procs.faults |= name == "faults";
        options.procs.causes |= name == "why";
        options.trace.families.add(name == "sched"    ? Family::kSched
                                   : name == "faults" ? Family::kFaults
                                                      : Family::kWhy);
      },
      "more columns per phase: sched (on-CPU, wait, sleep), faults (minor, major, CoW); why: the "
      "parts of each process's time, as the command why has them; who: user and working directory "
      "of each exec",
      "FAMILY[,...]");
}

}  // namespace hoodtrace
