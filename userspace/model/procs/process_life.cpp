// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/procs/process_life.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <cerrno>

#include "event/words.hpp"

namespace hoodtrace {

bool ProcessLife::is_idle() const {
  return !born_ns && !exit_ns &&
         std::none_of(programs.begin(), programs.end(),
                      [](const Program& program) { return program.time_ns.has_value(); }) &&
         std::none_of(thread_lives.begin(), thread_lives.end(),
                      [](const ThreadLife& thread) { return thread.born_ns || thread.exit_ns; });
}

std::optional<std::uint64_t> ProcessLife::zombie_ns() const {
  if (!exit_ns || !reaped_ns) return std::nullopt;
  return *reaped_ns > *exit_ns ? *reaped_ns - *exit_ns : 0;
}

bool ProcessLife::is_search_step(std::size_t index) const {
  const Program& failed = programs[index];
  if (failed.error != ENOENT) return false;
  for (std::size_t i = index + 1; i < programs.size(); i++)
    if (programs[i].error == 0) return programs[i].argv.starts_with(failed.argv);
  return false;
}

const SentSignal* ProcessLife::killer() const {
  if (!exit_ns || !WIFSIGNALED(wait_status)) return nullptr;
  const auto signal = static_cast<std::uint32_t>(WTERMSIG(wait_status));
  for (const SentSignal& sent : signals)
    if (sent.signal == signal) return &sent;
  return nullptr;
}

ThreadLife* ProcessLife::thread(std::uint32_t tid) {
  // A tid may have been used twice: the last one is meant.
  const auto found = std::find_if(thread_lives.rbegin(), thread_lives.rend(),
                                  [tid](const ThreadLife& thread) { return thread.tid == tid; });
  return found == thread_lives.rend() ? nullptr : &*found;
}

const Program* ProcessLife::program() const {
  for (auto at = programs.rbegin(); at != programs.rend(); ++at)
    if (at->error == 0) return &*at;
  return nullptr;
}

std::optional<std::uint64_t> ProcessLife::exec_ns() const {
  for (const Program& program : programs)
    if (program.error == 0 && program.time_ns) return program.time_ns;
  return std::nullopt;
}

Phase phase_at(const ProcessLife& life, std::uint64_t now_ns) {
  if (life.exit_ns && now_ns > *life.exit_ns) return Phase::kGone;
  if (life.born_ns && (!life.first_run_ns || now_ns <= *life.first_run_ns)) return Phase::kStart;
  const std::optional<std::uint64_t> exec_ns = life.exec_ns();
  return exec_ns && now_ns > *exec_ns ? Phase::kRun : Phase::kPrepare;
}

PhaseTimes& PhaseTimes::operator+=(const PhaseTimes& other) {
  on_cpu_ns += other.on_cpu_ns;
  wait_ns += other.wait_ns;
  sleep_ns += other.sleep_ns;
  min_flt += other.min_flt;
  maj_flt += other.maj_flt;
  cow_copies += other.cow_copies;
  return *this;
}

std::array<std::optional<PhaseTimes>, kPhases> phases_of(const ProcessLife& life) {
  std::array<std::optional<PhaseTimes>, kPhases> phases;
  const bool has_run = !life.born_ns || life.first_run_ns;
  if (life.born_ns) phases[0] = life.phases[0];
  if (life.exec_ns() && !life.is_command) phases[1] = life.phases[1];
  if (has_run) {
    PhaseTimes run = life.phases[2];
    if (!phases[1]) run += life.phases[1];
    phases[2] = run;
  }
  if (const std::optional<std::uint64_t> zombie_ns = life.zombie_ns(); zombie_ns) {
    PhaseTimes gone = life.phases[3];
    gone.sleep_ns = *zombie_ns - std::min(*zombie_ns, gone.on_cpu_ns + gone.wait_ns);
    phases[3] = gone;
  }
  return phases;
}

}  // namespace hoodtrace
