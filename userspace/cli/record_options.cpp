// SPDX-License-Identifier: GPL-2.0-or-later
// The options of record alone, and of viewing commands that record on the way.

#include <fmt/format.h>

#include <string_view>

#include "base/text.hpp"
#include "base/units.hpp"
#include "cli/command_options.hpp"
#include "cli/option_kinds.hpp"
#include "probe/family_table.hpp"

namespace hoodtrace {
namespace {

// "zstd:3", "zstd" or "none".
int parse_compression(const std::string& word) {
  constexpr int kDefaultLevel = 3;
  if (word == "none") return 0;
  if (word == "zstd") return kDefaultLevel;
  constexpr std::string_view kPrefix = "zstd:";
  if (word.starts_with(kPrefix)) {
    const std::string level = word.substr(kPrefix.size());
    if (level.size() <= 2 && level.find_first_not_of("0123456789") == std::string::npos &&
        !level.empty()) {
      const int number = std::stoi(level);
      if (number >= 1 && number <= 19) return number;
    }
  }
  throw CLI::ValidationError(
      fmt::format("--compress takes zstd:1 to zstd:19, or none; not '{}'", printable(word)));
}

// "wait>20ms", "blocked>100ms", "fault>5ms", "zombie>5s", "exit!=0" or "signal".
void take_trigger(const std::string& word, RecordOptions& options) {
  if (word == "exit!=0") {
    options.trigger_exit = true;
    return;
  }
  if (word == "signal") {
    options.trigger_signal = true;
    return;
  }
  const std::size_t at = word.find('>');
  const std::string what = word.substr(0, at);
  std::uint64_t* const ns = what == "wait"      ? &options.trigger_wait_ns
                            : what == "fault"   ? &options.trigger_fault_ns
                            : what == "zombie"  ? &options.trigger_zombie_ns
                            : what == "blocked" ? &options.trigger_blocked_ns
                                                : nullptr;
  if (at == std::string::npos || ns == nullptr)
    throw CLI::ValidationError(
        fmt::format("--trigger: '{}' is none of wait>TIME, blocked>TIME, fault>TIME, zombie>TIME, "
                    "exit!=0, signal",
                    printable(word)));
  *ns = checked(parse_duration(word.substr(at + 1)));
  if (*ns == 0) throw CLI::ValidationError("--trigger takes a time above 0");
}

std::string families_help() {
  std::string all;
  std::string only_named;
  const auto add = [](std::string& list, std::string_view name) {
    list += (list.empty() ? "" : ", ");
    list += name;
  };
  for (const FamilyRow& family : kFamilies) {
    add(all, family.name);
    if (family.only_named) add(only_named, family.name);
  }
  return fmt::format("what to record: {} (default: all but {})", all, only_named);
}

}  // namespace

void add_recording_form(CLI::App& app, Options& options, const Command&) {
  CLI::Option* const compress = app.add_option_function<std::string>(
      "--compress",
      [&options](const std::string& word) {
        options.record.form.zstd_level = parse_compression(word);
      },
      "of the recording: zstd:1 (fast) to zstd:19 (small), or none (default: zstd:3)");
  compress->type_name("HOW");
  CLI::Option* const size = app.add_option_function<std::string>(
      "--max-size",
      [&options](const std::string& word) {
        constexpr std::uint64_t kLeast = 65536;
        options.record.form.max_bytes = checked(parse_bytes(word));
        if (options.record.form.max_bytes < kLeast)
          throw CLI::ValidationError("--max-size takes at least 64K");
      },
      "end before the recording exceeds this size");
  size->type_name("SIZE");
  // record always makes one.
  if (CLI::Option* const tee = app.get_option_no_throw("--record"); tee != nullptr)
    for (CLI::Option* const option : {compress, size}) option->needs(tee);
}

void add_record_options(CLI::App& app, Options& options, const Command&) {
  app.add_option("families", options.record.families, families_help())->type_name("");
  app.add_flag("--host-name", options.trace.host_name, "put this machine's name into the file");
  add_duration(app, "--ring", options.record.ring_ns,
               "keep the last TIME in memory, and write it on Ctrl-C, SIGUSR1 or a trigger");
  app.add_option_function<std::vector<std::string>>(
         "--trigger",
         [&options](const std::vector<std::string>& words) {
           for (const std::string& word : words) take_trigger(word, options.record);
         },
         "with --ring: write on wait>TIME, blocked>TIME, fault>TIME, zombie>TIME, exit!=0 or "
         "signal; at most "
         "once in the time of --ring")
      ->type_name("WHAT");
}

}  // namespace hoodtrace
