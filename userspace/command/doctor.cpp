// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace doctor.

#include "base/result.hpp"
#include "command/command_table.hpp"
#include "output/json.hpp"
#include "output/sink.hpp"
#include "view/doctor_view.hpp"

namespace hoodtrace {

Result<int> run_doctor(const Options& options, const Environment& environment) {
  if (options.format == Format::kCsv)
    return usage("doctor has no table: use --format text or json");
  Result<Sink> sink = Sink::open(options.output, false);
  if (!sink) return sink.error();
  const Result<MachineFacts> facts = environment.examine(options.trace.btf_path);
  if (!facts) return facts.error();
  const std::string text =
      options.format == Format::kJson ? json_line(doctor_json(*facts)) : doctor_text(*facts);
  RETURN_IF_ERROR(sink->write(text));
  RETURN_IF_ERROR(sink->finish());
  // The other families are extras: what hoodtrace exists for has to run.
  const FamilyFact* sched = facts->family("sched");
  return sched != nullptr && sched->error.empty() ? 0 : static_cast<int>(ErrorKind::kUnsupported);
}

}  // namespace hoodtrace
