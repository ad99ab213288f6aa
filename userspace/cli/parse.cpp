// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/parse.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

#include "base/result.hpp"
#include "base/text.hpp"
#include "cli/command_options.hpp"
#include "cli/option_groups.hpp"
#include "command/command_table.hpp"
#include "settings.h"

namespace hoodtrace {
namespace {

constexpr const char* kVersion = "0.1.0";

void add_from(CLI::App& app, Options& options) {
  app.add_option("--from", options.from, "replay a recording instead of tracing")
      ->type_name("FILE");
}

void add_options(CLI::App& app, const Command& command, Options& options) {
  app.footer(fmt::format("{}Examples:\n{}",
                         command.is_view ? "-- COMMAND ARGS... starts a command, traced from its "
                                           "first instruction, and ends with it.\n\n"
                                         : "",
                         command.examples));
  if (command.name == "boot") {  // its actions have options of their own
    add_boot_options(app, options);
    return;
  }
  app.add_option("-o,--output", options.output, "write to a file instead of standard output")
      ->type_name("FILE");
  if (command.is_view) {
    add_target(app, options);
    add_run(app, options);
  }
  for (const CommandOptions& own : kCommandOptions)
    if (own.command == command.name) own.add(app, options);
  if (command.name == "record") return;
  if (command.name == "export") {
    add_from(app, options);
    return;
  }
  add_form(app, options);
  if (command.name == "doctor") {
    app.add_option("--btf", options.trace.btf_path, "type information of the running kernel")
        ->type_name("FILE");
    return;
  }
  if (command.name == "info") {
    app.add_option("recording", options.from, "the file to look at")->type_name("");
    return;
  }
  add_from(app, options);
  app.add_option("-w,--record", options.record.tee, "record what is viewed, to be viewed again")
      ->type_name("FILE");
  add_recording_form(app, options);
  // The rows of procs are processes in order of birth, whatever one asks for.
  if (command.name == "procs")
    add_interval(app, options);
  else
    add_view(app, options);
}

// What needs several options at once.
Result<void> check(Options& options) {
  Target& target = options.trace.target;
  if (!options.from.empty() && (!target.is_whole_system() || options.trace.duration_ns != 0))
    return usage("--from replays what was recorded: it takes no target and no duration");
  if (!options.from.empty() && !options.record.tee.empty())
    return usage("-w records what is traced: --from has a recording already");
  if (target.comm_glob.size() >= HT_GLOB_LEN)
    return usage(fmt::format("--comm takes a pattern of at most {} characters", HT_GLOB_LEN - 1));
  if (options.command != "faults" &&
      (options.view.by == Grouping::kMapping || options.view.by == Grouping::kAddress))
    return usage("--by mapping and --by address are for faults");
  if (!target.cgroup_path.empty() && !target.unit.empty())
    return usage("--cgroup and --unit name the same thing: give one of them");
  return {};
}

void complete(Options& options) {
  options.view.json = options.format == Format::kJson;
  options.view.text = options.format == Format::kText;
  if (options.command == "sched") options.trace.families.add(Family::kSched);
  if (options.command == "procs") options.trace.families.add(Family::kLife);
  if (options.command == "cache") options.trace.families.add(Family::kCache);
  if (options.command == "faults") options.trace.families.add(Family::kFaults);
  if (options.command == "boot" && options.boot.families.empty())
    options.trace.families = {Family::kLife, Family::kSched};
  if (options.procs.failed_only) options.trace.failed_execs = true;
  if (options.threshold_ns != 0) options.trace.wakers = true;
}

bool is_command(std::string_view name) {
  return std::any_of(kCommands.begin(), kCommands.end(),
                     [name](const Command& command) { return command.name == name; });
}

std::string joined(int argc, const char* const* argv) {
  std::string line;
  for (int i = 0; i < argc; i++) line += (i == 0 ? "" : " ") + std::string(argv[i]);
  return line;
}

}  // namespace

Result<std::variant<Options, HelpText>> parse_command_line(int argc, const char* const* argv) {
  CLI::App app("hoodtrace: see what Linux does under the hood, live", "hoodtrace");
  app.set_version_flag("--version", fmt::format("hoodtrace {}", kVersion));
  app.require_subcommand(0, 1);
  app.footer("hoodtrace COMMAND --help shows the options of a command, with examples.");

  Options options;
  for (const Command& command : kCommands) {
    CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.summary));
    add_options(*sub, command, options);
  }

  // What follows -- is the command's own, options and all.
  const char* const* const end = argv + argc;
  const char* const* const dashes =
      std::find_if(argv, end, [](const char* word) { return std::string_view(word) == "--"; });
  std::vector<std::string> words(argv + 1, dashes);
  if (!words.empty() && !words.front().starts_with("-") && !is_command(words.front()))
    return usage(fmt::format("no command '{}'; see: hoodtrace --help", printable(words.front())));
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
  } catch (const CLI::Success& success) {  // --help, --version
    std::ostringstream out;
    std::ostringstream err;
    app.exit(success, out, err);
    return std::variant<Options, HelpText>(HelpText{out.str()});
  } catch (const CLI::Error& error) {
    std::string message = printable(error.what());
    const auto used = app.get_subcommands();
    message += fmt::format("; see: hoodtrace {}--help",
                           used.empty() ? "" : used.front()->get_name() + " ");
    return usage(message);
  }
  if (app.get_subcommands().empty())
    return usage("a command is missing, such as: hoodtrace sched; see: hoodtrace --help");
  options.command = app.get_subcommands().front()->get_name();
  if (dashes != end) {
    if (options.command == "doctor" || options.command == "info" || options.command == "boot")
      return usage(options.command + " runs no command");
    options.trace.target.command.assign(dashes + 1, end);
    if (options.trace.target.command.empty() || options.trace.target.command.front().empty())
      return usage("a command must follow --, as in: hoodtrace sched -- make -j2");
  }
  options.trace.command_line = joined(argc, argv);
  RETURN_IF_ERROR(check(options));
  if (options.command == "record" || options.command == "export")
    RETURN_IF_ERROR(complete_record(options));
  complete(options);
  return std::variant<Options, HelpText>(options);
}

}  // namespace hoodtrace
