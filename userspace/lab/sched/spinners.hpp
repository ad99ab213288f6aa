// SPDX-License-Identifier: GPL-2.0-or-later
// Children that run on one CPU from one moment to another, and what each of them used.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "lab/acts.hpp"

namespace hoodtrace::lab {

class Spinners {
 public:
  // They run for `ms`, from a moment by which all have been started.
  explicit Spinners(std::uint64_t ms);

  // A child that does `prepare` on the CPU of all, waits for the moment, and runs.
  pid_t start(const std::function<void()>& prepare);
  // Waits for them. CPU times in ns by getrusage, in the order of start; throws when one failed.
  std::vector<std::uint64_t> finish();

  [[nodiscard]] std::uint64_t from_ns() const { return from_ns_; }
  [[nodiscard]] std::uint64_t until_ns() const { return until_ns_; }

 private:
  std::vector<pid_t> pids_;
  std::uint64_t from_ns_;
  std::uint64_t until_ns_;
};

// The share of the first among some threads' time on a CPU, in percent; null when one is missing.
LabJson share_of(const Evidence& evidence, const LabJson& first, const LabJson& all);

// One queue for all groups of a CPU (7.x): struct cfs_rq has h_curr.
bool has_flat_queues();

// 0 of nothing.
double percent(std::uint64_t part, std::uint64_t whole);

}  // namespace hoodtrace::lab
