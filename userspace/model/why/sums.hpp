// SPDX-License-Identifier: GPL-2.0-or-later
// The time of one thread, or of several together, by cause.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/histogram.hpp"
#include "model/why/cause.hpp"

namespace hoodtrace {

using WhyCauseId = std::uint32_t;
using WhyChainId = std::uint32_t;  // of a ChainTable

// Time by number, of few numbers: what was done during one sleep.
class WhyTimes {
 public:
  void add(WhyChainId id, std::uint64_t ns) {
    for (auto& [known, sum_ns] : times_)
      if (known == id) {
        sum_ns += ns;
        return;
      }
    times_.emplace_back(id, ns);
  }
  void clear() { times_.clear(); }
  [[nodiscard]] auto begin() const { return times_.begin(); }
  [[nodiscard]] auto end() const { return times_.end(); }

 private:
  std::vector<std::pair<WhyChainId, std::uint64_t>> times_;
};

struct WhySum {
  std::uint64_t ns = 0;
  std::uint64_t count = 0;       // of runs, waits or sleeps
  std::uint64_t max_ns = 0;      // the longest
  Histogram lengths;             // of sleeps and waits
  std::uint64_t ongoing_ns = 0;  // age of a sleep that goes on at the end of the span; 0 = none
  // What the holder or waker did during that time; what was not seen of it is absent. With deeper
  // chains, below a cause, what those did whom it names; its own time has theirs.
  std::unordered_map<WhyChainId, std::uint64_t> meanwhile;

  void add_length(std::uint64_t length_ns);
  // What somebody did meanwhile keeps its share.
  void take_off(std::uint64_t off_ns);
  void merge(const WhySum& other);
};

// What the PMU counted while on a CPU.
struct CpuCycles {
  std::uint64_t user = 0;
  std::uint64_t kernel = 0;
  std::uint64_t ran_ns = 0;  // in which they were counted; 0 = never

  void merge(const CpuCycles& other) {
    user += other.user;
    kernel += other.kernel;
    ran_ns += other.ran_ns;
  }
};

class WhySums {
 public:
  WhySum& operator[](WhyCauseId cause) { return sums_[cause]; }
  void merge(const WhySums& other);
  void clear() { *this = {}; }
  void add(const CpuCycles& cycles) { cycles_.merge(cycles); }
  [[nodiscard]] const CpuCycles& cycles() const { return cycles_; }
  [[nodiscard]] std::uint64_t total_ns() const;
  [[nodiscard]] const std::unordered_map<WhyCauseId, WhySum>& by_cause() const { return sums_; }

 private:
  std::unordered_map<WhyCauseId, WhySum> sums_;
  CpuCycles cycles_;
};

}  // namespace hoodtrace
