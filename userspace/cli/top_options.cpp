// SPDX-License-Identifier: GPL-2.0-or-later
// The options of top alone.

#include "cli/command_options.hpp"
#include "cli/option_kinds.hpp"

namespace hoodtrace {

void add_top_options(CLI::App& app, Options& options, const Command&) {
  add_list(
      app, "--families",
      [&options](const std::string& family) { options.top.families.push_back(family); },
      "attached at once: sched, why, faults, cache, disk, procs (default: sched); others when "
      "their screen asks for them",
      "NAME,...");
  add_duration(app, "-i,--interval", options.top.interval_ns,
               "the time that a screen shows, such as 500ms (default: 1s)");
  add_duration(app, "--keep", options.top.keep_ns,
               "how far back one can go (default: 5min, or as much as 256 MiB hold)");
}

}  // namespace hoodtrace
