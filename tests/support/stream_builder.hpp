// SPDX-License-Identifier: GPL-2.0-or-later
// Builds streams for tests: which task is switched in and out, when and where. It also keeps the
// kernel's counters (run_delay, nvcsw, nivcsw) by the kernel's rules, so that counters() adds the
// record that the kernel side would have made at that point.
//
//   StreamBuilder scenario;
//   scenario.session().seen(10, {.comm = "make"});
//   scenario.at(5'000).on_cpu(1).switches({.from = 0, .to = 10, .wait_ns = 700});
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stream/record_buffer.hpp"

namespace hoodtrace {

// include/linux/sched.h
inline constexpr std::uint16_t kRunnable = 0;
inline constexpr std::uint16_t kSleeping = 0x1;
inline constexpr std::uint16_t kDiskSleep = 0x2;
inline constexpr std::uint16_t kStopped = 0x4;
inline constexpr std::uint16_t kDead = 0x80;
inline constexpr std::uint16_t kIdleWorker = 0x402;

struct SwitchFields {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::uint16_t state = kRunnable;  // of `from`
  bool iowait = true;               // a D sleep is for I/O
  bool preempt = false;             // in the kernel, whatever the state
  std::uint64_t wait_ns = 0;        // of `to`, on this run queue; the exact tier only
  std::uint64_t elsewhere_ns = 0;   // added to run_delay of `to` when it was moved here
  std::optional<bool> voluntary =
      std::nullopt;  // how the kernel counts it, when not by preempt and state
  std::optional<std::uint64_t> from_ran_ns =
      std::nullopt;  // since `from` was picked; the fallback tier only
  bool from_traced = true;
  bool to_traced = true;
  std::uint16_t nr_running = 1;
  std::uint8_t prio = 120;
  std::int8_t nice = 0;
  std::uint8_t policy = 0;
  // Lag of the run queue's clock; absent = the record has none.
  std::optional<std::uint64_t> clock_age_ns = std::nullopt;
};

struct TaskFields {
  std::uint32_t pid = 0;  // 0 = the tid
  std::uint32_t parent_pid = 1;
  std::string comm = "task";
  std::uint64_t start_ns = 1;
  std::uint64_t cgroup_id = 0;
  std::uint16_t state = kSleeping;
  bool iowait = true;  // a D sleep is for I/O
  bool on_cpu = false;
  bool queued = false;
  bool traced = true;
  bool kthread = false;
};

// What the kernel has written down about a task.
struct KernelCounters {
  TaskFields who;
  std::uint64_t run_delay_ns = 0;
  std::uint32_t nvcsw = 0;
  std::uint32_t nivcsw = 0;
  std::uint64_t on_cpu_ns = 0;
  std::uint64_t came_ns = 0;  // on its CPU
  std::uint64_t min_flt = 0;
  std::uint64_t maj_flt = 0;
  std::uint8_t prio = 120;
  std::int8_t nice = 0;
  std::uint8_t policy = 0;
};

class StreamBuilder {
 public:
  StreamBuilder& at(std::uint64_t now_ns) {
    now_ns_ = now_ns;
    return *this;
  }
  StreamBuilder& on_cpu(std::uint16_t cpu) {
    cpu_ = cpu;
    return *this;
  }

  // The kernel's counters of a task. A test may change them, to make a snapshot that raced.
  KernelCounters& kernel(std::uint32_t tid) { return kernel_[tid]; }

  StreamBuilder& session(std::uint32_t flags = HT_SESSION_WHOLE | HT_SESSION_EXACT |
                                               HT_SESSION_IOWAIT,
                         std::string_view target = "the whole system",
                         std::string_view how = "sched_switch (tp_btf)") {
    exact_ = (flags & HT_SESSION_EXACT) != 0;
    iowait_ = (flags & HT_SESSION_IOWAIT) != 0;
    ht_session record{};
    record.head = head(HT_SESSION, 0, HT_NO_CPU);
    record.flags = flags;
    record.cpus = 2;
    record.self_pid = 999;
    std::string tail;
    for (const std::string_view word :
         {std::string_view("target"), target, std::string_view("how"), how}) {
      tail.append(word);
      tail.push_back('\0');
    }
    records_.add(record, tail);
    return *this;
  }

  StreamBuilder& seen(std::uint32_t tid, const TaskFields& who) {
    kernel_[tid].who = who;
    records_.add(ht_task_seen{task(HT_TASK_SEEN, tid)});
    return *this;
  }
  StreamBuilder& born(std::uint32_t tid, const TaskFields& who, std::uint64_t clone_flags = 0) {
    kernel_[tid] = {.who = who};
    ht_task_new record{};
    record.task = task(HT_TASK_NEW, tid);
    record.clone_flags = clone_flags;
    record.parent_tid = who.parent_pid;
    records_.add(record);
    return *this;
  }
  StreamBuilder& ends(std::uint32_t tid) {
    records_.add(ht_task_end{task(HT_TASK_END, tid)});
    return *this;
  }
  StreamBuilder& counters(std::uint32_t tid) {
    records_.add(ht_task_books{task(HT_TASK_BOOKS, tid)});
    return *this;
  }

  // From here on the kernel counts time on CPU, and switches carry it.
  StreamBuilder& with_runtimes() {
    runtimes_ = true;
    for (auto& [tid, counters] : kernel_) counters.came_ns = now_ns_;
    return *this;
  }

  StreamBuilder& switches(const SwitchFields& scenario) {
    records_.add(switch_record(scenario));
    return *this;
  }
  // A switch that the kernel counts and does not show.
  StreamBuilder& hides(const SwitchFields& scenario) {
    switch_record(scenario);
    return *this;
  }

 private:
  ht_switch switch_record(const SwitchFields& scenario) {
    ht_switch record{};
    record.head = head(HT_SWITCH, scenario.to, cpu_);
    record.prev_tid = scenario.from;
    record.prev_state = scenario.state;
    KernelCounters& prev = kernel_[scenario.from];
    // __schedule(), kernel/sched/core.c
    if (runtimes_) {
      prev.on_cpu_ns += now_ns_ - prev.came_ns;
      kernel_[scenario.to].came_ns = now_ns_;
      if (scenario.from != 0) record.prev_exec_ns = static_cast<std::uint32_t>(prev.on_cpu_ns);
    }
    // The clocks' zeros are 4 ms apart.
    if (scenario.clock_age_ns)
      record.clock_lag =
          static_cast<std::uint32_t>((4'000'000 + *scenario.clock_age_ns) >> HT_LAG_SHIFT);
    const bool voluntary =
        scenario.voluntary.value_or(!scenario.preempt && scenario.state != kRunnable);
    (voluntary ? prev.nvcsw : prev.nivcsw)++;
    record.prev_nvcsw = prev.nvcsw;
    record.prev_nivcsw = prev.nivcsw;
    KernelCounters& next = kernel_[scenario.to];
    record.next_pid = next.who.pid == 0 ? scenario.to : next.who.pid;
    record.wait_ns = HT_UNKNOWN_NS;
    next.run_delay_ns += scenario.elsewhere_ns;
    if (exact_ && scenario.to != 0) {
      record.wait_ns = scenario.wait_ns;
      record.run_delay_ns = next.run_delay_ns;
      record.flags |= HT_SWITCH_EXACT;
    }
    if (!exact_ && scenario.from_ran_ns) {
      record.run_delay_ns = *scenario.from_ran_ns;
      record.flags |= HT_SWITCH_PREV_RAN;
    }
    next.run_delay_ns += scenario.wait_ns;
    record.nr_running = scenario.to == 0 ? std::uint16_t{0} : scenario.nr_running;
    record.next_prio = next.prio = scenario.prio;
    record.next_nice = next.nice = scenario.nice;
    record.next_policy = next.policy = scenario.policy;
    if (scenario.preempt) record.flags |= HT_SWITCH_PREEMPT;
    if (iowait_ && scenario.iowait && !scenario.preempt && scenario.state == kDiskSleep)
      record.flags |= HT_SWITCH_PREV_IOWAIT;
    if (scenario.from_traced) record.flags |= HT_SWITCH_PREV_TRACED;
    if (scenario.to_traced) record.flags |= HT_SWITCH_NEXT_TRACED;
    return record;
  }

 public:
  StreamBuilder& waking(std::uint32_t tid, std::uint32_t waker_tid) {
    records_.add(ht_waking{head(HT_WAKING, tid, cpu_), waker_tid, 0, 0, 0});
    return *this;
  }
  StreamBuilder& wakeup(std::uint32_t tid, std::uint32_t flags = 0) {
    records_.add(ht_wakeup{head(HT_WAKEUP, tid, cpu_), cpu_, flags});
    return *this;
  }
  StreamBuilder& migrates(std::uint32_t tid, std::uint16_t to_cpu, std::uint8_t reason = 0,
                          std::uint8_t flags = 0) {
    records_.add(ht_migrate{head(HT_MIGRATE, tid, cpu_), cpu_, to_cpu, reason, flags});
    return *this;
  }
  StreamBuilder& behind(std::uint32_t tid,
                        const std::vector<std::pair<std::uint32_t, std::uint64_t>>& culprits,
                        std::uint64_t rest_ns = 0) {
    ht_behind record{};
    record.head = head(HT_BEHIND, tid, cpu_);
    record.rest_ns = rest_ns;
    for (const auto& [culprit, ns] : culprits) record.segments[record.count++] = {ns, culprit, 0};
    records_.add(record);
    return *this;
  }
  StreamBuilder& renamed(std::uint32_t tid, std::string_view comm) {
    kernel_[tid].who.comm = comm;
    ht_task_name record{};
    record.head = head(HT_TASK_NAME, tid, cpu_);
    record.pid = kernel_[tid].who.pid == 0 ? tid : kernel_[tid].who.pid;
    copy(comm, record.comm);
    records_.add(record);
    return *this;
  }
  StreamBuilder& execs(std::uint32_t tid, std::uint32_t old_tid, bool traced = false) {
    ht_task_exec record{};
    record.head = head(HT_TASK_EXEC, tid, cpu_);
    record.pid = tid;
    record.old_tid = old_tid;
    record.flags = traced ? HT_TASK_TRACED : 0;
    records_.add(record);
    if (tid == old_tid) return *this;
    // de_thread(), fs/exec.c: the thread gets the leader's tid and its start times.
    const TaskFields leader = kernel_[tid].who;
    kernel_[tid] = kernel_[old_tid];
    kernel_[tid].who.start_ns = leader.start_ns;
    return *this;
  }
  StreamBuilder& moves_to_cgroup(std::uint32_t tid, std::uint64_t cgroup_id) {
    kernel_[tid].who.cgroup_id = cgroup_id;
    records_.add(ht_task_cgroup{head(HT_TASK_CGROUP, tid, cpu_), cgroup_id, 0, 0});
    return *this;
  }
  StreamBuilder& cgroup(std::uint64_t id, std::string_view path) {
    ht_cgroup_name record{};
    record.head = head(HT_CGROUP_NAME, 0, HT_NO_CPU);
    record.cgroup_id = id;
    records_.add(record, std::string(path) + '\0');
    return *this;
  }
  // Lost on this CPU from now to `until_ns`.
  StreamBuilder& lost(std::uint16_t type, std::uint32_t count, std::uint64_t until_ns) {
    ht_lost record{};
    record.head = head(HT_LOST, 0, cpu_);
    record.last_ns = until_ns;
    record.counts[type] = count;
    records_.add(record);
    return *this;
  }
  StreamBuilder& trouble(std::uint32_t what, std::uint64_t count) {
    records_.add(ht_trouble{head(HT_TROUBLE, 0, HT_NO_CPU), count, what, 0});
    return *this;
  }
  StreamBuilder& tick(std::uint32_t kind = HT_TICK_INTERVAL) {
    records_.add(ht_tick{head(HT_TICK, 0, HT_NO_CPU), kind, HT_NO_STATUS});
    return *this;
  }
  StreamBuilder& end(std::uint32_t command_status = HT_NO_STATUS) {
    records_.add(ht_tick{head(HT_TICK, 0, HT_NO_CPU), HT_TICK_END, command_status});
    return *this;
  }
  // Any record, as it is.
  template <class Record>
  StreamBuilder& add(const Record& record, std::string_view tail = {}) {
    records_.add(record, tail);
    return *this;
  }
  // Any bytes at all, as a record.
  StreamBuilder& raw(const void* bytes, std::size_t size) {
    records_.add_bytes(bytes, size);
    return *this;
  }

  [[nodiscard]] const RecordBuffer& records() const { return records_; }
  [[nodiscard]] std::uint64_t now_ns() const { return now_ns_; }

 private:
  [[nodiscard]] ht_header head(std::uint16_t type, std::uint32_t tid, std::uint16_t cpu) const {
    return {now_ns_, tid, type, cpu};
  }

  static void copy(std::string_view comm, char (&to)[HT_COMM_LEN]) {
    std::memcpy(to, comm.data(), std::min<std::size_t>(comm.size(), HT_COMM_LEN));
  }

  ht_task task(std::uint16_t type, std::uint32_t tid) {
    const KernelCounters& counters = kernel_[tid];
    ht_task record{};
    record.head = head(type, tid, cpu_);
    record.start_boottime_ns = counters.who.start_ns;
    record.cgroup_id = counters.who.cgroup_id;
    record.run_delay_ns = counters.run_delay_ns;
    record.nvcsw = counters.nvcsw;
    record.nivcsw = counters.nivcsw;
    record.exec_runtime_ns = counters.on_cpu_ns;
    record.min_flt = counters.min_flt;
    record.maj_flt = counters.maj_flt;
    record.pid = counters.who.pid == 0 ? tid : counters.who.pid;
    record.parent_pid = counters.who.parent_pid;
    record.state = counters.who.state;
    record.prio = counters.prio;
    record.nice = counters.nice;
    record.policy = counters.policy;
    if (has_run_delay_) record.flags |= HT_TASK_EXACT;
    if (counters.who.traced) record.flags |= HT_TASK_TRACED;
    if (counters.who.on_cpu) record.flags |= HT_TASK_ON_CPU;
    if (iowait_ && counters.who.iowait && counters.who.state == kDiskSleep)
      record.flags |= HT_TASK_IOWAIT;
    if (counters.who.queued) record.flags |= HT_TASK_QUEUED;
    if (counters.who.kthread) record.flags |= HT_TASK_KTHREAD;
    copy(counters.who.comm, record.comm);
    return record;
  }

 public:
  // A kernel without CONFIG_SCHED_INFO.
  StreamBuilder& without_sched_info() {
    has_run_delay_ = false;
    return *this;
  }

 private:
  RecordBuffer records_;
  std::map<std::uint32_t, KernelCounters> kernel_;
  std::uint64_t now_ns_ = 1000;
  std::uint16_t cpu_ = 0;
  bool exact_ = true;
  bool iowait_ = true;
  bool has_run_delay_ = true;
  bool runtimes_ = false;
};

}  // namespace hoodtrace
