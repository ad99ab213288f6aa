// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/option_groups.hpp"

#include <fmt/format.h>

#include "base/units.hpp"
#include "cli/option_kinds.hpp"
#include "probe/ring_sizes.hpp"

namespace hoodtrace {
void add_target(CLI::App& app, Options& options, const Command&) {
  Target& target = options.trace.target;
  add_ids(app, "-p,--pid", target.pids, "processes, with all their threads");
  add_ids(app, "--tid", target.tids, "single threads");
  app.add_option(
         "--comm", target.comm_glob,
         "tasks whose name matches (* and ?), and whatever they are called later; the kernel "
         "keeps 15 bytes of a name")
      ->type_name("GLOB");
  app.add_option("--cgroup", target.cgroup_path, "tasks in a cgroup (v2) and in those below it")
      ->type_name("PATH");
  app.add_option("--unit", target.unit, "tasks of a systemd unit")->type_name("NAME");
  app.add_option("--container", target.container,
                 "tasks of a container, by its id or the first digits of it")
      ->type_name("ID");
  app.add_flag_callback(
      "--follow", [&target] { target.follow = true; },
      "trace children too (default for a command after --)");
  app.add_flag_callback(
      "--no-follow", [&target] { target.follow = false; },
      "do not trace children of a command after --");
  app.add_flag("--propagate", options.propagate,
               "exit with the code of the command after -- (default: 0)");
}

void add_run(CLI::App& app, Options& options, const Command&) {
  add_duration(app, "-d,--duration", options.trace.duration_ns,
               "end after this time, such as 10s, 500ms or 2min (default: Ctrl-C, or the end of "
               "what is traced)");
}

void add_rings(CLI::App& app, Options& options, const Command&) {
  app.add_option_function<std::string>(
         "--buffer",
         [&options](const std::string& word) {
           options.trace.ring_bytes = checked(parse_bytes(word));
           if (options.trace.ring_bytes > 1ULL << 30)
             throw CLI::ValidationError("--buffer takes at most 1G per CPU");
           if (options.trace.ring_bytes < kLeastRingBytes)
             throw CLI::ValidationError("--buffer takes at least 4K per CPU");
         },
         "size of each CPU's ring buffers, 4K to 1G, rounded down to a power of two (default: "
         "by the number of CPUs; doctor shows it)")
      ->type_name("SIZE");
}

void add_btf(CLI::App& app, Options& options, const Command&) {
  app.add_option("--btf", options.trace.btf_path,
                 "type information of the running kernel (default: the kernel's own)")
      ->type_name("FILE");
}

void add_wakers(CLI::App& app, Options& options, const Command&) {
  app.add_flag("--wakers", options.trace.wakers,
               "measure the delay of wake-ups; who woke whom is in recordings and exports");
}

void add_fallback(CLI::App& app, Options& options, const Command&) {
  app.add_flag("--fallback", options.trace.force_fallback,
               "measure waits by timestamps instead of kernel accounting (for tests)");
}

void add_execs(CLI::App& app, Options& options, const Command&) {
  app.add_flag("--exec-failures", options.trace.failed_execs,
               "show failed execs too, with their errno (hooks every system call)");
  app.add_flag_callback(
      "--no-argv", [&options] { options.trace.argv_bytes = 0; },
      "do not read the arguments of programs");
}

void add_interval(CLI::App& app, Options& options, const Command&) {
  add_duration(app, "-i,--interval", options.trace.interval_ns,
               "print a report at each interval, such as 1s (default: one at the end)");
}

void add_rows(CLI::App& app, Options& options, const Command& command) {
  std::vector<Choice<Grouping>> choices;
  std::string words;
  for (const Grouping by : command.groupings) {
    choices.push_back({grouping_word(by), by});
    words += words.empty() ? "" : by == command.groupings.back() ? " or " : ", ";
    words += grouping_word(by);
  }
  const bool has_default = std::find(command.groupings.begin(), command.groupings.end(),
                                     options.view.by) != command.groupings.end();
  add_choice(app, "--by", options.view.by, choices,
             fmt::format("a row per {} (default: {})", words,
                         has_default ? choices.front().word : "a table of each of the main ones"),
             "WHAT");
  app.add_option("--sort", options.view.sort,
                 "sort by this column: its heading, or its name in JSON and CSV")
      ->type_name("COLUMN");
  app.add_option_function<std::string>(
         "--top", [&options](const std::string& word) { options.view.top = parse_count(word); },
         fmt::format("rows to show; 0 = all (default: {} in a text table, all elsewhere)",
                     command.default_rows))
      ->type_name("N");
}

void add_histogram(CLI::App& app, Options& options, const Command&) {
  app.add_flag("--histogram", options.view.histogram, "draw the distribution of each row");
}

void add_form(CLI::App& app, Options& options, const Command&) {
  add_choice<Format>(app, "--format", options.format,
                     {{"text", Format::kText}, {"json", Format::kJson}, {"csv", Format::kCsv}},
                     "text, json or csv (default: text)", "FORMAT");
  add_choice<ColorMode>(
      app, "--color", options.color,
      {{"auto", ColorMode::kAuto}, {"always", ColorMode::kAlways}, {"never", ColorMode::kNever}},
      "auto, always or never (default: auto, on a terminal without NO_COLOR)", "WHEN");
}

void add_output(CLI::App& app, Options& options, const Command&) {
  app.add_option("-o,--output", options.output,
                 "write to a file, or - for standard output (default: standard output; with "
                 "a command after --, standard error)")
      ->type_name("FILE");
}

void add_verbose(CLI::App& app, Options& options, const Command&) {
  app.add_flag("-v,--verbose", options.verbose, "name the hooks in the first line");
}

void add_from(CLI::App& app, Options& options, const Command&) {
  app.add_option("--from", options.from,
                 "read a recording, or - for standard input, instead of tracing; --pid and similar "
                 "options select from it")
      ->type_name("FILE");
  app.add_option_function<std::string>(
         "--between",
         [&options](const std::string& word) {
           options.between = checked(parse_time_window(word));
         },
         "with --from: only this time, such as 2s..5s since its start, or 14:03:10..14:04 (UTC)")
      ->type_name("FROM..UNTIL");
}

void add_tee(CLI::App& app, Options& options, const Command&) {
  app.add_option("-w,--record", options.record.tee,
                 "also record the events, to be replayed with --from")
      ->type_name("FILE");
}

}  // namespace hoodtrace
