// SPDX-License-Identifier: GPL-2.0-or-later
#include "bench/scale_stream.hpp"

#include <cstring>
#include <deque>
#include <queue>
#include <random>
#include <string>
#include <utility>

namespace hoodtrace::bench {
namespace {

constexpr std::uint64_t kStartNs = 1'000'000'000;
constexpr std::uint32_t kFirstTid = 1000;
constexpr std::uint16_t kSleepingState = 1;  // TASK_INTERRUPTIBLE
constexpr std::uint16_t kRunnableState = 0;

struct KernelTask {
  std::uint64_t run_delay_ns = 0;
  std::uint64_t exec_ns = 0;
  std::uint64_t queued_ns = kStartNs;
  std::uint32_t nvcsw = 0;
  std::uint32_t nivcsw = 0;
  bool sleeps = true;
};

ht_task task_record(std::uint16_t type, std::uint32_t tid, std::uint64_t time_ns,
                    const KernelTask& from) {
  ht_task record{};
  record.head = {time_ns, tid, type, 0};
  record.start_boottime_ns = tid;
  record.run_delay_ns = from.run_delay_ns;
  record.nvcsw = from.nvcsw;
  record.nivcsw = from.nivcsw;
  record.exec_runtime_ns = from.exec_ns;
  record.pid = tid;
  record.parent_pid = 1;
  record.prio = 120;
  record.state = from.sleeps ? kSleepingState : kRunnableState;
  record.flags = HT_TASK_TRACED | HT_TASK_EXACT;
  if (!from.sleeps) record.flags |= HT_TASK_QUEUED;
  const std::string name = "task/" + std::to_string(tid);
  std::memcpy(record.comm, name.data(), std::min<std::size_t>(name.size(), HT_COMM_LEN - 1));
  return record;
}

struct Cpu {
  std::deque<std::uint32_t> queue;
  std::deque<std::uint32_t> sleepers;  // the first one wakes next
  std::uint32_t running = 0;
  std::uint64_t since_ns = kStartNs;
};

class Kernel {
 public:
  explicit Kernel(const ScaleMachine& machine)
      : machine_(machine), cpus_(machine.cpus), tasks_(machine.tasks) {
    for (std::uint32_t i = 0; i < machine.tasks; i++)
      cpus_[i % machine.cpus].sleepers.push_back(kFirstTid + i);
    for (Cpu& cpu : cpus_) wake(cpu, kStartNs);
  }

  ScaleStream run() {
    ScaleStream stream;
    ht_session session{};
    session.head = {kStartNs - 1, 0, HT_SESSION, HT_NO_CPU};
    session.flags = HT_SESSION_WHOLE | HT_SESSION_EXACT | HT_SESSION_IOWAIT;
    session.cpus = machine_.cpus;
    stream.beginning.add(session);
    add_tasks<ht_task_seen>(HT_TASK_SEEN, kStartNs - 1, stream.beginning);
    stream.rings.resize(machine_.cpus);
    using Next = std::pair<std::uint64_t, std::uint32_t>;
    std::priority_queue<Next, std::vector<Next>, std::greater<>> next;
    for (std::uint32_t i = 0; i < machine_.cpus; i++) next.push({kStartNs + 1 + i, i});
    for (std::uint64_t i = 0; i < machine_.switches; i++) {
      const auto [time_ns, cpu] = next.top();
      next.pop();
      stream.rings[cpu].push_back(switch_on(cpu, time_ns));
      next.push({time_ns + 10'000 + random_() % 40'000, cpu});
      last_ns_ = time_ns;
    }
    add_tasks<ht_task_books>(HT_TASK_BOOKS, last_ns_ + 1, stream.end);
    ht_tick end{};
    end.head = {last_ns_ + 2, 0, HT_TICK, HT_NO_CPU};
    end.kind = HT_TICK_END;
    end.command_status = HT_NO_STATUS;
    stream.end.add(end);
    return stream;
  }

 private:
  template <class Record>
  void add_tasks(std::uint16_t type, std::uint64_t time_ns, RecordBuffer& out) {
    for (std::uint32_t i = 0; i < machine_.tasks; i++)
      out.add(Record{task_record(type, kFirstTid + i, time_ns, tasks_[i])});
  }

  ht_switch switch_on(std::uint32_t index, std::uint64_t time_ns) {
    Cpu& cpu = cpus_[index];
    ht_switch record{};
    record.prev_tid = cpu.running;
    record.flags = HT_SWITCH_EXACT | HT_SWITCH_PREV_TRACED | HT_SWITCH_NEXT_TRACED;
    record.clock_lag = 4000 + static_cast<std::uint32_t>(random_() % 8);
    if (cpu.running != 0) leave(index, time_ns, record);
    wake(cpu, time_ns);
    std::uint32_t next = 0;
    if (!cpu.queue.empty()) {
      next = cpu.queue.front();
      cpu.queue.pop_front();
      KernelTask& task = tasks_[next - kFirstTid];
      record.wait_ns = time_ns - task.queued_ns;
      record.run_delay_ns = task.run_delay_ns;
      task.run_delay_ns += record.wait_ns;
    }
    record.head = {time_ns, next, HT_SWITCH, static_cast<std::uint16_t>(index)};
    record.next_pid = next;
    record.next_prio = 120;
    record.nr_running = static_cast<std::uint16_t>(cpu.queue.size() + (next != 0 ? 1 : 0));
    cpu.running = next;
    cpu.since_ns = time_ns;
    return record;
  }

  void wake(Cpu& cpu, std::uint64_t time_ns) {
    while (cpu.queue.size() < machine_.runnable && !cpu.sleepers.empty()) {
      KernelTask& task = tasks_[cpu.sleepers.front() - kFirstTid];
      task.sleeps = false;
      task.queued_ns = time_ns;
      cpu.queue.push_back(cpu.sleepers.front());
      cpu.sleepers.pop_front();
    }
  }

  void leave(std::uint32_t index, std::uint64_t time_ns, ht_switch& record) {
    Cpu& cpu = cpus_[index];
    KernelTask& task = tasks_[cpu.running - kFirstTid];
    task.exec_ns += time_ns - cpu.since_ns;
    const bool sleeps = random_() % 2 == 0;
    record.prev_state = sleeps ? kSleepingState : kRunnableState;
    (sleeps ? task.nvcsw : task.nivcsw)++;
    record.prev_nvcsw = task.nvcsw;
    record.prev_nivcsw = task.nivcsw;
    record.prev_exec_ns = static_cast<std::uint32_t>(task.exec_ns);
    task.sleeps = sleeps;
    task.queued_ns = time_ns;
    if (!sleeps) return cpu.queue.push_back(cpu.running);
    const bool moves = random_() % 16 == 0;
    cpus_[moves ? random_() % machine_.cpus : index].sleepers.push_back(cpu.running);
  }

  ScaleMachine machine_;
  std::vector<Cpu> cpus_;
  std::vector<KernelTask> tasks_;
  std::mt19937 random_{17};
  std::uint64_t last_ns_ = kStartNs;
};

}  // namespace

ScaleStream make_scale_stream(const ScaleMachine& machine) { return Kernel(machine).run(); }

}  // namespace hoodtrace::bench
