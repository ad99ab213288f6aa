// SPDX-License-Identifier: GPL-2.0-or-later
// The options of faults alone.

#include "cli/command_options.hpp"
#include "cli/option_kinds.hpp"

namespace hoodtrace {

void add_faults_options(CLI::App& app, Options& options, const Command&) {
  app.add_flag("--cow", options.trace.forks,
               "a row per fork: its cost, and the pages copied afterwards (hooks every system "
               "call of the machine)");
  add_choice<FaultTier>(app, "--tier", options.trace.fault_tier,
                        {{"auto", FaultTier::kAuto},
                         {"base", FaultTier::kBase},
                         {"events", FaultTier::kEvents},
                         {"fentry", FaultTier::kFentry}},
                        "page-fault hooks to use: auto, fentry, base, events (for tests)", "TIER")
      ->group("");
}

}  // namespace hoodtrace
