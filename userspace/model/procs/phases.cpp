// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/procs/phases.hpp"

#include <algorithm>
#include <limits>

namespace hoodtrace {
namespace {

constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

// Where the phases begin, and the end of the last.
std::array<std::uint64_t, kPhases + 1> bounds_of(const ProcessLife& life) {
  const std::uint64_t exit_ns = life.exit_ns.value_or(kNever);
  const std::uint64_t run_ns = life.born_ns ? life.first_run_ns.value_or(kNever) : 0;
  const std::uint64_t exec_ns = life.exec_ns().value_or(kNever);
  return {0, std::min(run_ns, exit_ns), std::min(std::max(run_ns, exec_ns), exit_ns), exit_ns,
          kNever};
}

using Part = std::uint64_t PhaseTimes::*;

// What was counted as `from` is `to`: in that phase, and as far as it has too little, in those before.
// Returns how much was found.
std::uint64_t move(ProcessLife& life, Phase phase, Part from, Part to, std::uint64_t ns) {
  std::uint64_t moved_ns = 0;
  for (std::size_t i = static_cast<std::size_t>(phase) + 1; i-- > 0 && moved_ns < ns;) {
    PhaseTimes& times = life.phases[i];
    const std::uint64_t part_ns = std::min(times.*from, ns - moved_ns);
    times.*from -= part_ns;
    times.*to += part_ns;
    moved_ns += part_ns;
  }
  return moved_ns;
}

// A run that the switches do not have, or have longer than it was.
void add_unshown(ProcessLife& life, const TaskSpan& span) {
  const Phase phase = phase_at(life, span.to_ns);
  std::uint64_t& on_cpu_ns = life.phases[static_cast<std::size_t>(phase)].on_cpu_ns;
  const Part instead =
      span.instead == TaskTime::kWaiting ? &PhaseTimes::wait_ns : &PhaseTimes::sleep_ns;
  if (span.unshown_ns < 0) {
    move(life, phase, &PhaseTimes::on_cpu_ns, instead,
         static_cast<std::uint64_t>(-span.unshown_ns));
    return;
  }
  const auto more_ns = static_cast<std::uint64_t>(span.unshown_ns);
  std::uint64_t moved_ns = 0;
  if (span.instead != TaskTime::kOther)
    moved_ns = move(life, phase, instead, &PhaseTimes::on_cpu_ns, more_ns);
  on_cpu_ns += more_ns - moved_ns;
}

}  // namespace

void add_span(ProcessLife& life, const TaskSpan& span) {
  const std::array<std::uint64_t, kPhases + 1> bounds = bounds_of(life);
  for (std::size_t i = 0; i < kPhases; i++) {
    const std::uint64_t begin = std::max(span.from_ns, bounds[i]);
    const std::uint64_t end = std::min(span.to_ns, bounds[i + 1]);
    if (end <= begin) continue;
    PhaseTimes& times = life.phases[i];
    (span.time == TaskTime::kRunning   ? times.on_cpu_ns
     : span.time == TaskTime::kWaiting ? times.wait_ns
                                       : times.sleep_ns) += end - begin;
  }
  if (span.unshown_ns != 0) add_unshown(life, span);
  if (!span.run_delay_ns) return;
  // The sum of the waits is what the kernel accounts as run_delay, and the dispatch time. A span that
  // was cut, or begins with another record, is longer or shorter: that is of the run beside it.
  const Phase phase = phase_at(life, span.to_ns);
  const Part beside = span.follows_unshown ? &PhaseTimes::sleep_ns : &PhaseTimes::on_cpu_ns;
  const std::uint64_t length_ns = span.to_ns - span.from_ns;
  if (span.waited_ns() > length_ns) {
    const std::uint64_t more_ns = span.waited_ns() - length_ns;
    const std::uint64_t moved_ns = move(life, phase, beside, &PhaseTimes::wait_ns, more_ns);
    life.phases[static_cast<std::size_t>(phase)].wait_ns += more_ns - moved_ns;
  } else {
    move(life, phase, &PhaseTimes::wait_ns, beside, length_ns - span.waited_ns());
  }
}

}  // namespace hoodtrace
