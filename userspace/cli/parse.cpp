// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/parse.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>

#include "base/nearest_word.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "cli/all_commands.hpp"
#include "cli/command_tree.hpp"
#include "cli/help.hpp"
#include "cli/version.hpp"
#include "command/command_table.hpp"
#include "settings.h"

namespace hoodtrace {
namespace {

// No name in the kernel is longer than 15 bytes (TASK_COMM_LEN, with its NUL).
Result<void> check_comm(Options& options) {
  std::string& glob = options.trace.target.comm_glob;
  constexpr std::size_t kMostBytes = HT_COMM_LEN - 1;
  if (glob.size() > kMostBytes && glob.find_first_of("*?") == std::string::npos) {
    glob.resize(kMostBytes);
    options.notes.push_back(fmt::format(
        "--comm is cut to '{}': the kernel keeps {} bytes of a name", printable(glob), kMostBytes));
  }
  if (glob.size() >= HT_GLOB_LEN)
    return usage(fmt::format("--comm takes a pattern of at most {} characters", HT_GLOB_LEN - 1));
  return {};
}

// What needs several options at once.
Result<void> check(Options& options) {
  Target& target = options.trace.target;
  if (!options.from.empty() && (!target.command.empty() || options.trace.duration_ns != 0))
    return usage("--from replays a recording: it takes no program and no duration (see --between)");
  if (options.from.empty() && !options.between.is_all())
    return usage("--between is for a recording: give --from FILE too");
  if (!options.from.empty() && options.trace.interval_ns != 0)
    return usage("-i is for live runs: --from shows the intervals that were recorded");
  if (!options.from.empty() && !options.record.tee.empty())
    return usage("-w records what is traced: --from has a recording already");
  RETURN_IF_ERROR(check_comm(options));
  const int cgroups = (target.cgroup_path.empty() ? 0 : 1) + (target.unit.empty() ? 0 : 1) +
                      (target.container.empty() ? 0 : 1);
  if (cgroups > 1)
    return usage("--cgroup, --unit and --container name the same thing: give one of them");
  return {};
}

Result<void> complete(const Command& command, Options& options) {
  options.view.json = options.format == Format::kJson;
  options.view.text = options.format == Format::kText;
  if (command.family) options.trace.families.add(*command.family);
  return command.complete == nullptr ? Result<void>() : command.complete(options);
}

const Command* find_command(std::string_view name) {
  const auto* const found =
      std::find_if(kCommands.begin(), kCommands.end(),
                   [name](const Command& command) { return command.name == name; });
  return found == kCommands.end() ? nullptr : found;
}

std::string joined(int argc, const char* const* argv) {
  std::string line;
  for (int i = 0; i < argc; i++) line += (i == 0 ? "" : " ") + std::string(argv[i]);
  return line;
}

std::vector<std::string_view> command_names() {
  std::vector<std::string_view> names;
  for (const Command& command : kCommands) names.push_back(command.name);
  return names;
}

std::vector<std::string_view> option_names(const CLI::App& app, std::vector<std::string>& owned) {
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) owned.push_back("--" + name);
  return {owned.begin(), owned.end()};
}

using CommandWords = std::vector<std::string>;

bool is_word(const CommandWords& words, std::size_t at,
             std::initializer_list<std::string_view> any) {
  return at < words.size() && std::find(any.begin(), any.end(), words[at]) != any.end();
}

Error no_command(const std::string& word) {
  return usage(fmt::format("no command '{}'{}; see: hoodtrace --help", printable(word),
                           did_you_mean(word, command_names())));
}

// The help that was asked for: help, help sched, sched help, sched --help, boot enable -h.
std::optional<Result<HelpText>> find_help(const CLI::App& app, const CommandWords& words) {
  if (is_word(words, 0, {"-V", "--version"}))
    return HelpText{version_text(is_word(words, 1, {"-v", "--verbose"}))};
  if (words.size() == 1 && is_word(words, 0, {"command-tree"})) return HelpText{command_tree()};
  const bool is_first = is_word(words, 0, {"help", "-h", "--help"});
  const bool is_second = is_word(words, 1, {"help"});
  const bool is_anywhere = std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return word == "-h" || word == "--help";
  });
  if (!is_first && !is_second && !is_anywhere) return std::nullopt;
  const std::size_t at = is_first ? 1 : 0;
  if (at >= words.size()) return HelpText{program_help()};
  const Command* command = find_command(words[at]);
  if (command == nullptr) return no_command(words[at]);
  const CLI::App* shown = app.get_subcommand(words[at]);
  std::string path(command->name);
  for (const CLI::App* action : shown->get_subcommands([](const CLI::App*) { return true; }))
    if (at + 1 < words.size() && action->get_name() == words[at + 1]) {
      path += " " + action->get_name();
      return HelpText{command_help(*action, path, *command)};
    }
  return HelpText{command_help(*shown, path, *command)};
}

// An unset variable: --unit "$UNIT" would trace the whole system.
Result<void> check_empty(const CommandWords& words) {
  for (std::size_t i = 0; i < words.size(); i++) {
    const bool is_assigned = words[i].starts_with("--") && words[i].ends_with("=");
    if (!words[i].empty() && !is_assigned) continue;
    const std::string& option = is_assigned || i == 0 ? words[i] : words[i - 1];
    return usage(fmt::format("{} is empty: is a variable unset?",
                             option.empty() ? "a word" : "the value of " + printable(option)));
  }
  return {};
}

// CLI11's message, with the word that was probably meant.
Error wrong_words(const CLI::Error& error, const CLI::App& app) {
  const auto used = app.get_subcommands();
  const CLI::App& sub = used.empty() ? app : *used.front();
  const std::string path = used.empty() ? "" : sub.get_name() + " ";
  std::string message = printable(error.what());
  if (const std::vector<std::string> left = app.remaining(true);
      dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !left.empty()) {
    const std::string& word = left.front();
    std::vector<std::string> owned;
    if (word.starts_with("-"))
      message = fmt::format("{}has no option {}{}", path.empty() ? "hoodtrace " : path,
                            printable(word), did_you_mean(word, option_names(sub, owned)));
    else
      message =
          fmt::format("{}takes no word '{}'; a program to trace follows --", path, printable(word));
  } else if (const std::size_t at = message.find(": At Most "); at != std::string::npos) {
    message = message.substr(0, at) + " is given more than once";
  }
  return usage(fmt::format("{}; see: hoodtrace {}--help", message, path));
}

}  // namespace

Result<std::variant<Options, HelpText>> parse_command_line(int argc, const char* const* argv) {
  CLI::App app("hoodtrace: see what Linux does under the hood, live", "hoodtrace");
  app.require_subcommand(0, 1);
  Options options;
  add_all_commands(app, options);

  // What follows -- is the command's own, options and all.
  const char* const* const end = argv + argc;
  const char* const* const dashes =
      std::find_if(argv, end, [](const char* word) { return std::string_view(word) == "--"; });
  CommandWords words(argv + 1, dashes);
  if (words.empty()) return std::variant<Options, HelpText>(HelpText{program_help(), 2});
  if (const auto help = find_help(app, words)) {
    if (!*help) return help->error();
    return std::variant<Options, HelpText>(**help);
  }
  RETURN_IF_ERROR(check_empty(words));
  if (!words.front().starts_with("-") && find_command(words.front()) == nullptr)
    return no_command(words.front());
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
  } catch (const CLI::Error& error) {
    return wrong_words(error, app);
  }
  if (app.get_subcommands().empty())
    return usage("a command is missing, such as: hoodtrace sched; see: hoodtrace --help");
  const Command& command = *find_command(app.get_subcommands().front()->get_name());
  options.command = command.name;
  if (dashes != end) {
    if (!command.has(OptionGroup::kTarget)) return usage(options.command + " runs no command");
    options.trace.target.command.assign(dashes + 1, end);
    if (options.trace.target.command.empty() || options.trace.target.command.front().empty())
      return usage(fmt::format("a command must follow --, as in: hoodtrace {} -- make -j2",
                               options.command));
  }
  options.trace.command_line = joined(argc, argv);
  RETURN_IF_ERROR(check(options));
  RETURN_IF_ERROR(complete(command, options));
  return std::variant<Options, HelpText>(options);
}

}  // namespace hoodtrace
