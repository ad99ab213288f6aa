// SPDX-License-Identifier: GPL-2.0-or-later
// Where the scenarios play: the start signal, the CPUs, the clock.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace workload {

// The words of the command line after the scenario's name: key=value words, and the others in order.
class Script {
 public:
  Script(int argc, char** argv);
  [[nodiscard]] std::uint64_t number(const std::string& key, std::uint64_t otherwise) const;
  [[nodiscard]] std::string text(const std::string& key, const std::string& otherwise) const;
  [[nodiscard]] const std::vector<std::string>& words() const { return words_; }

 private:
  std::vector<std::string> words_;
  std::vector<std::pair<std::string, std::string>> settings_;
};

// With --gate the threads of a scenario sleep until a byte comes on standard input, and again when
// they are done, so that a test can read their counters while nothing changes. Without it they
// start at once.
class Gate {
 public:
  // `threads` is how many of them call wait_start and wait_end.
  Gate(bool gated, std::size_t threads) : gated_(gated), threads_(threads) {}

  // In a thread of the scenario.
  void wait_start();
  void wait_end();

  // In the main thread, once all exist: prints "ready", starts them, prints "done", lets them end.
  void conduct();

 private:
  static void say(const char* word);
  static void hear();

  bool gated_;
  std::size_t threads_;
  std::atomic<std::uint32_t> arrived_{0};
  std::atomic<std::uint32_t> started_{0};
  std::atomic<std::uint32_t> finished_{0};
  std::atomic<std::uint32_t> ended_{0};
};

std::uint64_t now_ns();      // CLOCK_MONOTONIC
std::uint64_t own_cpu_ns();  // CLOCK_THREAD_CPUTIME_ID

void pin_to(unsigned cpu);  // the calling thread

// The two CPUs that scenarios use: the first ones this process may run on (both the same on one CPU).
unsigned first_cpu();
unsigned second_cpu();

// Makes this process's scheduling group (its session's, where the kernel groups by session)
// outweigh what else runs here 87 to 1, so that a machine in use disturbs a scenario by about a
// hundredth.
void outweigh_others();

void sleep_us(std::uint64_t us);

// The scenarios; each returns the exit code. Listed in main.cpp.
int play_spin(const Script& script, bool gated);
int play_yields(const Script& script, bool gated);
int play_pipe(const Script& script, bool gated);
int play_storm(const Script& script, bool gated);
int play_faults(const Script& script, bool gated);
int play_cow(const Script& script, bool gated);
int play_copies(const Script& script, bool gated);
int play_mapped(const Script& script, bool gated);
int play_fresh(const Script& script, bool gated);
int play_mishaps(const Script& script, bool gated);
int play_usage(const Script& script, bool gated);
int play_forks(const Script& script, bool gated);
int play_asleep(const Script& script, bool gated);
int play_moves(const Script& script, bool gated);
int play_cache(const Script& script, bool gated);
int play_disk(const Script& script, bool gated);
int play_two_writers(const Script& script, bool gated);
int play_many_files(const Script& script, bool gated);
int play_into_mapping(const Script& script, bool gated);
int play_direct_writers(const Script& script, bool gated);
int play_read_behind(const Script& script, bool gated);
int play_tag_waiters(const Script& script, bool gated);
int play_truncated(const Script& script, bool gated);
int play_failing_reads(const Script& script, bool gated);
int play_hole(const Script& script, bool gated);
int play_small_files(const Script& script, bool gated);
int play_multicast(const Script& script, bool gated);
int play_naps(const Script& script, bool gated);
int play_sleepers(const Script& script, bool gated);
int play_states(const Script& script, bool gated);
int play_swap(const Script& script, bool gated);
int play_life(const Script& script, bool gated);
int play_flood(const Script& script, bool gated);
int play_quit(const Script& script, bool gated);

}  // namespace workload
