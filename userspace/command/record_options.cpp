// SPDX-License-Identifier: GPL-2.0-or-later
// The families of record and export, and what record's options need of each other.

#include <fmt/format.h>

#include <vector>

#include "base/text.hpp"
#include "command/command_table.hpp"
#include "probe/family_table.hpp"

namespace hoodtrace {

// Not while the options are parsed: an option that does not exist comes first.
Result<void> complete_record(Options& options) {
  const bool all = options.record.families.empty();
  std::string known;
  for (const FamilyRow& family : kFamilies) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", family.name);
    const auto erased = std::erase(options.record.families, family.name);
    if ((all && !family.only_named) || erased > 0) options.trace.families.add(family.family);
  }
  if (!options.record.families.empty())
    return usage(fmt::format("record takes {}; not '{}'", known,
                             printable(options.record.families.front())));
  // For sched --load of the recording.
  options.trace.load_averages = options.trace.families.has(Family::kSched);
  const RecordOptions& record = options.record;
  if (record.ring_ns == 0 && record.has_trigger())
    return usage("--trigger decides when --ring is written: add --ring TIME");
  if (record.trigger_wait_ns != 0 && !options.trace.families.has(Family::kSched))
    return usage("--trigger 'wait>...' needs sched to be recorded");
  if (record.trigger_fault_ns != 0 && !options.trace.families.has(Family::kFaults))
    return usage("--trigger 'fault>...' needs faults to be recorded");
  if (record.trigger_blocked_ns != 0 && !options.trace.families.has(Family::kWhy))
    return usage("--trigger 'blocked>...' needs why to be recorded: record why --ring ...");
  if (record.has_life_trigger() && !options.trace.families.has(Family::kLife))
    return usage("--trigger exit!=0, signal and zombie>... need procs to be recorded");
  return {};
}

}  // namespace hoodtrace
