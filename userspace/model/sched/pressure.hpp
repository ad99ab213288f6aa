// SPDX-License-Identifier: GPL-2.0-or-later
// CPU pressure of a group (PSI) from the waits and runs of its tasks, to be compared with the kernel's.
//
// On each CPU there is pressure ("some") while a task of the group is queued there, and "full" while none
// of them runs meanwhile (test_states(), kernel/sched/psi.c). Of several CPUs the kernel takes the mean,
// weighted by the time in which the group had anything to run there (collect_percpu_times()).
#pragma once

#include <cstdint>
#include <vector>

namespace hoodtrace {

// The length of the union of spans that are added in the order of their ends.
class SpanUnion {
 public:
  void add(std::uint64_t begin_ns, std::uint64_t end_ns);
  [[nodiscard]] std::uint64_t length_ns() const { return length_ns_; }
  // What is before this counts no more, and costs no memory.
  void begin_interval(std::uint64_t begin_ns);

 private:
  struct Span {
    std::uint64_t begin_ns;
    std::uint64_t end_ns;
  };
  static constexpr std::size_t kMost = 4096;

  std::vector<Span> spans_;  // apart from each other, in order
  std::uint64_t length_ns_ = 0;
  std::uint64_t from_ns_ = 0;
};

// A wait or a run that goes on can be added up to some moment, and later as a whole.
class Pressure {
 public:
  void wait(std::uint32_t cpu, std::uint64_t begin_ns, std::uint64_t end_ns);
  void run(std::uint32_t cpu, std::uint64_t begin_ns, std::uint64_t end_ns);
  void begin_interval(std::uint64_t begin_ns);

  [[nodiscard]] std::uint64_t some_ns() const;
  [[nodiscard]] std::uint64_t full_ns() const;

 private:
  struct Cpu {
    SpanUnion waits;
    SpanUnion runs;
    SpanUnion busy;  // a task waits or runs
  };
  Cpu& cpu(std::uint32_t index);
  template <class Part>
  [[nodiscard]] std::uint64_t mean(Part part) const;

  std::vector<Cpu> cpus_;
  std::uint64_t from_ns_ = 0;
};

}  // namespace hoodtrace
