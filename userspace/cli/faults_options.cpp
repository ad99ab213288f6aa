// SPDX-License-Identifier: GPL-2.0-or-later
// The options of faults alone.

#include <map>
#include <string>

#include "cli/command_options.hpp"
#include "cli/option_groups.hpp"

namespace hoodtrace {

void add_faults_options(CLI::App& app, Options& options) {
  static const std::map<std::string, FaultTier> kTiers = {{"auto", FaultTier::kAuto},
                                                          {"base", FaultTier::kBase},
                                                          {"events", FaultTier::kEvents},
                                                          {"fentry", FaultTier::kFentry}};
  app.add_flag("--cow", options.trace.forks,
               "a row per fork: its cost, and the pages copied afterwards (hooks every system "
               "call of the machine)");
  app.add_option("--tier", options.trace.fault_tier,
                 "page-fault hooks to use: base = exception tracepoints and perf events; "
                 "events = perf events alone; fentry = handle_mm_fault; auto = the best available "
                 "(default)")
      ->transform(CLI::CheckedTransformer(kTiers).description(""))
      ->type_name("TIER");
}

}  // namespace hoodtrace
