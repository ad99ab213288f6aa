// SPDX-License-Identifier: GPL-2.0-or-later
// The one list of what each group of options consists of. Its order is that of --help.
#pragma once

#include <CLI/CLI.hpp>
#include <array>

#include "cli/option_groups.hpp"
#include "command/command_table.hpp"

namespace hoodtrace {

void add_sched_options(CLI::App& app, Options& options, const Command& command);
void add_faults_options(CLI::App& app, Options& options, const Command& command);
void add_procs_options(CLI::App& app, Options& options, const Command& command);
void add_record_options(CLI::App& app, Options& options, const Command& command);
void add_export_options(CLI::App& app, Options& options, const Command& command);
void add_info_options(CLI::App& app, Options& options, const Command& command);
void add_why_options(CLI::App& app, Options& options, const Command& command);
void add_top_options(CLI::App& app, Options& options, const Command& command);
void add_cache_options(CLI::App& app, Options& options, const Command& command);
void add_disk_options(CLI::App& app, Options& options, const Command& command);
void add_lab_options(CLI::App& app, Options& options, const Command& command);
void add_diff_options(CLI::App& app, Options& options, const Command& command);
void add_serve_options(CLI::App& app, Options& options, const Command& command);
void add_listen_options(CLI::App& app, Options& options, const Command& command);
void add_boot_options(CLI::App& app, Options& options, const Command& command);

struct CommandOptions {
  OptionGroup group;
  const char* heading;  // in --help; "" = not shown there
  void (*add)(CLI::App& app, Options& options, const Command& command);
};

inline constexpr const char* kWhom = "Whom (default: the whole system)";
inline constexpr const char* kHowLong = "How long";
inline constexpr const char* kWhere = "Where";
inline constexpr const char* kWhat = "What";
inline constexpr const char* kOutputHeading = "Output";
inline constexpr const char* kRecording = "Recording";
inline constexpr const char* kAdvanced = "Advanced";

inline constexpr std::array kCommandOptions = {
    CommandOptions{OptionGroup::kTarget, kWhom, add_target},
    CommandOptions{OptionGroup::kServe, kWhat, add_serve_options},
    CommandOptions{OptionGroup::kServe, kWhere, add_listen_options},
    CommandOptions{OptionGroup::kRun, kHowLong, add_run},
    CommandOptions{OptionGroup::kInterval, kHowLong, add_interval},
    CommandOptions{OptionGroup::kSched, kWhat, add_sched_options},
    CommandOptions{OptionGroup::kFaults, kWhat, add_faults_options},
    CommandOptions{OptionGroup::kProcs, kWhat, add_procs_options},
    CommandOptions{OptionGroup::kWhy, kWhat, add_why_options},
    CommandOptions{OptionGroup::kTop, kWhat, add_top_options},
    CommandOptions{OptionGroup::kCache, kWhat, add_cache_options},
    CommandOptions{OptionGroup::kDisk, kWhat, add_disk_options},
    CommandOptions{OptionGroup::kRecord, kWhat, add_record_options},
    CommandOptions{OptionGroup::kExport, kWhat, add_export_options},
    CommandOptions{OptionGroup::kInfo, kWhat, add_info_options},
    CommandOptions{OptionGroup::kLab, kWhat, add_lab_options},
    CommandOptions{OptionGroup::kDiff, kWhat, add_diff_options},
    CommandOptions{OptionGroup::kBoot, kWhat, add_boot_options},
    CommandOptions{OptionGroup::kWakers, kWhat, add_wakers},
    CommandOptions{OptionGroup::kExecs, kWhat, add_execs},
    CommandOptions{OptionGroup::kRows, kOutputHeading, add_rows},
    CommandOptions{OptionGroup::kHistogram, kOutputHeading, add_histogram},
    CommandOptions{OptionGroup::kForm, kOutputHeading, add_form},
    CommandOptions{OptionGroup::kOutput, kOutputHeading, add_output},
    CommandOptions{OptionGroup::kVerbose, kOutputHeading, add_verbose},
    CommandOptions{OptionGroup::kFrom, kRecording, add_from},
    CommandOptions{OptionGroup::kTee, kRecording, add_tee},
    CommandOptions{OptionGroup::kRecordingForm, kRecording, add_recording_form},
    CommandOptions{OptionGroup::kRun, kAdvanced, add_rings},
    CommandOptions{OptionGroup::kBtf, kAdvanced, add_btf},
    CommandOptions{OptionGroup::kFallback, "", add_fallback},
};

}  // namespace hoodtrace
