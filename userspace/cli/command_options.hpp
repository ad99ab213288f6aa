// SPDX-License-Identifier: GPL-2.0-or-later
// The options that a single command has, by command: one list.
#pragma once

#include <CLI/CLI.hpp>
#include <array>
#include <string_view>

#include "command/options.hpp"

namespace hoodtrace {

void add_sched_options(CLI::App& app, Options& options);
void add_faults_options(CLI::App& app, Options& options);
void add_procs_options(CLI::App& app, Options& options);
void add_record_options(CLI::App& app, Options& options);
void add_export_options(CLI::App& app, Options& options);

// Compression and size: of record, and of what a viewing command records.
void add_recording_form(CLI::App& app, Options& options);
// The families that were named, or all of them.
Result<void> complete_record(Options& options);
// Switches on the family of that name; false when there is none.
bool name_family(std::string_view word, Families& families);
void add_boot_options(CLI::App& app, Options& options);

struct CommandOptions {
  std::string_view command;
  void (*add)(CLI::App& app, Options& options);
};

inline constexpr std::array kCommandOptions = {
    CommandOptions{"sched", add_sched_options},   CommandOptions{"faults", add_faults_options},
    CommandOptions{"procs", add_procs_options},   CommandOptions{"record", add_record_options},
    CommandOptions{"export", add_export_options}, CommandOptions{"boot", add_boot_options},
};

}  // namespace hoodtrace
