// SPDX-License-Identifier: GPL-2.0-or-later
// The options of sched alone.

#include "cli/command_options.hpp"
#include "cli/option_groups.hpp"

namespace hoodtrace {

void add_sched_options(CLI::App& app, Options& options) {
  add_duration(app, "--threshold", options.threshold_ns,
               "print each wait of at least this when it happens");
  app.add_flag_callback(
      "--no-culprits", [&options] { options.culprits = false; },
      "do not find out who ran while a task waited");
}

}  // namespace hoodtrace
