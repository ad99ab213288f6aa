// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/command_tree.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <vector>

#include "cli/all_commands.hpp"
#include "command/command_table.hpp"
#include "lab/experiment.hpp"
#include "output/exporter.hpp"
#include "probe/family_table.hpp"
#include "view/report.hpp"

namespace hoodtrace {
namespace {

using WordList = std::vector<std::string>;

// Lists that are not checked while CLI11 parses.
WordList words_of_list(const Command& command, const std::string& name) {
  WordList words;
  if (command.has(OptionGroup::kServe) && name == "--families")
    return {kServeFamilies.begin(), kServeFamilies.end()};
  if (command.has(OptionGroup::kExport) && name == "--to")
    for (const ExportForm& form : kExportForms) words.emplace_back(form.name);
  if (name == "families" || name == "--families")
    for (const FamilyRow& family : kFamilies) words.emplace_back(family.name);
  if (name == "experiments")
    for (const Experiment* one : experiments()) words.emplace_back(one->name);
  if (name == "--per")
    for (const std::string_view word : kDiffWorkWords) words.emplace_back(word);
  return words;
}

// The parser's message for an unknown word: "... is none of text, json, csv".
WordList words_of_choice(const Command& command, WordList path, const std::string& name) {
  CLI::App app;
  Options options;
  add_command(app, options, command);
  path.insert(path.end(), {name, "?"});
  std::reverse(path.begin(), path.end());
  std::string text;
  try {
    app.parse(path);
  } catch (const CLI::Error& error) {
    text = error.what();
  }
  constexpr std::string_view kBefore = " is none of ";
  const std::size_t at = text.find(kBefore);
  WordList words;
  if (at == std::string::npos) return words;
  std::string_view left = text;
  left.remove_prefix(at + kBefore.size());
  left = left.substr(0, left.find(';'));
  while (!left.empty()) {
    const std::size_t end = std::min(left.find(", "), left.size());
    words.emplace_back(left.substr(0, end));
    left.remove_prefix(std::min(end + 2, left.size()));
  }
  return words;
}

Json option_json(const CLI::Option& option, const WordList& path, const Command& command) {
  WordList names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  const bool takes_word = option.get_items_expected_max() > 0;
  const std::string type = takes_word ? option.get_type_name() : "";
  WordList words = words_of_list(command, names.empty() ? option.get_name(true) : names.back());
  if (words.empty() && takes_word && !names.empty())
    words = words_of_choice(command, path, names.back());
  return {{"names", names},
          {"text_name", names.empty() ? option.get_name(true) : ""},
          {"type", type},
          {"text", option.get_description()},
          {"group", option.get_group()},
          {"words", words}};
}

Json node_json(const CLI::App& app, WordList path, const Command& command) {
  path.push_back(app.get_name());
  Json options = Json::array();
  for (const CLI::Option* option : app.get_options())
    if (!option->get_group().empty() && option != app.get_help_ptr())
      options.push_back(option_json(*option, path, command));
  Json actions = Json::array();
  for (const CLI::App* action : app.get_subcommands([](const CLI::App*) { return true; }))
    if (!action->get_group().empty()) actions.push_back(node_json(*action, path, command));
  const bool is_action = path.size() > 1;
  return {{"name", app.get_name()},
          {"summary", app.get_description()},
          {"examples", is_action ? "" : command.examples},
          {"starts_program", !is_action && command.has(OptionGroup::kTarget)},
          {"options", options},
          {"commands", actions}};
}

}  // namespace

std::string command_tree() {
  CLI::App app;
  Options options;
  add_all_commands(app, options);
  Json commands = Json::array();
  for (const Command& command : kCommands)
    commands.push_back(node_json(*app.get_subcommand(std::string(command.name)), {}, command));
  return Json{{"summary", kProgramSummary}, {"commands", commands}}.dump(1) + "\n";
}

}  // namespace hoodtrace
