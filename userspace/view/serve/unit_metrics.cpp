// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/serve/unit_metrics.hpp"

#include <array>
#include <bit>

#include "model/faults/kind.hpp"

namespace hoodtrace {
namespace {

constexpr double kSecond = 1e9;

// Which number of ht_sums a field is, or where an array of them begins.
#define HT_SUM(field) (offsetof(ht_sums, field) / sizeof(std::uint64_t))

// Of an array with one number for each kind of page fault.
std::vector<UnitSeries> by_fault_kind(std::size_t first) {
  std::vector<UnitSeries> parts;
  for (const FaultKindName& kind : kFaultKinds)
    parts.push_back({kind.key, first + static_cast<std::size_t>(kind.kind), true});
  return parts;
}

// Of an array with one number for each HT_DISK_* operation.
std::vector<UnitSeries> by_disk_op(std::size_t first) {
  return {{"read", first + HT_DISK_READ},
          {"write", first + HT_DISK_WRITE},
          {"flush", first + HT_DISK_FLUSH, true},
          {"discard", first + HT_DISK_DISCARD, true},
          {"other", first + HT_DISK_OTHER, true}};
}

std::vector<UnitMetric> make_rows() {
  return {
      {"hoodtrace_sched_wait_cause_seconds_total",
       "Time in run queues by why the task had to wait; the sum is that of "
       "hoodtrace_sched_wait_seconds.",
       "cause",
       {{"woken", HT_SUM(woken_ns)},
        {"preempted", HT_SUM(preempted_ns)},
        {"throttled", HT_SUM(throttled_ns)},
        {"dispatch", HT_SUM(dispatch_ns)}},
       kSecond},
      {"hoodtrace_sched_unmeasured_waits_total",
       "Waits in run queues that are not in the others: the kernel counts the sleep before them as "
       "well.",
       "",
       {{"", HT_SUM(unmeasured_waits)}}},
      {"hoodtrace_sched_on_cpu_seconds_total",
       "Time on a CPU (growth of sum_exec_runtime).",
       "",
       {{"", HT_SUM(on_cpu_ns)}},
       kSecond},
      {"hoodtrace_sched_context_switches_total",
       "Switches away from a task (growth of nvcsw and nivcsw).",
       "kind",
       {{"voluntary", HT_SUM(voluntary)}, {"involuntary", HT_SUM(involuntary)}}},
      {"hoodtrace_sched_migrations_total",
       "Runs on another CPU than the run before.",
       "",
       {{"", HT_SUM(migrations)}}},
      {"hoodtrace_sched_sleep_seconds_total",
       "Time asleep by state, counted when the sleep ends.",
       "state",
       {{"interruptible", HT_SUM(sleep_ns) + HT_SLEEP_INTERRUPTIBLE},
        {"disk", HT_SUM(sleep_ns) + HT_SLEEP_DISK},
        {"uninterruptible", HT_SUM(sleep_ns) + HT_SLEEP_UNINTERRUPTIBLE},
        {"stopped", HT_SUM(sleep_ns) + HT_SLEEP_STOPPED},
        {"other", HT_SUM(sleep_ns) + HT_SLEEP_OTHER}},
       kSecond},
      {"hoodtrace_faults_total",
       "Page faults (growth of min_flt and maj_flt), counted when the task leaves its CPU.",
       "kind",
       {{"minor", HT_SUM(minor_faults)}, {"major", HT_SUM(major_faults)}}},
      {"hoodtrace_faults_by_kind_total",
       "Page faults by what the kernel did for them, counted when they end.", "kind",
       by_fault_kind(HT_SUM(faults)), 1, &ServeFacts::faults},
      {"hoodtrace_fault_seconds_total",
       "Time in page faults by what the kernel did for them, counted when they end.", "kind",
       by_fault_kind(HT_SUM(fault_ns)), kSecond, &ServeFacts::faults},
      {"hoodtrace_cow_copied_bytes_total",
       "Memory that was copied because a task wrote to a page that a fork had made shared.",
       "",
       {{"", HT_SUM(cow_copied_bytes)}},
       1,
       &ServeFacts::faults},
      {"hoodtrace_forks_total",
       "Processes made.",
       "",
       {{"", HT_SUM(forks)}},
       1,
       &ServeFacts::lives},
      {"hoodtrace_threads_started_total",
       "Threads made.",
       "",
       {{"", HT_SUM(threads)}},
       1,
       &ServeFacts::lives},
      {"hoodtrace_execs_total",
       "Programs executed.",
       "",
       {{"", HT_SUM(execs)}},
       1,
       &ServeFacts::lives},
      {"hoodtrace_exits_total",
       "Processes that ended: with exit code 0, with another one, by a signal.",
       "outcome",
       {{"success", HT_SUM(exits) + HT_EXIT_SUCCESS},
        {"failure", HT_SUM(exits) + HT_EXIT_FAILURE},
        {"signal", HT_SUM(exits) + HT_EXIT_SIGNAL}},
       1,
       &ServeFacts::lives},
      {"hoodtrace_page_cache_added_bytes_total",
       "Memory that tasks of the unit added to the page cache.",
       "",
       {{"", HT_SUM(cached_bytes)}},
       1,
       &ServeFacts::pages},
      {"hoodtrace_page_cache_missed_bytes_total",
       "Memory that tasks of the unit added to the page cache because it was to be read, and was "
       "not there: for reads, faults and readahead.",
       "",
       {{"", HT_SUM(missed_bytes)}},
       1,
       &ServeFacts::pages},
      {"hoodtrace_page_cache_evicted_bytes_total",
       "Memory that tasks of the unit removed from the page cache, whoever added it: in reclaim, "
       "or by deleting and truncating files.",
       "",
       {{"", HT_SUM(evicted_bytes)}},
       1,
       &ServeFacts::pages},
      {"hoodtrace_reclaim_seconds_total",
       "Time that tasks spent in direct reclaim, or in that of a memory cgroup.",
       "",
       {{"", HT_SUM(reclaim_ns)}},
       kSecond,
       &ServeFacts::pages},
      {"hoodtrace_disk_requests_total", "Block requests that are done.", "op",
       by_disk_op(HT_SUM(disk_requests)), 1, &ServeFacts::disk},
      {"hoodtrace_disk_bytes_total", "Bytes of block requests that are done.", "op",
       by_disk_op(HT_SUM(disk_bytes)), 1, &ServeFacts::disk},
      {"hoodtrace_disk_queue_seconds_total",
       "Time of block requests from when they were made until the driver had them.", "op",
       by_disk_op(HT_SUM(disk_queue_ns)), kSecond, &ServeFacts::disk},
      {"hoodtrace_disk_service_seconds_total",
       "Time of block requests from when the driver had them until it reported them done.", "op",
       by_disk_op(HT_SUM(disk_service_ns)), kSecond, &ServeFacts::disk},
      {"hoodtrace_disk_errors_total",
       "Block requests that failed.",
       "",
       {{"", HT_SUM(disk_errors)}},
       1,
       &ServeFacts::disk},
  };
}

#undef HT_SUM

}  // namespace

const std::vector<UnitMetric>& unit_metrics() {
  static const std::vector<UnitMetric> rows = make_rows();
  return rows;
}

std::uint64_t sum_at(const ht_sums& sums, std::size_t sum) {
  using Numbers = std::array<std::uint64_t, sizeof(ht_sums) / sizeof(std::uint64_t)>;
  return std::bit_cast<Numbers>(sums).at(sum);
}

}  // namespace hoodtrace
