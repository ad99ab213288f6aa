#include "cli/parse.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>

#include "base/text.hpp"
#include "base/units.hpp"
#include "command/command_table.hpp"

namespace hoodtrace {
namespace {

constexpr const char* kVersion = "0.1.0";

// CLI11 checks by exception: what our own parsers refuse goes out that way, inside cli/ only.
template <class T>
T checked(Result<T> result) {
  if (!result) throw CLI::ValidationError(result.error().message);
  return std::move(*result);
}

std::uint32_t parse_id(const std::string& text) {
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size() || id == 0 || id >= HT_PID_LIMIT)
    throw CLI::ValidationError(fmt::format("'{}' is not a process or thread id", text));
  return id;
}

// CLI11's own would take -1 for the largest number.
std::size_t parse_count(const std::string& text) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size())
    throw CLI::ValidationError(fmt::format("'{}' is not a number of rows", text));
  return count;
}

void add_ids(CLI::App& app, const std::string& name, std::vector<std::uint32_t>& ids,
             const std::string& text) {
  app.add_option_function<std::vector<std::string>>(
         name,
         [&ids](const std::vector<std::string>& words) {
           for (const std::string& word : words) ids.push_back(parse_id(word));
         },
         text)
      ->delimiter(',')
      ->type_name("N[,N...]");
}

void add_duration(CLI::App& app, const std::string& name, std::uint64_t& ns,
                  const std::string& text) {
  app.add_option_function<std::string>(
         name,
         [&ns, name](const std::string& word) {
           ns = checked(parse_duration(word));
           if (ns == 0) throw CLI::ValidationError(name + " must be longer than nothing");
         },
         text)
      ->type_name("TIME");
}

void add_target(CLI::App& app, Options& options) {
  Target& target = options.trace.target;
  add_ids(app, "-p,--pid", target.pids, "processes, with all their threads");
  add_ids(app, "--tid", target.tids, "single threads");
  app.add_option("--comm", target.comm_glob, "tasks whose comm matches (* and ?)")
      ->type_name("GLOB");
  app.add_option("--cgroup", target.cgroup_path, "tasks in a v2 cgroup and below")
      ->type_name("PATH");
  app.add_option("--unit", target.unit, "tasks of a systemd unit")->type_name("NAME");
  app.add_flag_callback(
      "--follow", [&target] { target.follow = true; },
      "their children too (the default for a command after --)");
  app.add_flag_callback(
      "--no-follow", [&target] { target.follow = false; },
      "not the children of a command after --");
}

void add_run(CLI::App& app, Options& options) {
  add_duration(app, "-d,--duration", options.trace.duration_ns, "how long (10s, 500ms, 2min)");
  app.add_option_function<std::string>(
         "--ring",
         [&options](const std::string& word) {
           options.trace.ring_bytes = checked(parse_bytes(word));
           if (options.trace.ring_bytes > 1ULL << 30)
             throw CLI::ValidationError("--ring takes at most 1G per CPU");
         },
         "ring buffer per CPU; rounded down to a power of two")
      ->type_name("SIZE");
  app.add_flag("--wakers", options.trace.wakers, "who woke whom, and the wake-up delay");
  app.add_flag("--fallback", options.trace.force_fallback,
               "stamps instead of the kernel's own books (for tests)");
  app.add_option("--btf", options.trace.btf_path, "type information of the running kernel")
      ->type_name("FILE");
  app.add_flag("--propagate", options.propagate, "exit with the code of the command after --");
}

void add_view(CLI::App& app, Options& options) {
  static const std::map<std::string, Grouping> kGroupings = {{"thread", Grouping::kThread},
                                                             {"process", Grouping::kProcess},
                                                             {"comm", Grouping::kComm},
                                                             {"cgroup", Grouping::kCgroup},
                                                             {"cpu", Grouping::kCpu}};
  add_duration(app, "-i,--interval", options.trace.interval_ns, "a fresh report each");
  app.add_option("--by", options.view.by, "a row per thread, process, comm, cgroup or cpu")
      ->transform(CLI::CheckedTransformer(kGroupings).description(""))
      ->type_name("WHAT");
  app.add_option("--sort", options.view.sort, "by this column, such as on_cpu_ns")
      ->type_name("COLUMN");
  app.add_option_function<std::string>(
         "--top", [&options](const std::string& word) { options.view.top = parse_count(word); },
         "rows to show; 0 = all (default: 25 in a text table, all elsewhere)")
      ->type_name("N");
  app.add_flag("--histogram", options.view.histogram, "draw the distributions");
}

void add_form(CLI::App& app, Options& options) {
  static const std::map<std::string, Format> kFormats = {
      {"text", Format::kText}, {"json", Format::kJson}, {"csv", Format::kCsv}};
  static const std::map<std::string, ColorMode> kColors = {
      {"auto", ColorMode::kAuto}, {"always", ColorMode::kAlways}, {"never", ColorMode::kNever}};
  app.add_option("--format", options.format, "text, json or csv")
      ->transform(CLI::CheckedTransformer(kFormats).description(""))
      ->type_name("FORMAT");
  app.add_option("--color", options.color, "auto, always or never")
      ->transform(CLI::CheckedTransformer(kColors).description(""))
      ->type_name("WHEN");
}

void add_sched(CLI::App& app, Options& options) {
  add_duration(app, "--threshold", options.threshold_ns,
               "print each wait of at least this when it happens");
  app.add_flag_callback(
      "--no-culprits", [&options] { options.culprits = false; },
      "do not find out who ran while a task waited");
}

void add_procs(CLI::App& app, Options& options) {
  add_duration(app, "--slow", options.procs.slow_ns, "only what lasted longer");
  app.add_flag("--failed", options.procs.failed_only,
               "only failures: non-zero exits, signals, failed execs");
  app.add_flag("--exec-failures", options.trace.failed_execs, "failed execs too, with their errno");
  app.add_flag("--threads", options.procs.threads, "threads too");
  app.add_flag_callback(
      "--no-argv", [&options] { options.trace.argv_bytes = 0; }, "do not read any arguments");
  const auto form = [&](const char* name, ProcsForm value, const char* text) {
    app.add_flag_callback(
        name, [&options, value] { options.procs.form = value; }, text);
  };
  form("--timeline", ProcsForm::kTimeline, "a line per fact, as it happens (the default)");
  form("--tree", ProcsForm::kTree, "the tree of processes, at the end");
  form("--gantt", ProcsForm::kGantt, "a bar per process over the time, at the end");
  app.add_option_function<std::vector<std::string>>(
         "--with",
         [&options](const std::vector<std::string>& names) {
           for (const std::string& name : names) {
             if (name != "sched")
               throw CLI::ValidationError(
                   fmt::format("--with takes sched, not '{}'", printable(name)));
             options.trace.families.sched = true;
           }
         },
         "what else to measure in each phase: sched")
      ->delimiter(',')
      ->type_name("FAMILY[,...]");
}

void add_options(CLI::App& app, const Command& command, Options& options) {
  app.footer(fmt::format("{}Examples:\n{}",
                         command.is_view ? "-- COMMAND ARGS... starts a command, traced from its "
                                           "first instruction, and ends with it.\n\n"
                                         : "",
                         command.examples));
  app.add_option("-o,--output", options.output, "write to a file instead of standard output")
      ->type_name("FILE");
  if (command.is_view) {
    add_target(app, options);
    add_run(app, options);
  }
  if (command.name == "record") return;
  add_form(app, options);
  if (command.name == "doctor") {
    app.add_option("--btf", options.trace.btf_path, "type information of the running kernel")
        ->type_name("FILE");
    return;
  }
  app.add_option("--from", options.from, "replay a recording instead of tracing")
      ->type_name("FILE");
  add_view(app, options);
  if (command.name == "sched") add_sched(app, options);
  if (command.name == "procs") add_procs(app, options);
}

// What needs several options at once.
Result<void> check(Options& options) {
  Target& target = options.trace.target;
  if (!options.from.empty() && (!target.is_whole_system() || options.trace.duration_ns != 0))
    return usage("--from replays what was recorded: it takes no target and no duration");
  if (target.comm_glob.size() >= 32)
    return usage("--comm takes a pattern of at most 31 characters");
  if (!target.cgroup_path.empty() && !target.unit.empty())
    return usage("--cgroup and --unit name the same thing: give one of them");
  return {};
}

void complete(Options& options) {
  options.view.json = options.format == Format::kJson;
  options.view.text = options.format == Format::kText;
  if (options.command == "sched" || options.command == "record")
    options.trace.families.sched = true;
  if (options.command == "procs" || options.command == "record") options.trace.families.life = true;
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
  app.require_subcommand(1);
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
  options.command = app.get_subcommands().front()->get_name();
  if (dashes != end) {
    if (options.command == "doctor") return usage("doctor runs no command");
    options.trace.target.command.assign(dashes + 1, end);
    if (options.trace.target.command.empty() || options.trace.target.command.front().empty())
      return usage("a command must follow --, as in: hoodtrace sched -- make -j2");
  }
  options.trace.command_line = joined(argc, argv);
  if (Result<void> good = check(options); !good) return good.error();
  complete(options);
  return std::variant<Options, HelpText>(options);
}

}  // namespace hoodtrace
