// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/all_commands.hpp"

#include "cli/command_options.hpp"
#include "command/command_table.hpp"

namespace hoodtrace {

void add_command(CLI::App& app, Options& options, const Command& command) {
  CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.summary));
  for (const CommandOptions& group : kCommandOptions) {
    if (!command.has(group.group)) continue;
    sub->option_defaults()->group(group.heading);
    group.add(*sub, options, command);
  }
}

void add_all_commands(CLI::App& app, Options& options) {
  for (const Command& command : kCommands) add_command(app, options, command);
}

}  // namespace hoodtrace
