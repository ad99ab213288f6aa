// SPDX-License-Identifier: GPL-2.0-or-later
// The options that several commands share, in groups.
#pragma once

#include <CLI/CLI.hpp>

#include "command/command_table.hpp"

namespace hoodtrace {

void add_target(CLI::App& app, Options& options, const Command& command);
void add_run(CLI::App& app, Options& options, const Command& command);
void add_rings(CLI::App& app, Options& options, const Command& command);
void add_btf(CLI::App& app, Options& options, const Command& command);
void add_wakers(CLI::App& app, Options& options, const Command& command);
void add_fallback(CLI::App& app, Options& options, const Command& command);
void add_execs(CLI::App& app, Options& options, const Command& command);
void add_interval(CLI::App& app, Options& options, const Command& command);
void add_rows(CLI::App& app, Options& options, const Command& command);
void add_histogram(CLI::App& app, Options& options, const Command& command);
void add_form(CLI::App& app, Options& options, const Command& command);
void add_verbose(CLI::App& app, Options& options, const Command& command);
void add_output(CLI::App& app, Options& options, const Command& command);
void add_from(CLI::App& app, Options& options, const Command& command);
void add_tee(CLI::App& app, Options& options, const Command& command);
void add_recording_form(CLI::App& app, Options& options, const Command& command);

}  // namespace hoodtrace
