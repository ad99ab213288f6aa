// SPDX-License-Identifier: GPL-2.0-or-later
// The options of info alone.

#include "cli/command_options.hpp"

namespace hoodtrace {

void add_info_options(CLI::App& app, Options& options, const Command&) {
  app.add_option("recording", options.from, "the file to look at")->type_name("");
}

}  // namespace hoodtrace
