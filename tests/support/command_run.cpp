// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/command_run.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "cli/parse.hpp"
#include "command/command_table.hpp"
#include "stream/vector_source.hpp"

namespace hoodtrace {
namespace {

Result<int> run(const Options& options, const StreamBuilder& scenario) {
  const Environment environment{
      [&scenario](const TraceRequest&) -> Result<std::unique_ptr<Source>> {
        return std::unique_ptr<Source>(std::make_unique<VectorSource>(scenario.records()));
      },
      [](const std::string&) -> Result<MachineFacts> { return MachineFacts{}; }};
  for (const Command& command : kCommands)
    if (command.name == options.command) return command.run(options, environment);
  return failed("no such command");
}

}  // namespace

CommandRun run_command(const std::vector<std::string>& words, const StreamBuilder& scenario,
                       std::size_t width) {
  static int serial = 0;
  CommandRun result;
  std::vector<const char*> argv{"hoodtrace"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  auto parsed = parse_command_line(static_cast<int>(argv.size()), argv.data());
  const auto fail = [&result](const Error& error) {
    result.error = error.message;
    result.code = static_cast<int>(error.kind);
    return result;
  };
  if (!parsed) return fail(parsed.error());
  if (const auto* help = std::get_if<HelpText>(&*parsed)) {
    result.output = help->text;
    return result;
  }
  Options& options = std::get<Options>(*parsed);
  options.width = width;
  std::string path;
  if (options.output.empty()) {
    path = ::testing::TempDir() + "ht_run_" + std::to_string(::getpid()) + "_" +
           std::to_string(serial++);
    options.output = path;
  }
  const Result<int> code = run(options, scenario);
  if (!path.empty()) {
    std::ifstream file(path, std::ios::binary);
    result.output.assign(std::istreambuf_iterator<char>(file), {});
    std::filesystem::remove(path);
  }
  if (!code) return fail(code.error());
  result.code = *code;
  return result;
}

}  // namespace hoodtrace
