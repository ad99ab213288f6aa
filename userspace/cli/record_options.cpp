// The options of record alone, and of viewing commands that record on the way.

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "base/text.hpp"
#include "base/units.hpp"
#include "cli/command_options.hpp"
#include "cli/option_groups.hpp"

namespace hoodtrace {
namespace {

struct FamilyWord {
  std::string_view word;
  bool Families::*family;
};

constexpr std::array kFamilyWords = {
    FamilyWord{"sched", &Families::sched},
    FamilyWord{"procs", &Families::life},
};

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
  app.add_option("families", options.record.families, "what to record: sched, procs (default: all)")
      ->type_name("");
  add_execs(app, options);
  add_recording_form(app, options);
}

// Not while the options are parsed: an option that does not exist comes first.
Result<void> complete_record(Options& options) {
  const bool all = options.record.families.empty();
  std::string known;
  for (const FamilyWord& family : kFamilyWords) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", family.word);
    const auto erased = std::erase(options.record.families, family.word);
    if (all || erased > 0) options.trace.families.*family.family = true;
  }
  if (!options.record.families.empty())
    return usage(fmt::format("record takes {}; not '{}'", known,
                             printable(options.record.families.front())));
  return {};
}

}  // namespace hoodtrace
