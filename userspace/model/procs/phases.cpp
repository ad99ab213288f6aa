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
  if (!span.run_delay_ns) return;
  // The sum of the waits is what the kernel accounts as run_delay. Its clock is a moment older than
  // the record, so what the wait is longer or shorter than the span is of the run beside it.
  PhaseTimes& last = life.phases[static_cast<std::size_t>(phase_at(life, span.to_ns))];
  const std::uint64_t length_ns = span.to_ns - span.from_ns;
  if (*span.run_delay_ns > length_ns) {
    const std::uint64_t more_ns = *span.run_delay_ns - length_ns;
    last.wait_ns += more_ns;
    last.on_cpu_ns -= std::min(last.on_cpu_ns, more_ns);
  } else {
    const std::uint64_t less_ns = std::min(last.wait_ns, length_ns - *span.run_delay_ns);
    last.wait_ns -= less_ns;
    last.on_cpu_ns += less_ns;
  }
}

}  // namespace hoodtrace
