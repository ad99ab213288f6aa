// SPDX-License-Identifier: GPL-2.0-or-later
// One line per event: when, which process, what happened; indented by depth.

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/procs/text.hpp"
#include "view/procs/view.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kCommandColumns = 2000;
constexpr std::uint32_t kDeepest = 16;  // indented no further

// The last moment before `at_ns` in the timeline of this process.
std::uint64_t before(const ProcessLife& life, std::uint64_t at_ns) {
  std::uint64_t last_ns = life.born_ns.value_or(0);
  if (life.first_run_ns && *life.first_run_ns < at_ns) last_ns = *life.first_run_ns;
  for (const Program& program : life.programs)
    if (program.error == 0 && program.time_ns && *program.time_ns < at_ns)
      last_ns = std::max(last_ns, *program.time_ns);
  return last_ns;
}

std::string after(std::uint64_t from_ns, std::uint64_t to_ns, std::string_view what) {
  if (from_ns == 0 || to_ns < from_ns) return {};
  return fmt::format(" {} {}", what, format_duration(to_ns - from_ns));
}

std::string_view last_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// The file that is executed, where the name that it was called by does not show it: a path below
// the working directory, a descriptor, a link to a file of another name.
std::string true_file(const Program& program) {
  if (program.exe.empty() || !program.interpreter.empty()) return {};
  const bool is_whole = program.file.starts_with('/') && !program.file.starts_with("/dev/fd/");
  return is_whole && last_name(program.file) == last_name(program.exe) ? "" : program.exe;
}

std::string program_text(const Program& program) {
  std::string text = printable(program.file);
  if (!program.interpreter.empty()) text += fmt::format(" (by {})", printable(program.interpreter));
  if (const std::string file = true_file(program); !file.empty())
    text += fmt::format(" ({})", printable(file));
  else if (!program.own_name.empty())
    text += fmt::format(" (named {})", printable(program.own_name));
  const std::string command = command_text(program, kCommandColumns);
  if (!command.empty()) text += ": " + command;
  if (!program.missing_interpreter.empty())
    text += fmt::format(" (its interpreter {} is missing)", printable(program.missing_interpreter));
  if (program.uid) text += fmt::format(" [uid {}", *program.uid);
  if (program.uid && !program.cwd.empty()) text += fmt::format(", in {}", printable(program.cwd));
  if (program.uid) text += "]";
  return text;
}

std::string exit_text(const ProcsInput& input, const ProcessLife& life) {
  std::string text = outcome_text(life) + after(life.born_ns.value_or(0), *life.exit_ns, "after") +
                     killer_text(life);
  const LifecycleTracker::Times times = LifecycleTracker::times_of(life);
  if (times.on_cpu_ns) text += fmt::format(", {} on CPU", format_duration(*times.on_cpu_ns));
  if (times.exit_work_ns)
    text += fmt::format(" and {} of exit work", format_duration(*times.exit_work_ns));
  if (life.threads > 1) text += fmt::format(", {} threads", life.threads);
  // When only some lines are shown, an exit needs the program's arguments.
  if (input.options.failed_only || input.options.slow_ns != 0)
    if (const std::string command = command_of(input.tracker, life, kCommandColumns);
        !command.empty())
      text += "  " + command;
  return text;
}

std::string thread_exit_text(const ProcessLife& life, const ThreadLife& thread) {
  if (thread.became_first)
    return fmt::format("thread {} executes a program and becomes {}", thread.tid, life.pid);
  std::string text = fmt::format("thread {} ", thread.tid);
  if (!thread.comm.empty()) text += fmt::format("({}) ", printable(thread.comm));
  text += "ended" + after(thread.born_ns.value_or(0), *thread.exit_ns, "after");
  if (thread.on_cpu_ns) text += fmt::format(", {} on CPU", format_duration(*thread.on_cpu_ns));
  return text;
}

std::string reaped_text(const ProcessLife& life) {
  if (life.autoreaped) return "reaped by the kernel: its parent ignores SIGCHLD";
  return fmt::format("reaped by {}, a zombie for {}", named(life.reaper_comm(), life.reaper_pid()),
                     format_duration(life.zombie_ns().value_or(0)));
}

// How long the phase lasted that this event ends; 0 = it ends none.
std::uint64_t phase_ns(const ProcessLife& life, const LifeEvent& event) {
  switch (event.kind) {
    case LifeEventKind::kFirstRun:
    case LifeEventKind::kProgram: {
      const std::uint64_t from_ns = before(life, event.time_ns);
      return from_ns == 0 ? 0 : event.time_ns - std::min(event.time_ns, from_ns);
    }
    case LifeEventKind::kExit:
      return life.born_ns ? event.time_ns - *life.born_ns : 0;
    case LifeEventKind::kReaped:
      return life.zombie_ns().value_or(0);
    case LifeEventKind::kThreadExit: {
      const ThreadLife& thread = life.thread_lives[event.index];
      return thread.born_ns ? event.time_ns - std::min(event.time_ns, *thread.born_ns) : 0;
    }
    default:
      return 0;
  }
}

bool is_wanted(const ProcsInput& input, const ProcessLife& life, const LifeEvent& event) {
  if (input.options.failed_only && event.kind == LifeEventKind::kExecFailed &&
      life.is_search_step(event.index))
    return false;
  if (input.options.failed_only && event.kind != LifeEventKind::kExecFailed &&
      !(event.kind == LifeEventKind::kExit && has_failed(life)))
    return false;
  return input.options.slow_ns == 0 || phase_ns(life, event) >= input.options.slow_ns;
}

std::string event_text(const ProcsInput& input, const ProcessLife& life, const LifeEvent& event) {
  switch (event.kind) {
    case LifeEventKind::kBorn:
      return fmt::format("born ({}) of {}", birth_text(life),
                         named(life.parent_comm, life.parent_pid));
    case LifeEventKind::kFirstRun:
      return "first run" + after(life.born_ns.value_or(0), event.time_ns, "after") +
             (life.first_wait_ns
                  ? fmt::format(", {} of it in run queues", format_duration(*life.first_wait_ns))
                  : "");
    case LifeEventKind::kProgram:
      return "exec " + program_text(life.programs[event.index]);
    case LifeEventKind::kExecFailed:
      return fmt::format("exec failed with {}: {}", errno_text(life.programs[event.index].error),
                         program_text(life.programs[event.index]));
    case LifeEventKind::kExit:
      return exit_text(input, life);
    case LifeEventKind::kReaped:
      return reaped_text(life);
    case LifeEventKind::kAdopted:
      return "adopted by " +
             named(life.adoptions[event.index].parent_comm, life.adoptions[event.index].parent_pid);
    case LifeEventKind::kThreadBorn:
      return fmt::format("thread {} born", life.thread_lives[event.index].tid);
    case LifeEventKind::kThreadExit:
      return thread_exit_text(life, life.thread_lives[event.index]);
  }
  return {};
}

}  // namespace

std::string timeline_heading() {
  return fmt::format("{:>11} {:>7} {:<15}  {}", "SECONDS", "PID", "COMM", "WHAT");
}

std::string timeline_line(const ProcsInput& input, const LifeEvent& event) {
  const ProcessLife* life = input.tracker.find(event.life);
  if (life == nullptr || !is_wanted(input, *life, event)) return {};
  const std::uint64_t at_ns = event.time_ns - std::min(event.time_ns, input.started_ns);
  const std::string pid = life->ns_pid == 0 ? fmt::format("{}", life->pid)
                                            : fmt::format("{}/{}", life->pid, life->ns_pid);
  return fmt::format("{:>11.6f} {:>7} {}{:<15}  {}", static_cast<double>(at_ns) / 1e9, pid,
                     std::string(2UL * std::min(life->depth, kDeepest), ' '), printable(event.comm),
                     event_text(input, *life, event));
}

}  // namespace hoodtrace
