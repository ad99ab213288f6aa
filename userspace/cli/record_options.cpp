// SPDX-License-Identifier: GPL-2.0-or-later
// The options of record alone, and of viewing commands that record on the way.

#include <fmt/format.h>

#include <string_view>

#include "base/text.hpp"
#include "base/units.hpp"
#include "cli/command_options.hpp"
#include "cli/option_groups.hpp"
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

// "wait>20ms" or "fault>5ms".
void take_trigger(const std::string& word, RecordOptions& options) {
  const std::size_t at = word.find('>');
  const std::string what = word.substr(0, at);
  if (at == std::string::npos || (what != "wait" && what != "fault"))
    throw CLI::ValidationError(
        fmt::format("--trigger takes 'wait>TIME' or 'fault>TIME'; not '{}'", printable(word)));
  const std::uint64_t ns = checked(parse_duration(word.substr(at + 1)));
  if (ns == 0) throw CLI::ValidationError("--trigger takes a time of more than nothing");
  (what == "wait" ? options.trigger_wait_ns : options.trigger_fault_ns) = ns;
}

}  // namespace

void add_recording_form(CLI::App& app, Options& options) {
  app.add_option_function<std::string>(
         "--compress",
         [&options](const std::string& word) {
           options.record.form.zstd_level = parse_compression(word);
         },
         "of the recording: zstd:1 (fast) to zstd:19 (small), or none (default: zstd:3)")
      ->type_name("HOW");
  app.add_option_function<std::string>(
         "--max-size",
         [&options](const std::string& word) {
           constexpr std::uint64_t kLeast = 65536;
           options.record.form.max_bytes = checked(parse_bytes(word));
           if (options.record.form.max_bytes < kLeast)
             throw CLI::ValidationError("--max-size takes at least 64K");
         },
         "end before the recording is larger")
      ->type_name("SIZE");
}

void add_record_options(CLI::App& app, Options& options) {
  app.add_option("families", options.record.families,
                 "what to record: sched, procs, faults, cache (default: all)")
      ->type_name("");
  add_execs(app, options);
  add_recording_form(app, options);
  app.add_flag("--host-name", options.trace.host_name, "put this machine's name into the file");
  add_duration(app, "--ring", options.record.ring_ns,
               "keep only the last TIME, in memory; written on Ctrl-C, SIGUSR1 or a trigger");
  app.add_option_function<std::vector<std::string>>(
         "--trigger",
         [&options](const std::vector<std::string>& words) {
           for (const std::string& word : words) take_trigger(word, options.record);
         },
         "with --ring: write when a wait or a fault is longer, as in 'wait>20ms'")
      ->type_name("WHAT>TIME");
}

bool name_family(std::string_view word, Families& families) {
  for (const FamilyRow& family : kFamilies) {
    if (family.name != word) continue;
    families.add(family.family);
    return true;
  }
  return false;
}

// Not while the options are parsed: an option that does not exist comes first.
Result<void> complete_record(Options& options) {
  const bool all = options.record.families.empty();
  std::string known;
  for (const FamilyRow& family : kFamilies) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", family.name);
    const auto erased = std::erase(options.record.families, family.name);
    if (all || erased > 0) options.trace.families.add(family.family);
  }
  if (!options.record.families.empty())
    return usage(fmt::format("record takes {}; not '{}'", known,
                             printable(options.record.families.front())));
  const RecordOptions& record = options.record;
  if (record.ring_ns == 0 && (record.trigger_wait_ns != 0 || record.trigger_fault_ns != 0))
    return usage("--trigger decides when --ring is written: add --ring TIME");
  if (record.trigger_wait_ns != 0 && !options.trace.families.has(Family::kSched))
    return usage("--trigger 'wait>...' needs sched to be recorded");
  if (record.trigger_fault_ns != 0 && !options.trace.families.has(Family::kFaults))
    return usage("--trigger 'fault>...' needs faults to be recorded");
  return {};
}

}  // namespace hoodtrace
