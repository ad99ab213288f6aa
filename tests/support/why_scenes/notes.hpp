// SPDX-License-Identifier: GPL-2.0-or-later
// What a scene knows of itself: its threads, the kernel's counters of them, and how long each wait
// took by clock_gettime. In shared memory, so that children of fork() write to it as well.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "support/workload/stage.hpp"
#include "support/workload/task_counters.hpp"

namespace why_scenes {

using workload::now_ns;
using workload::Script;
using workload::sleep_us;

class Notes {
 public:
  Notes();
  Notes(const Notes&) = delete;
  Notes& operator=(const Notes&) = delete;
  ~Notes();

  // Names the calling thread; what it notes from here on is its own.
  void begin(const std::string& name);
  void end();

  // A thread, or a child process, that is named, plays, and ends.
  std::thread start(const std::string& name, const std::function<void()>& play);
  pid_t fork(const std::string& name, const std::function<void()>& play);

  // The calling thread waited for `ns`; times with the same label are added up.
  void waited(const char* label, std::uint64_t ns);
  // The number that a test must find in the report: an address, an inode, a pid.
  void fact(const char* key, std::uint64_t value);

  // {"scene", "threads": [{name, tid, pid, start, end, waits: {label: {ns, count, max_ns}}}], "facts"}
  void print(const char* scene) const;

 private:
  static constexpr std::size_t kThreads = 512;
  static constexpr std::size_t kWaits = 6;
  static constexpr std::size_t kFacts = 32;

  struct Wait {
    char label[24];
    std::uint64_t ns;
    std::uint64_t count;
    std::uint64_t max_ns;
  };
  struct Thread {
    workload::WorkerCounters counters;
    Wait waits[kWaits];
  };
  struct Fact {
    char key[24];
    std::uint64_t value;
  };
  struct Shared {
    std::atomic<std::uint32_t> threads;
    std::atomic<std::uint32_t> facts;
    Thread thread[kThreads];
    Fact fact[kFacts];
  };

  Thread& own() const;

  Shared* shared_;
};

// Measures from its construction to its destruction.
class Waiting {
 public:
  Waiting(Notes& notes, const char* label) : notes_(notes), label_(label), began_ns_(now_ns()) {}
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() { notes_.waited(label_, now_ns() - began_ns_); }

 private:
  Notes& notes_;
  const char* label_;
  std::uint64_t began_ns_;
};

// The inode of an open file, which /proc/PID/fd shows too.
std::uint64_t inode_of(int fd);

// Ends the program with 77: the scene cannot be played here.
[[noreturn]] void cannot(const char* reason);

// Sleeps, without a futex, until the other thread or process has set it.
void await(const std::atomic<std::uint32_t>& flag, std::uint32_t value = 1);
// Memory that children of fork() share, all zero.
std::atomic<std::uint32_t>* shared_flags(std::size_t count);

}  // namespace why_scenes
