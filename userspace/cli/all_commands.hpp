// SPDX-License-Identifier: GPL-2.0-or-later
// Every command with its options, put into a parser.
#pragma once

#include <CLI/CLI.hpp>

#include "command/command_table.hpp"

namespace hoodtrace {

inline constexpr const char* kProgramSummary = "see what Linux does under the hood, live";

// `options` must outlive `app`.
void add_command(CLI::App& app, Options& options, const Command& command);
void add_all_commands(CLI::App& app, Options& options);

}  // namespace hoodtrace
