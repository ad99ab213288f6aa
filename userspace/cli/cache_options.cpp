// SPDX-License-Identifier: GPL-2.0-or-later
// The options of cache alone.

#include "cli/command_options.hpp"

namespace hoodtrace {

void add_cache_options(CLI::App& app, Options& options, const Command&) {
  app.add_flag_callback(
      "--disk", [&options] { options.trace.families.add(Family::kDisk); },
      "block requests too: the time at the device of pages that were read ahead and never used");
}

}  // namespace hoodtrace
