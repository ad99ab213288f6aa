// SPDX-License-Identifier: GPL-2.0-or-later
// When at least one CPU was idle, as far back as is remembered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace hoodtrace {

class IdleHistory {
 public:
  // From now on the CPU is idle, or not. In order of time.
  void set(std::size_t cpu, bool is_idle, std::uint64_t now_ns);
  // What the CPU does from now on is not known: it is not counted as idle.
  void forget(std::size_t cpu, std::uint64_t now_ns) { set(cpu, false, now_ns); }

  // The time from `from_ns` to `to_ns`, which is not after the last set(), in which a CPU was idle.
  [[nodiscard]] std::uint64_t idle_ns(std::uint64_t from_ns, std::uint64_t to_ns) const;

 private:
  static constexpr std::size_t kSpans = 4096;

  struct Span {
    std::uint64_t begin_ns = 0;
    std::uint64_t end_ns = 0;
  };

  std::vector<bool> is_idle_;  // by CPU
  std::size_t idle_cpus_ = 0;
  std::uint64_t since_ns_ = 0;  // of idle_cpus_ > 0
  std::deque<Span> spans_;      // that have ended, in order of time
};

}  // namespace hoodtrace
