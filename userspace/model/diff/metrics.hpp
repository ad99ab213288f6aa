// SPDX-License-Identifier: GPL-2.0-or-later
// The one list of what two recordings are compared by.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hoodtrace {

enum class DiffUnit : std::uint8_t { kCount, kNs, kBytes };

// kSum: divided by the unit of work. kLengths: single times, compared by p50, p95 and p99.
enum class DiffForm : std::uint8_t { kSum, kLengths };

// What it means that there is more of it.
enum class MoreIs : std::uint8_t { kNeutral, kWorse, kBetter };

// X(enumerator, family, name, form, unit, more is, words)
#define HT_DIFF_METRICS(X)                                                                       \
  X(kOnCpu, "sched", "on_cpu_ns", kSum, kNs, kNeutral, "time on CPU")                            \
  X(kWaitNs, "sched", "wait_ns", kSum, kNs, kWorse, "time in waits for a CPU")                   \
  X(kWaits, "sched", "waits", kSum, kCount, kNeutral, "waits for a CPU")                         \
  X(kWait, "sched", "wait", kLengths, kNs, kWorse, "waits for a CPU")                            \
  X(kThrottled, "sched", "wait_throttled_ns", kSum, kNs, kWorse, "throttled time")               \
  X(kVoluntary, "sched", "voluntary_switches", kSum, kCount, kNeutral, "voluntary switches")     \
  X(kInvoluntary, "sched", "involuntary_switches", kSum, kCount, kWorse, "involuntary switches") \
  X(kMigrations, "sched", "migrations", kSum, kCount, kNeutral, "migrations")                    \
  X(kDiskSleep, "sched", "d_sleep_ns", kSum, kNs, kWorse, "uninterruptible sleep")               \
  X(kFaults, "faults", "faults", kSum, kCount, kWorse, "page faults")                            \
  X(kMajor, "faults", "major_faults", kSum, kCount, kWorse, "major page faults")                 \
  X(kFaultNs, "faults", "fault_ns", kSum, kNs, kWorse, "time in page faults")                    \
  X(kFault, "faults", "fault", kLengths, kNs, kWorse, "page faults")                             \
  X(kBirths, "procs", "births", kSum, kCount, kNeutral, "new processes")                         \
  X(kExits, "procs", "exits", kSum, kCount, kNeutral, "ended processes")                         \
  X(kFailures, "procs", "failures", kSum, kCount, kWorse, "failed processes")                    \
  X(kStart, "procs", "start", kLengths, kNs, kWorse, "times from fork to first run")             \
  X(kLife, "procs", "life", kLengths, kNs, kNeutral, "lives of processes")                       \
  X(kAdded, "cache", "added", kSum, kCount, kNeutral, "pages added to the page cache")           \
  X(kEvicted, "cache", "evicted", kSum, kCount, kWorse, "pages evicted")                         \
  X(kRefetched, "cache", "refetched", kSum, kCount, kWorse, "pages fetched again")               \
  X(kHits, "cache", "hits", kSum, kCount, kNeutral, "page cache hits")                           \
  X(kMisses, "cache", "misses", kSum, kCount, kWorse, "page cache misses")                       \
  X(kDirtied, "cache", "dirtied", kSum, kCount, kNeutral, "pages dirtied")                       \
  X(kReclaimNs, "cache", "direct_reclaim_ns", kSum, kNs, kWorse, "time in direct reclaim")       \
  X(kReads, "disk", "reads", kSum, kCount, kNeutral, "reads")                                    \
  X(kReadBytes, "disk", "read_bytes", kSum, kBytes, kNeutral, "bytes read")                      \
  X(kWrites, "disk", "writes", kSum, kCount, kNeutral, "writes")                                 \
  X(kWriteBytes, "disk", "write_bytes", kSum, kBytes, kNeutral, "bytes written")                 \
  X(kFlushes, "disk", "flushes", kSum, kCount, kNeutral, "flushes")                              \
  X(kService, "disk", "service", kLengths, kNs, kWorse, "service times")                         \
  X(kQueue, "disk", "queue", kLengths, kNs, kWorse, "times in the queue")                        \
  X(kDiskWaitNs, "disk", "waited_ns", kSum, kNs, kWorse, "sleep for the disk")                   \
  X(kCauseNs, "why", "ns", kSum, kNs, kNeutral, "time")                                          \
  X(kCauseCount, "why", "count", kSum, kCount, kNeutral, "times")                                \
  X(kCause, "why", "length", kLengths, kNs, kNeutral, "lengths")                                 \
  X(kDelayNs, "why", "delay_ns", kSum, kNs, kWorse, "time")                                      \
  X(kDelayCount, "why", "delays", kSum, kCount, kWorse, "times")                                 \
  X(kDelay, "why", "delay", kLengths, kNs, kWorse, "lengths")

enum class DiffMetric : std::uint8_t {
#define HT_METRIC(name, family, key, form, unit, more, words) name,
  HT_DIFF_METRICS(HT_METRIC)
#undef HT_METRIC
};

struct DiffMetricRow {
  std::string_view family;
  std::string_view name;
  DiffForm form;
  DiffUnit unit;
  MoreIs more;
  std::string_view words;
};

// In the order of DiffMetric.
inline constexpr std::array kDiffMetrics = {
#define HT_METRIC(name, family, key, form, unit, more, words) \
  DiffMetricRow{family, key, DiffForm::form, DiffUnit::unit, MoreIs::more, words},
    HT_DIFF_METRICS(HT_METRIC)
#undef HT_METRIC
};

constexpr const DiffMetricRow& row_of(DiffMetric metric) {
  return kDiffMetrics[static_cast<std::size_t>(metric)];
}

// What a number is of; the key says which one.
enum class DiffBy : std::uint8_t { kAll, kComm, kUnit, kKind, kDevice, kFile, kCause };
inline constexpr std::array<std::string_view, 7> kDiffByNames = {"all",    "comm", "unit", "kind",
                                                                 "device", "file", "cause"};
constexpr std::string_view name_of(DiffBy by) { return kDiffByNames[static_cast<std::size_t>(by)]; }

// The percentiles of kLengths.
inline constexpr std::array<unsigned, 3> kDiffPercents = {50, 95, 99};

}  // namespace hoodtrace
