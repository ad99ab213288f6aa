// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/workload/stage.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace workload {
namespace {

unsigned nth_cpu(int n) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  ::sched_getaffinity(::getpid(), sizeof(allowed), &allowed);
  unsigned last = 0;
  for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (!CPU_ISSET(cpu, &allowed)) continue;
    last = cpu;
    if (n-- == 0) break;
  }
  return last;
}

}  // namespace

Script::Script(int argc, char** argv) {
  for (int i = 0; i < argc; i++) {
    const std::string word = argv[i];
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos || word.find(':') < equals)
      words_.push_back(word);
    else
      settings_.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
}

std::uint64_t Script::number(const std::string& key, std::uint64_t otherwise) const {
  for (const auto& [name, value] : settings_)
    if (name == key) return std::strtoull(value.c_str(), nullptr, 10);
  return otherwise;
}

std::string Script::text(const std::string& key, const std::string& otherwise) const {
  for (const auto& [name, value] : settings_)
    if (name == key) return value;
  return otherwise;
}

void Gate::wait_start() {
  arrived_++;
  arrived_.notify_all();
  started_.wait(0);
}

void Gate::wait_end() {
  finished_++;
  finished_.notify_all();
  if (gated_) ended_.wait(0);
}

void Gate::say(const char* word) { (void)!::write(STDERR_FILENO, word, std::strlen(word)); }

void Gate::hear() {
  char byte = 0;
  (void)!::read(STDIN_FILENO, &byte, 1);
}

void Gate::conduct() {
  for (std::uint32_t n = arrived_; n < threads_; n = arrived_) arrived_.wait(n);
  if (gated_) {
    say("ready\n");
    hear();
  }
  started_ = 1;
  started_.notify_all();
  for (std::uint32_t n = finished_; n < threads_; n = finished_) finished_.wait(n);
  if (gated_) {
    say("done\n");
    hear();
  }
  ended_ = 1;
  ended_.notify_all();
}

namespace {

std::uint64_t read_clock(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace

std::uint64_t now_ns() { return read_clock(CLOCK_MONOTONIC); }

std::uint64_t own_cpu_ns() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

void pin_to(unsigned cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (::sched_setaffinity(0, sizeof(set), &set) == 0) return;
  std::perror("sched_setaffinity");
  std::exit(1);
}

unsigned first_cpu() { return nth_cpu(0); }
unsigned second_cpu() { return nth_cpu(1); }

void outweigh_others() {
  ::setsid();
  const int fd = ::open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;  // no grouping here: nice values alone count
  (void)!::write(fd, "-20", 3);
  ::close(fd);
}

void sleep_us(std::uint64_t us) {
  const timespec length{static_cast<time_t>(us / 1'000'000),
                        static_cast<long>(us % 1'000'000 * 1000)};
  ::clock_nanosleep(CLOCK_MONOTONIC, 0, &length, nullptr);
}

}  // namespace workload
