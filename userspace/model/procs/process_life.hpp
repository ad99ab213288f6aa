// SPDX-License-Identifier: GPL-2.0-or-later
// One process from birth to reaping, as far as it was seen: what is absent was not seen.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/procs/program.hpp"

namespace hoodtrace {

// Grows with each process that is seen, and is never reused.
using LifeId = std::uint64_t;
inline constexpr LifeId kNoLife = 0;

struct Adoption {
  std::uint64_t time_ns = 0;
  std::uint32_t parent_pid = 0;
  std::string parent_comm;
};

// A signal that ends processes, and who sent it.
struct SentSignal {
  std::uint32_t signal = 0;
  std::int32_t code = 0;         // si_code
  std::uint32_t sender_pid = 0;  // 0 = the kernel
  std::string sender_comm;
};

struct ThreadLife {
  std::uint32_t tid = 0;
  std::string comm;
  std::optional<std::uint64_t> born_ns;
  std::optional<std::uint64_t> first_run_ns;
  std::optional<std::uint64_t> exit_ns;    // or it became the process's first thread
  bool became_first = false;               // by an exec
  std::optional<std::uint64_t> on_cpu_ns;  // to its exit, as last counted by the kernel
  std::optional<std::uint64_t> wait_ns;
};

// fork→first run, first run→exec, exec→exit, exit→reaped. Without an exec, the third begins at the
// first run and there is no second.
enum class Phase { kStart, kPrepare, kRun, kGone };
inline constexpr std::size_t kPhases = 4;

// Where the time of a phase went, all threads taken together: with the sched family only. Minor and
// major faults are the kernel's own counts, always there; copies are with the faults family only.
struct PhaseTimes {
  std::uint64_t on_cpu_ns = 0;
  std::uint64_t wait_ns = 0;   // in run queues
  std::uint64_t sleep_ns = 0;  // the rest; in kGone, a zombie
  std::uint64_t min_flt = 0;
  std::uint64_t maj_flt = 0;
  std::uint64_t cow_copies = 0;  // pages copied because they were written to

  PhaseTimes& operator+=(const PhaseTimes& other);
};

struct ProcessLife {
  LifeId id = kNoLife;
  std::uint32_t pid = 0;
  std::uint64_t start_boottime_ns = 0;  // 0 = not known
  std::uint32_t parent_pid = 0;         // who forked it; 0 = not known
  std::uint32_t parent_tid = 0;         // the thread that did; 0 = not known
  std::uint32_t born_to_pid = 0;        // who was to reap it then; another one with CLONE_PARENT
  std::string parent_comm;
  std::string born_to_comm;  // of born_to_pid
  LifeId parent = kNoLife;   // when it is traced too
  std::uint32_t depth = 0;   // traced ancestors
  std::string comm;
  std::uint64_t cgroup_id = 0;
  std::optional<std::uint64_t> clone_flags;  // absent: it was there before
  // The command after "--", which begins with its exec: before, it was a child of hoodtrace's own.
  bool is_command = false;
  std::optional<std::uint64_t> began_ns;  // of it: that exec
  std::uint32_t ns_pid = 0;               // in its own pid namespace; 0 = the initial one
  std::uint32_t ns_inode = 0;

  std::optional<std::uint64_t> born_ns;
  std::optional<std::uint64_t> first_run_ns;
  std::optional<std::uint64_t> first_wait_ns;  // in run queues before the first run
  std::vector<Program> programs;
  std::optional<std::uint64_t> exit_ns;
  std::uint32_t wait_status = 0;    // with exit_ns
  std::vector<SentSignal> signals;  // the last of each number
  bool autoreaped = false;
  std::optional<std::uint64_t> reaped_ns;
  std::uint32_t reaped_by_tid = 0;        // 0 = by the kernel, or not seen
  std::optional<std::uint64_t> freed_ns;  // an upper bound of reaped_ns
  bool dead_when_seen = false;            // it was a zombie when tracing began
  std::uint32_t last_tid = 0;             // of the thread whose exit ended it
  bool is_reapable = false;  // its parent was notified, or it has left its CPU for good
  // Records were lost since it was last known to live, or to be a zombie: it may have ended, or
  // have been reaped.
  bool is_doubtful = false;
  std::vector<Adoption> adoptions;

  std::uint32_t threads = 1;  // ever seen in it
  std::uint32_t live_threads = 1;
  std::vector<ThreadLife> thread_lives;  // but the first; when asked for

  // What the kernel counted of all its threads while it was traced; of a live one, as last read.
  std::uint64_t on_cpu_ns = 0;     // exit_work_ns included
  std::uint64_t exit_work_ns = 0;  // on the CPU after the exits of its threads
  bool exit_work_known = false;
  std::uint64_t wait_ns = 0;
  std::uint64_t min_flt = 0;
  std::uint64_t maj_flt = 0;
  std::uint32_t unread_threads = 0;  // whose counters are missing: then these sums are not known
  bool waits_known = true;
  std::array<PhaseTimes, kPhases> phases;  // as counted; see phases_of()

  [[nodiscard]] bool has_exited() const { return exit_ns.has_value() || dead_when_seen; }
  // It has ended, and nothing shows that it was reaped.
  [[nodiscard]] bool is_unreaped() const {
    return (exit_ns.has_value() || (dead_when_seen && live_threads == 0)) && !reaped_ns &&
           !freed_ns;
  }
  [[nodiscard]] bool is_zombie() const { return is_unreaped() && !is_doubtful; }
  // Who sent the signal that ended it; null when none did, or it was not seen.
  [[nodiscard]] const SentSignal* killer() const;
  // It existed, and had no effect.
  [[nodiscard]] bool is_idle() const;
  // Who should reap it now.
  [[nodiscard]] std::uint32_t reaper_pid() const {
    return adoptions.empty() ? born_to_pid : adoptions.back().parent_pid;
  }
  [[nodiscard]] const std::string& reaper_comm() const {
    if (!adoptions.empty()) return adoptions.back().parent_comm;
    return born_to_pid == parent_pid ? parent_comm : born_to_comm;
  }
  [[nodiscard]] std::optional<std::uint64_t> zombie_ns() const;
  // A failed exec (by its index) that was one step of a search: a later one, of the same
  // arguments, succeeded, as execvp's walk along PATH does.
  [[nodiscard]] bool is_search_step(std::size_t index) const;
  // The last thread of that tid, but the first thread; null when it is not known.
  [[nodiscard]] ThreadLife* thread(std::uint32_t tid);
  // The last program that it became; null when none is known.
  [[nodiscard]] const Program* program() const;
  // When it first became one.
  [[nodiscard]] std::optional<std::uint64_t> exec_ns() const;
};

// The phase at `now_ns`. Until an exec is recorded, kPrepare means kRun too; so it does for a process
// that was there before, whose birth and first run were not recorded.
Phase phase_at(const ProcessLife& life, std::uint64_t now_ns);

// The phases that the process has reached; absent: not (yet) reached, or not seen.
std::array<std::optional<PhaseTimes>, kPhases> phases_of(const ProcessLife& life);

}  // namespace hoodtrace
