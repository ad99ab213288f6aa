// SPDX-License-Identifier: GPL-2.0-or-later
// Parse, run, report the error, choose the exit code.

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>

#include "base/write_all.hpp"
#include "cli/parse.hpp"
#include "command/command_table.hpp"
#include "live/boot/source.hpp"
#include "live/examine_machine.hpp"
#include "live/live_source.hpp"

namespace {

int report(const hoodtrace::Error& error) {
  std::fprintf(stderr, "hoodtrace: %s\n", error.message.c_str());
  return static_cast<int>(error.kind);
}

// The way in is the user's own: signals.
void ask_live_source(hoodtrace::Ask what) {
  ::kill(::getpid(), what == hoodtrace::Ask::kStop ? SIGINT : SIGUSR1);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace hoodtrace;
  // A closed terminal or pipe is an error of write(), with its message.
  ::signal(SIGPIPE, SIG_IGN);

  auto parsed = parse_command_line(argc, argv);
  if (!parsed) return report(parsed.error());
  if (const auto* help = std::get_if<HelpText>(&*parsed)) {
    const Result<void> written = write_all(1, help->text, "standard output");
    return written ? 0 : report(written.error());
  }
  const Options& options = std::get<Options>(*parsed);
  const Environment environment{open_live_source, examine_machine, ask_live_source,
                                open_boot_source};
  for (const Command& command : kCommands) {
    if (command.name != options.command) continue;
    const Result<int> code = command.run(options, environment);
    return code ? *code : report(code.error());
  }
  return 1;
}
