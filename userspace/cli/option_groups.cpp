// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/option_groups.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>

#include "base/units.hpp"

namespace hoodtrace {
namespace {

std::uint32_t parse_id(const std::string& text) {
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size() || id == 0 || id >= HT_PID_LIMIT)
    throw CLI::ValidationError(fmt::format("'{}' is not a process or thread id", text));
  return id;
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

}  // namespace

// CLI11's own would take -1 for the largest number.
std::size_t parse_count(const std::string& text) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size())
    throw CLI::ValidationError(fmt::format("'{}' is not a number of rows", text));
  return count;
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
  add_duration(app, "-d,--duration", options.trace.duration_ns,
               "how long to trace (10s, 500ms, 2min)");
  app.add_option_function<std::string>(
         "--buffer",
         [&options](const std::string& word) {
           options.trace.ring_bytes = checked(parse_bytes(word));
           if (options.trace.ring_bytes > 1ULL << 30)
             throw CLI::ValidationError("--buffer takes at most 1G per CPU");
         },
         "size of each CPU's ring buffers (rounded down to a power of two)")
      ->type_name("SIZE");
  app.add_flag("--wakers", options.trace.wakers, "record who woke whom, and the wakeup delay");
  app.add_flag("--fallback", options.trace.force_fallback,
               "measure waits by timestamps instead of kernel accounting (for tests)");
  app.add_option("--btf", options.trace.btf_path, "type information of the running kernel")
      ->type_name("FILE");
  app.add_flag("--propagate", options.propagate, "exit with the code of the command after --");
}

void add_execs(CLI::App& app, Options& options) {
  app.add_flag("--exec-failures", options.trace.failed_execs, "failed execs too, with their errno");
  app.add_flag_callback(
      "--no-argv", [&options] { options.trace.argv_bytes = 0; }, "do not read any arguments");
}

void add_interval(CLI::App& app, Options& options) {
  add_duration(app, "-i,--interval", options.trace.interval_ns, "print a report at each interval");
}

void add_view(CLI::App& app, Options& options) {
  static const std::map<std::string, Grouping> kGroupings = {
      {"thread", Grouping::kThread},  {"process", Grouping::kProcess},
      {"comm", Grouping::kComm},      {"cgroup", Grouping::kCgroup},
      {"cpu", Grouping::kCpu},        {"mapping", Grouping::kMapping},
      {"address", Grouping::kAddress}};
  add_interval(app, options);
  app.add_option(
         "--by", options.view.by,
         "a row per thread, process, comm, cgroup, cpu (sched), mapping or address (faults)")
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

}  // namespace hoodtrace
