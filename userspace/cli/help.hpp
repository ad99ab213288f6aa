// SPDX-License-Identifier: GPL-2.0-or-later
// The text of --help: options in groups, 80 columns wide.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "command/command_table.hpp"

namespace hoodtrace {

// Of the program: its commands.
std::string program_help();

// Of a command, or of an action of it: `path` is "boot" or "boot enable".
std::string command_help(const CLI::App& app, const std::string& path, const Command& command);

}  // namespace hoodtrace
