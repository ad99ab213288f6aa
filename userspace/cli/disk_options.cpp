// SPDX-License-Identifier: GPL-2.0-or-later
// The options of disk alone.

#include "cli/command_options.hpp"
#include "cli/option_kinds.hpp"

namespace hoodtrace {

void add_disk_options(CLI::App& app, Options& options, const Command&) {
  app.add_flag("--syncs", options.trace.syncs,
               "record each call of fsync and its like (hooks every system call)");
  app.add_option("--html", options.disk_html,
                 "also a page with the latency of each device over time (no script, no network)")
      ->type_name("FILE");
  add_duration(
      app, "--threshold", options.threshold_ns,
      "print each request that takes at least TIME, from its begin to its end (in text only)");
}

}  // namespace hoodtrace
