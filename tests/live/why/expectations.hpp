// SPDX-License-Identifier: GPL-2.0-or-later
// What every why report must satisfy, and how its lines are compared with what a scene measured.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "live/sched/expectations.hpp"
#include "support/traced_run.hpp"

namespace hoodtrace::testing {

// Lines of a thread; what is empty or 0 matches all.
struct Want {
  std::string part = {};
  std::string cause = {};
  std::string call = {};
  std::string object = {};    // it contains this
  std::string relation = {};  // of `by`
  pid_t by = 0;               // tid, or pid where only the process is named
};

inline std::string text_of(const Json& line, const char* key) {
  const auto at = line.find(key);
  return at != line.end() && at->is_string() ? at->get<std::string>() : std::string();
}

inline pid_t by_of(const Json& line) {
  const auto by = line.find("by");
  if (by == line.end() || !by->is_object()) return 0;
  for (const char* key : {"tid", "pid"})
    if (by->contains(key) && (*by)[key].is_number()) return (*by)[key].get<pid_t>();
  return 0;
}

inline bool matches(const Json& line, const Want& want) {
  const auto is = [&line](const char* key, const std::string& wanted) {
    return wanted.empty() || text_of(line, key) == wanted;
  };
  return is("part", want.part) && is("cause", want.cause) && is("call", want.call) &&
         is("relation", want.relation) &&
         text_of(line, "object").find(want.object) != std::string::npos &&
         (want.by == 0 || by_of(line) == want.by);
}

struct Total {
  std::uint64_t ns = 0;
  std::uint64_t count = 0;
  std::uint64_t max_ns = 0;
};

inline Total total(const Json& thread, const Want& want) {
  Total sum;
  if (!thread.contains("parts")) return sum;
  for (const Json& line : thread["parts"]) {
    if (!matches(line, want)) continue;
    sum.ns += number(line, "ns");
    sum.count += number(line, "count");
    // Stolen time has no longest piece.
    if (line["max_ns"].is_number()) sum.max_ns = std::max(sum.max_ns, number(line, "max_ns"));
  }
  return sum;
}

inline Total total_of_parts(const Json& thread, std::initializer_list<const char*> parts) {
  Total sum;
  for (const char* part : parts) {
    const Total one = total(thread, {.part = part});
    sum.ns += one.ns;
    sum.count += one.count;
  }
  return sum;
}

// Runnable, but not on a CPU: what the kernel counts as run_delay.
inline std::uint64_t wait_ns(const Json& thread) {
  return total_of_parts(thread, {"wait", "throttled", "dispatch"}).ns;
}

inline Total sleeps(const Json& thread) {
  return total_of_parts(thread, {"disk", "blocked", "idle", "stopped", "unknown"});
}

// An empty object when there is none.
inline Json thread_of(const Json& report, pid_t tid) {
  for (const Json& thread : report["threads"])
    if (thread["tid"] == tid) return thread;
  return Json::object();
}

// What a scene knows of its thread.
inline Json named(const Json& truth, const std::string& name) {
  for (const Json& thread : truth["threads"])
    if (thread["name"] == name) return thread;
  return Json::object();
}

// How far time on a CPU, and waits for one, may be from the kernel's counters. The kernel cuts them at
// the run queue's clock, hoodtrace begins a run at its own stamp of the switch: what lies between, such
// as the programs of other tracers, is wait here and run there. It is less than a nap ends late, for that
// has the timer's interrupt and the wake-up too. Their sum has no such gap.
constexpr std::uint64_t kApartPerRunNs = 20'000;
constexpr std::uint64_t kSumApartPerRunNs = 3'000;

// What a hypervisor may have taken since its construction: none of it is run time for the kernel. 0 on
// a machine where nothing was ever taken; else /proc/stat has it in steps of 10 ms.
class Stolen {
 public:
  Stolen() : before_(ticks()) {}
  [[nodiscard]] std::uint64_t most_ns() const {
    const std::uint64_t now = ticks();
    return now == 0 ? 0 : (now - before_ + 1) * 10'000'000;
  }

 private:
  static std::uint64_t ticks();

  std::uint64_t before_;
};

// Of one thread: its parts add up to its time, and to the kernel's count where it is known.
void expect_sound_thread(const Json& thread);
// Of all threads; and those of the scene against the kernel's counters that they read themselves.
void expect_sound_report(const Json& report, const Json& truth, std::uint64_t stolen_ns = 0);

// A scene run under `hoodtrace why`; sound in all of the above. It is played again when the kernel did
// not show a switch: then a sleep is cut in two.
class WhyRun {
 public:
  explicit WhyRun(const Words& scene, const Words& arguments = {});

  // Why the scene cannot be played; empty when it was.
  [[nodiscard]] const std::string& cannot() const { return cannot_; }
  [[nodiscard]] const Json& report() const { return run_.report(); }
  [[nodiscard]] const Json& truth() const { return run_.truth; }
  [[nodiscard]] pid_t tid(const std::string& name) const {
    return static_cast<pid_t>(number(named(truth(), name), "tid"));
  }
  [[nodiscard]] Json thread(const std::string& name) const {
    return thread_of(report(), tid(name));
  }
  [[nodiscard]] std::uint64_t fact(const char* key) const { return number(truth()["facts"], key); }

  // The thread measured waits under this label, and these lines are their sleeps: at most what it
  // measured, and at least that without all of its time on a CPU or waiting for one. `count` is how
  // many sleeps at least; 0 = as many as it measured.
  void expect_sleeps(const std::string& name, const char* label, const Want& want,
                     std::uint64_t count = 0) const;

 private:
  [[nodiscard]] std::uint64_t unshown() const;

  TracedRun run_;
  std::string cannot_;
};

// Plays a scene, or skips the test.
#define HOODTRACE_SCENE(run, ...) \
  HOODTRACE_LIVE();               \
  const WhyRun run(__VA_ARGS__);  \
  if (!(run).cannot().empty()) GTEST_SKIP() << "cannot run here: " << (run).cannot()

}  // namespace hoodtrace::testing
