// SPDX-License-Identifier: GPL-2.0-or-later
// Parse, run, report the error, choose the exit code.

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/terminal_text.hpp"
#include "base/write_all.hpp"
#include "cli/parse.hpp"
#include "cli/version.hpp"
#include "command/command_table.hpp"
#include "http/server.hpp"
#include "live/boot/source.hpp"
#include "live/examine_machine.hpp"
#include "live/live_source.hpp"
#include "terminal/curses_terminal.hpp"

namespace {

int report(const hoodtrace::Error& error) {
  // `| head -1` has what it wanted.
  if (error.kind != hoodtrace::kClosedPipe)
    std::fprintf(stderr, "hoodtrace: %s\n", error.message.c_str());
  return static_cast<int>(error.kind);
}

// Input from the user while tracing: signals.
void ask_live_source(hoodtrace::Ask what) {
  ::kill(::getpid(), what == hoodtrace::Ask::kStop ? SIGINT : SIGUSR1);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace hoodtrace;
  // A closed terminal or pipe is an error of write().
  ::signal(SIGPIPE, SIG_IGN);

  auto parsed = parse_command_line(argc, argv);
  if (!parsed) return report(parsed.error());
  if (const auto* help = std::get_if<HelpText>(&*parsed)) {
    const int fd = help->exit_code == 0 ? STDOUT_FILENO : STDERR_FILENO;
    const Result<void> written = write_all(fd, help->text, "the help");
    return written ? help->exit_code : report(written.error());
  }
  Options& options = std::get<Options>(*parsed);
  options.ascii =
      !is_utf8_locale(std::getenv("LC_ALL"), std::getenv("LC_CTYPE"), std::getenv("LANG"));
  for (const std::string& note : options.notes)
    std::fprintf(stderr, "hoodtrace: note: %s\n", note.c_str());
  LiveSources live;
  const Environment environment{[&live](const TraceRequest& request) { return live.open(request); },
                                examine_machine,
                                ask_live_source,
                                open_boot_source,
                                open_curses_terminal,
                                open_metrics_server,
                                program_version()};
  for (const Command& command : kCommands) {
    if (command.name != options.command) continue;
    const Result<int> code = command.run(options, environment);
    return code ? *code : report(code.error());
  }
  return 1;
}
