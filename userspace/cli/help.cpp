// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/help.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kNameColumns = 26;

// "  NAME      text", the text wrapped below itself.
std::string entry(const std::string& name, const std::string& text) {
  std::string out = "  " + name;
  // A name that leaves no gap has a line of its own.
  if (name.size() + 4 > kNameColumns) {
    out += "\n";
  } else {
    out.append(kNameColumns - out.size(), ' ');
    const std::string line = wrap_to_width(text, kColumns - kNameColumns);
    std::string_view left = line;
    for (bool first = true; !left.empty() || first; first = false) {
      const std::size_t end = left.find('\n');
      std::string_view part = left.substr(0, end);
      if (!first) {
        part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
        out.append(kNameColumns, ' ');
      }
      (out += part) += "\n";
      left.remove_prefix(end == std::string_view::npos ? left.size() : end + 1);
    }
    return out;
  }
  out += entry("", text);
  return out;
}

std::string name_of(const CLI::Option& option) {
  std::string name = option.get_name(false, true);
  if (!option.get_type_name().empty()) name += " " + option.get_type_name();
  return name;
}

bool is_help(const CLI::App& app, const CLI::Option* option) {
  return option == app.get_help_ptr();
}

std::string positionals(const CLI::App& app) {
  std::string out;
  for (const CLI::Option* option : app.get_options())
    if (option->get_positional()) out += entry(option->get_name(true), option->get_description());
  return out;
}

}  // namespace

std::string program_help() {
  std::string out =
      "hoodtrace: see what Linux does under the hood, live\n\n"
      "usage: hoodtrace COMMAND [OPTIONS] [-- PROGRAM ARGS...]\n\n";
  for (const Command& command : kCommands)
    out += entry(std::string(command.name), std::string(command.summary));
  out +=
      "\n"
      "hoodtrace COMMAND --help shows the options of a command, with examples;\n"
      "hoodtrace --help shows this list, hoodtrace --version the version.\n";
  return out;
}

std::string command_help(const CLI::App& app, const std::string& path, const Command& command) {
  const bool is_command = path == command.name;
  std::string out =
      wrap_to_width(fmt::format("hoodtrace {}: {}", path, app.get_description()), kColumns);
  out += "\n\nusage: hoodtrace " + path;
  const auto actions = app.get_subcommands([](const CLI::App*) { return true; });
  if (!actions.empty()) out += " ACTION";
  out += " [OPTIONS]";
  for (const CLI::Option* option : app.get_options())
    if (option->get_positional()) out += " [" + option->get_name(true) + "]";
  if (command.has(OptionGroup::kTarget)) out += " [-- PROGRAM ARGS...]";
  out += "\n";
  if (command.has(OptionGroup::kTarget))
    out += "\nPROGRAM is started, traced from its first instruction, and ends the run.\n";
  if (const std::string words = positionals(app); !words.empty()) out += "\n" + words;
  if (!actions.empty()) out += "\nActions\n";
  for (const CLI::App* action : actions)
    if (!action->get_group().empty()) out += entry(action->get_name(), action->get_description());
  for (const std::string& group : app.get_groups()) {
    std::string entries;
    for (const CLI::Option* option : app.get_options())
      if (option->get_group() == group && !option->get_positional() && !is_help(app, option))
        entries += entry(name_of(*option), option->get_description());
    if (!group.empty() && !entries.empty()) out += fmt::format("\n{}\n{}", group, entries);
  }
  if (is_command) out += fmt::format("\nExamples\n{}\n", command.examples);
  return out;
}

}  // namespace hoodtrace
