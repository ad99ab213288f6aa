// SPDX-License-Identifier: GPL-2.0-or-later
// The options of sched alone.

#include "cli/command_options.hpp"
#include "cli/option_kinds.hpp"

namespace hoodtrace {

void add_sched_options(CLI::App& app, Options& options, const Command&) {
  add_duration(app, "--threshold", options.threshold_ns,
               "print each wait of at least TIME when it ends");
  app.add_flag_callback(
      "--no-culprits", [&options] { options.culprits = options.trace.culprits = false; },
      "do not record who ran while a task waited");
}

}  // namespace hoodtrace
