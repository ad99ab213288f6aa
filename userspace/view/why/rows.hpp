// SPDX-License-Identifier: GPL-2.0-or-later
// The rows of the why report: whose time it is, and its causes, the longest first.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/why/tracker.hpp"
#include "view/task_rows.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

// Threads of a text report without --top or --all.
inline constexpr std::size_t kWhyThreads = 10;

struct WhyMeanwhile {
  WhyCause cause;
  std::string object;  // hostile; "" = none, or not known
  std::uint64_t ns = 0;
  std::vector<WhyMeanwhile> meanwhile;  // what those did whom the cause names; longest first
};

struct WhyLine {
  WhyCause cause;
  std::string object;  // hostile; "" = none, or not known
  std::uint64_t ns = 0;
  std::uint64_t count = 0;
  std::uint64_t max_ns = 0;
  std::optional<std::uint64_t> p99_ns;
  std::uint64_t ongoing_ns = 0;         // age of a sleep that goes on at the end; 0 = none
  std::vector<WhyMeanwhile> meanwhile;  // longest first
};

using WhyPartTimes = std::array<std::uint64_t, kWhyParts>;

// The time of some threads.
struct WhyShare {
  WhySums sums;
  std::size_t threads = 0;

  void merge(const WhyShare& other) {
    sums.merge(other.sums);
    threads += other.threads;
  }
};

// One thread, or several with the same process, comm or cgroup.
struct WhyRow {
  std::optional<std::uint32_t> tid;
  std::optional<std::uint32_t> pid;
  std::optional<std::string> comm;
  std::optional<std::string> cgroup;
  RowStart started;
  std::string process;     // comm of the leader of a thread that is none itself
  std::size_t joined = 0;  // > 0: this row is the sum of that many rows that are not shown
  std::uint64_t wall_ns = 0;
  WhyPartTimes part_ns{};
  WhyShare stats;
  std::vector<WhyLine> lines;

  // Neither running nor idle.
  [[nodiscard]] std::uint64_t delayed_ns() const;
};

// Those that are shown, the most delayed first or by --sort; with options.text all others are one
// more row. Only rows that are shown have lines.
std::vector<WhyRow> make_why_rows(const WhyTracker& tracker, const ViewOptions& options);

// An error that names the columns when `key` is none to sort by.
Result<void> check_why_sort(const std::string& key);

}  // namespace hoodtrace
