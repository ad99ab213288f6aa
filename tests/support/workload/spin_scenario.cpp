// SPDX-License-Identifier: GPL-2.0-or-later
// Threads that compute on one or two CPUs for a fixed time, with naps in between.

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "support/workload/stage.hpp"
#include "support/workload/task_counters.hpp"

namespace workload {
namespace {

struct Spinner {
  std::string name;
  int nice = 0;
  int fifo = 0;                   // SCHED_FIFO priority; 0 = SCHED_OTHER
  std::uint64_t deadline_us = 0;  // SCHED_DEADLINE: its runtime in each period of 10 ms
  std::uint64_t slice_us = 0;     // of SCHED_OTHER, set with sched_setattr; 0 = the kernel's own
  std::uint64_t naps = 0;
  std::uint64_t nap_us = 1000;
  bool on_second = false;  // on the second CPU alone
};

Spinner parse(const std::string& word) {
  Spinner spinner;
  std::size_t at = word.find(':');
  spinner.name = word.substr(0, at);
  while (at != std::string::npos) {
    const std::size_t next = word.find(':', at + 1);
    const std::string part = word.substr(at + 1, next - at - 1);
    const std::size_t equals = part.find('=');
    const std::string key = part.substr(0, equals);
    const int value = std::atoi(part.c_str() + equals + 1);
    if (key == "nice") spinner.nice = value;
    if (key == "fifo") spinner.fifo = value;
    if (key == "deadline_us") spinner.deadline_us = static_cast<std::uint64_t>(value);
    if (key == "slice_us") spinner.slice_us = static_cast<std::uint64_t>(value);
    if (key == "naps") spinner.naps = static_cast<std::uint64_t>(value);
    if (key == "second") spinner.on_second = value != 0;
    if (key == "nap_us") spinner.nap_us = static_cast<std::uint64_t>(value);
    at = next;
  }
  return spinner;
}

// include/uapi/linux/sched/types.h, which clashes with glibc's sched.h
struct SchedAttr {
  std::uint32_t size = 48;
  std::uint32_t policy = 6;  // SCHED_DEADLINE
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime_ns = 0;
  std::uint64_t deadline_ns = 0;
  std::uint64_t period_ns = 0;
};

void become(const Spinner& spinner) {
  if (spinner.deadline_us != 0) {
    SchedAttr attr;
    attr.runtime_ns = spinner.deadline_us * 1000;
    attr.deadline_ns = attr.period_ns = 10'000'000;
    if (::syscall(SYS_sched_setattr, 0, &attr, 0) != 0) std::perror("sched_setattr");
  }
  if (spinner.slice_us != 0) {
    SchedAttr attr;
    attr.policy = SCHED_OTHER;
    attr.nice = spinner.nice;
    attr.runtime_ns = spinner.slice_us * 1000;
    if (::syscall(SYS_sched_setattr, 0, &attr, 0) != 0) std::perror("sched_setattr");
  }
  if (spinner.nice != 0 &&
      ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), spinner.nice) != 0)
    std::perror("setpriority");
  const sched_param param{spinner.fifo};
  if (spinner.fifo != 0 && ::sched_setscheduler(0, SCHED_FIFO, &param) != 0)
    std::perror("sched_setscheduler");
}

void spin(const Spinner& spinner, std::uint64_t length_ns) {
  const std::uint64_t begin_ns = now_ns();
  std::uint64_t napped = 0;
  for (std::uint64_t ns = 0; ns < length_ns; ns = now_ns() - begin_ns) {
    if (napped >= spinner.naps || ns < length_ns / (spinner.naps + 1) * (napped + 1)) continue;
    sleep_us(spinner.nap_us);
    napped++;
  }
  for (; napped < spinner.naps; napped++) sleep_us(spinner.nap_us);
}

}  // namespace

int play_spin(const Script& script, bool gated) {
  const std::uint64_t length_ns = script.number("ms", 3000) * 1'000'000;
  const std::uint64_t copies = script.number("copies", 1);
  const unsigned cpus[] = {first_cpu(), second_cpu()};
  const std::uint64_t cpu_count = script.number("cpus", 1);
  const std::size_t count = script.words().size() * copies;
  if (script.number("session", 0) != 0) ::setsid();
  if (script.number("alone", 0) != 0) outweigh_others();
  WorkerCounters* workers = shared_workers(count);
  Gate gate(gated, count);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; i++)
    threads.emplace_back([&, i] {
      Spinner spinner = parse(script.words()[i / copies]);
      if (copies > 1) spinner.name += "-" + std::to_string(i % copies);
      // With two CPUs, free to move between them.
      cpu_set_t set;
      CPU_ZERO(&set);
      for (std::size_t k = 0; k < cpu_count && k < 2; k++)
        CPU_SET(cpus[spinner.on_second ? 1 : k], &set);
      // A SCHED_DEADLINE task must be allowed on every CPU (__sched_setscheduler()).
      if (spinner.deadline_us == 0) ::sched_setaffinity(0, sizeof(set), &set);
      become(spinner);
      begin(workers[i], spinner.name);
      gate.wait_start();
      spin(spinner, length_ns);
      end(workers[i]);
      gate.wait_end();
    });
  gate.conduct();
  for (std::thread& thread : threads) thread.join();
  print_workers("spin", count, workers, count);
  return 0;
}

}  // namespace workload
