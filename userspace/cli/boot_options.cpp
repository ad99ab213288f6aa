// SPDX-License-Identifier: GPL-2.0-or-later
// The actions of boot and their options.

#include <fmt/format.h>

#include <charconv>
#include <sstream>

#include "base/text.hpp"
#include "base/units.hpp"
#include "cli/command_options.hpp"
#include "cli/option_kinds.hpp"
#include "probe/family_table.hpp"

namespace hoodtrace {
namespace {

CLI::App* add_action(CLI::App& app, const char* name, const char* summary, BootAction action,
                     Options& options) {
  CLI::App* sub = app.add_subcommand(name, summary);
  sub->callback([&options, action] { options.boot.action = action; });
  return sub;
}

void take_families(const std::string& words, Options& options) {
  std::istringstream list(words);
  options.trace.families = {};
  for (std::string name; std::getline(list, name, ',');)
    if (!name_family(name, options.trace.families))
      throw CLI::ValidationError(
          fmt::format("--families: unknown family '{}'; give those of record, such as procs,sched",
                      printable(name)));
  if (!options.trace.families.has(Family::kLife))
    throw CLI::ValidationError("--families needs procs: who the processes are");
  options.boot.families = words;
}

// "5min" bounds the time, "256M" the size.
void take_limit(const std::string& word, BootOptions& boot) {
  if (const Result<std::uint64_t> bytes = parse_bytes(word); bytes && *bytes > 0) {
    boot.limit_bytes = *bytes;
  } else if (const Result<std::uint64_t> ns = parse_duration(word); ns && *ns >= 1'000'000'000) {
    boot.limit_ns = *ns;
  } else {
    throw CLI::ValidationError(
        fmt::format("--limit takes a time of a second or more (5min) or a size (256M), not '{}'",
                    printable(word)));
  }
}

// It is written into a unit file without escaping.
void take_until(const std::string& word, BootOptions& boot) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.@:";
  const bool is_plain = !word.empty() && word.find_first_not_of(kPlain) == std::string::npos;
  if (!is_plain || (word != kBootIdle && word.find('.') == std::string::npos))
    throw CLI::ValidationError(fmt::format(
        "--until takes idle or a unit such as multi-user.target, not '{}'", printable(word)));
  boot.until = word;
}

void take_keep(const std::string& word, BootOptions& boot) {
  std::uint32_t keep = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), keep);
  if (error != std::errc{} || end != word.data() + word.size() || keep == 0)
    throw CLI::ValidationError(fmt::format("--every takes how many to keep, not '{}'", word));
  boot.once = false;
  boot.keep = keep;
}

// What enable hands on to the capture.
void add_capture_options(CLI::App& app, Options& options) {
  BootOptions& boot = options.boot;
  const auto word = [&app](const char* name, auto take, const char* text, const char* type) {
    app.add_option_function<std::vector<std::string>>(
           name,
           [take](const std::vector<std::string>& words) {
             for (const std::string& each : words) take(each);
           },
           text)
        ->type_name(type);
  };
  word(
      "--families", [&options](const std::string& words) { take_families(words, options); },
      "families to record, procs included (default: procs,sched)", "FAMILY,...");
  word(
      "--until", [&boot](const std::string& each) { take_until(each, boot); },
      "end when this unit is active, or idle: the start is complete and no job is left (default)",
      "UNIT");
  word(
      "--limit", [&boot](const std::string& each) { take_limit(each, boot); },
      "limit of time (default 5min) or size (default 256M); may be repeated for both", "TIME|SIZE");
  word(
      "--every", [&boot](const std::string& each) { take_keep(each, boot); },
      "capture every boot, and keep the last N captures", "N");
  app.add_flag_callback(
      "--no-argv",
      [&options] {
        options.boot.no_argv = true;
        options.trace.argv_bytes = 0;
      },
      "do not read any arguments: they may hold secrets");
  app.add_flag("--kmsg", boot.kmsg, "record the kernel's log too");
}

void add_root(CLI::App& app, Options& options) {
  app.add_option("--root", options.boot.root, "in the system below this folder")
      ->type_name("FOLDER");
}

}  // namespace

void add_boot_options(CLI::App& app, Options& options, const Command& command) {
  app.require_subcommand(1);
  const auto add = [&](const char* name, const char* summary, BootAction action) {
    return add_action(app, name, summary, action, options);
  };
  CLI::App* enable = add("enable", "capture the next boot", BootAction::kEnable);
  add_capture_options(*enable, options);
  enable->add_flag("--initrd", options.boot.initrd,
                   "begin in the initrd, which is rebuilt with dracut or update-initramfs");
  enable
      ->add_option_function<std::string>(
          "--hold",
          [&options](const std::string& each) {
            options.boot.hold_ns = checked(parse_duration(each));
          },
          "the first units wait until the probes are attached, at most this long (default 3s); 0 = "
          "do not wait; what units do before that is not recorded")
      ->type_name("TIME");
  add_root(*enable, options);
  CLI::App* disable = add("disable", "stop capturing boots", BootAction::kDisable);
  add_root(*disable, options);
  CLI::App* status =
      add("status", "what is set up, and which captures there are", BootAction::kStatus);
  status->option_defaults()->group(kOutputHeading);
  add_form(*status, options, command);
  add_root(*status, options);
  CLI::App* report = add("report", "report a captured boot", BootAction::kReport);
  report->add_option("file", options.boot.file, "a capture (default: the last one of this machine)")
      ->type_name("FILE");
  report->option_defaults()->group(kOutputHeading);
  add_form(*report, options, command);
  add_output(*report, options, command);
  report
      ->add_option_function<std::string>(
          "--top", [&options](const std::string& word) { options.view.top = parse_count(word); },
          "rows per table; 0 = all (default: 20)")
      ->type_name("N");
  report->add_option("--html", options.boot.html, "also write a timeline, a page for a browser")
      ->type_name("FILE");
  report
      ->add_option("--perfetto", options.boot.perfetto,
                   "also write a trace for ui.perfetto.dev or trace_processor")
      ->type_name("FILE");
  // What the unit runs.
  CLI::App* capture = add("capture", "", BootAction::kCapture);
  capture->group("");
  add_capture_options(*capture, options);
}

}  // namespace hoodtrace
