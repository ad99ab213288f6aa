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
               "a row per fork: what it took, and what was copied afterwards (every system call "
               "of the machine is looked at meanwhile)");
  app.add_option(
         "--tier", options.trace.fault_tier,
         "how faults are seen (for tests): base = the exception's tracepoints and perf "
         "events; events = perf events alone; fentry = handle_mm_fault; auto = the best there is")
      ->transform(CLI::CheckedTransformer(kTiers).description(""))
      ->type_name("TIER");
}

}  // namespace hoodtrace
