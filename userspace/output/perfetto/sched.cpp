// SPDX-License-Identifier: GPL-2.0-or-later
// Of the Perfetto exporter: who runs where, who waits behind whom.

#include <fmt/compile.h>
#include <fmt/format.h>

#include <bit>
#include <iterator>

#include "event/task_state.hpp"
#include "output/perfetto/exporter.hpp"

namespace hoodtrace {

namespace {

// As the kernel's sched_switch reports a state since 4.14: __trace_sched_switch_state(),
// include/trace/events/sched.h.
std::uint32_t reported_state(const ht_switch& record) {
  constexpr std::uint32_t kReported = 0x7f;  // TASK_REPORT
  constexpr std::uint32_t kReportedIdle = 0x80;
  constexpr std::uint32_t kPreempted = 0x100;  // TASK_REPORT_MAX
  if (record.flags & HT_SWITCH_PREEMPT) return kPreempted;
  const TaskState state = prev_state(record);
  if (state == TaskState::kIdle) return kReportedIdle;
  // The kernel adds the exit state.
  if (state == TaskState::kDead) return task_bits::kExitDead;
  return std::bit_floor(record.prev_state & kReported);
}

std::int32_t signed_id(std::uint32_t id) { return static_cast<std::int32_t>(id); }

}  // namespace

// Of those that are not traced the stream may have wake-ups, and never what becomes of them.
bool PerfettoExporter::is_shown(std::uint32_t tid) const {
  const TaskId id = tasks_.find(tid);
  return whole_ || (id != kNoTask && tasks_[id].traced);
}

bool PerfettoExporter::is_waiting_command(std::uint32_t tid) const {
  const TaskId id = tasks_.find(tid);
  return id != kNoTask && id != command_ && tasks_.is_command(id);
}

// Perfetto would take "" for the name of one whose name is not known.
void PerfettoExporter::add_comm(ProtoMessage& event, std::uint32_t field, std::uint32_t tid) const {
  if (const std::string_view comm = comm_of(tid); !comm.empty()) add_text(event, field, comm);
}

PerfettoExporter::Cpu& PerfettoExporter::cpu(std::uint16_t index) {
  if (cpus_.size() <= index) cpus_.resize(index + 1U);
  return cpus_[index];
}

void PerfettoExporter::add_switch(std::uint16_t index, std::uint64_t time_ns, const Side& next,
                                  std::uint32_t prev_state) {
  Cpu& cpu = this->cpu(index);
  const Side prev = cpu.running;
  packets_.ftrace(index, time_ns, prev.tid, pf::event::kSchedSwitch, [&](ProtoMessage& event) {
    add_comm(event, pf::sched::kPrevComm, prev.tid);
    event.add_int32(pf::sched::kPrevPid, signed_id(prev.tid));
    event.add_int32(pf::sched::kPrevPrio, prev.prio);
    event.add_int64(pf::sched::kPrevState, prev_state);
    add_comm(event, pf::sched::kNextComm, next.tid);
    event.add_int32(pf::sched::kNextPid, signed_id(next.tid));
    event.add_int32(pf::sched::kNextPrio, next.prio);
  });
  cpu.known = true;
  cpu.running = next;
  cpu.since_ns = time_ns;
}

void PerfettoExporter::on(const ht_switch& record) {
  const std::uint16_t index = record.head.cpu;
  const std::uint64_t now_ns = record.head.time_ns;
  last_ns_ = now_ns;
  const auto shown = [this](std::uint32_t tid, bool traced) {
    return (whole_ || traced) && !is_waiting_command(tid) ? tid : 0;
  };
  const Side prev{shown(record.prev_tid, (record.flags & HT_SWITCH_PREV_TRACED) != 0)};
  const Side next{shown(record.head.tid, (record.flags & HT_SWITCH_NEXT_TRACED) != 0),
                  record.next_prio};
  Cpu& cpu = this->cpu(index);
  // As in the sched view, a run ends at the run queue's clock; idle itself lasts up to the switch.
  std::uint64_t ended_ns = now_ns;
  if (prev.tid != 0) ended_ns -= std::min(now_ns, tasks_.clock_age_ns());
  ended_ns = std::max(ended_ns, std::min(cpu.since_ns, now_ns));
  if (const TaskId id = tasks_.find(prev.tid); id != kNoTask) {
    if (left_cpu_ns_.size() <= id) left_cpu_ns_.resize(tasks_.size());
    left_cpu_ns_[id] = ended_ns;
  }
  // The switch that brought prev here is older than the stream, was lost, or was not shown.
  if (cpu.known && cpu.running.tid != prev.tid)
    add_switch(index, ended_ns, prev, task_bits::kInterruptible);
  if (!cpu.known) cpu.running = prev;
  if (ended_ns < now_ns && next.tid != 0) {
    add_switch(index, ended_ns, {}, reported_state(record));
    add_switch(index, now_ns, next, 0);  // idle is always runnable
  } else {
    add_switch(index, ended_ns, next, reported_state(record));
  }
  count_queue(index, now_ns, record.nr_running);
}

void PerfettoExporter::count_queue(std::uint16_t index, std::uint64_t time_ns,
                                   std::uint16_t nr_running) {
  Cpu& cpu = this->cpu(index);
  if (cpu.nr_running == nr_running) return;
  cpu.nr_running = nr_running;
  if (queues_track_ == 0) {
    queues_track_ = ++last_track_;
    packets_.packet(time_ns, pf::packet::kTrackDescriptor, [&](ProtoMessage& track) {
      track.add_uint64(pf::track::kUuid, queues_track_);
      track.add_string(pf::track::kName, "run queues");
      // By name, CPU 10 would come before CPU 2.
      track.add_enum(pf::track::kChildOrdering, pf::track::kByRank);
    });
  }
  if (cpu.queue_track == 0) {
    cpu.queue_track = ++last_track_;
    packets_.packet(time_ns, pf::packet::kTrackDescriptor, [&](ProtoMessage& track) {
      track.add_uint64(pf::track::kUuid, cpu.queue_track);
      track.add_uint64(pf::track::kParentUuid, queues_track_);
      track.add_int32(pf::track::kSiblingRank, index);
      track.add_string(pf::track::kName, fmt::format("runnable on CPU {}", index));
      ProtoMessage counter(track, pf::track::kCounter);
      counter.add_enum(pf::track::kUnit, pf::track::kUnitCount);
      counter.add_string(pf::track::kYAxisShareKey, "runnable");  // all by one scale
    });
  }
  packets_.packet(time_ns, pf::packet::kTrackEvent, [&](ProtoMessage& event) {
    event.add_enum(pf::slice::kType, pf::slice::kCounter);
    event.add_uint64(pf::slice::kTrackUuid, cpu.queue_track);
    event.add_int64(pf::slice::kCounterValue, nr_running);
  });
}

void PerfettoExporter::on(const ht_load& record) {
  if (load_track_ == 0) {
    load_track_ = ++last_track_;
    packets_.packet(record.head.time_ns, pf::packet::kTrackDescriptor, [&](ProtoMessage& track) {
      track.add_uint64(pf::track::kUuid, load_track_);
      track.add_string(pf::track::kName, "load average, 1 min");
      ProtoMessage counter(track, pf::track::kCounter);  // without a field it would be left out
      counter.add_enum(pf::track::kUnit, pf::track::kUnitCount);
    });
  }
  packets_.packet(record.head.time_ns, pf::packet::kTrackEvent, [&](ProtoMessage& event) {
    event.add_enum(pf::slice::kType, pf::slice::kCounter);
    event.add_uint64(pf::slice::kTrackUuid, load_track_);
    event.add_double(pf::slice::kDoubleCounterValue, record.centi_1 / 100.0);
  });
}

// No other record has the name of a waker that is not traced.
void PerfettoExporter::name_waker(std::uint64_t time_ns, std::uint32_t tid) {
  const TaskId id = whole_ ? kNoTask : tasks_.find(tid);
  if (id == kNoTask || tasks_[id].traced || tasks_[id].pid == 0 || tracks_of(id).is_named) return;
  tracks_of(id).is_named = true;
  add_thread(time_ns, tid, tasks_[id].pid, comm_view(tasks_[id]));
}

void PerfettoExporter::on(const ht_waking& record) {
  if (!is_shown(record.head.tid)) return;
  name_waker(record.head.time_ns, record.waker_tid);
  packets_.ftrace(record.head.cpu, record.head.time_ns, record.waker_tid, pf::event::kSchedWaking,
                  [&](ProtoMessage& event) {
                    add_comm(event, pf::sched::kComm, record.head.tid);
                    event.add_int32(pf::sched::kPid, signed_id(record.head.tid));
                    event.add_int32(pf::sched::kSuccess, 1);
                    event.add_int32(pf::sched::kTargetCpu, record.head.cpu);
                  });
}

void PerfettoExporter::on(const ht_wakeup& record) {
  if (!is_shown(record.head.tid)) return;
  const bool is_new = (record.flags & HT_WAKEUP_NEW) != 0;
  packets_.ftrace(record.head.cpu, record.head.time_ns, 0,
                  is_new ? pf::event::kSchedWakeupNew : pf::event::kSchedWakeup,
                  [&](ProtoMessage& event) {
                    add_comm(event, pf::sched::kComm, record.head.tid);
                    event.add_int32(pf::sched::kPid, signed_id(record.head.tid));
                    event.add_int32(pf::sched::kSuccess, 1);
                    event.add_int32(pf::sched::kTargetCpu, signed_id(record.target_cpu));
                  });
}

void PerfettoExporter::on(const ht_migrate& record) {
  if (!is_shown(record.head.tid)) return;
  packets_.ftrace(record.head.cpu, record.head.time_ns, 0, pf::event::kSchedMigrateTask,
                  [&](ProtoMessage& event) {
                    add_comm(event, pf::sched::kComm, record.head.tid);
                    event.add_int32(pf::sched::kPid, signed_id(record.head.tid));
                    event.add_int32(pf::sched::kOrigCpu, signed_id(record.from_cpu));
                    event.add_int32(pf::sched::kDestCpu, signed_id(record.to_cpu));
                  });
}

// Both live until the next call of one of them.
std::string_view PerfettoExporter::behind_text(WhoId who) {
  return (name_ = "behind ") += tasks_.names()[who].comm;
}

std::string_view PerfettoExporter::who_text(WhoId who) {
  const Who& known = tasks_.names()[who];
  name_ = known.comm;
  if (known.has_pid) fmt::format_to(std::back_inserter(name_), FMT_COMPILE(" ({})"), known.pid);
  return name_;
}

void PerfettoExporter::add_waits() {
  tracker_.take_long_waits(waits_);
  for (const LongWait& wait : waits_) {
    if (is_waiting_command(tasks_[wait.task].tid)) continue;
    std::uint64_t from_ns = wait.time_ns - std::min(wait.time_ns, wait.wait_ns);
    // The kernel's wait can begin a moment before our stamp of the switch, and Perfetto takes no
    // wake-up of a thread that runs, nor one at the time of the switch.
    std::uint64_t left_ns = wait.task < left_cpu_ns_.size() ? left_cpu_ns_[wait.task] : 0;
    if (left_ns >= wait.time_ns) left_ns = 0;
    from_ns = std::max(from_ns, left_ns);
    const std::uint64_t wakes_ns = left_ns != 0 ? std::max(from_ns, left_ns + 1) : from_ns;
    if (!wakers_ && !wait.preempted)
      packets_.ftrace(static_cast<std::uint16_t>(wait.cpu), wakes_ns, 0, pf::event::kSchedWaking,
                      [&](ProtoMessage& event) {
                        const Task& task = tasks_[wait.task];
                        add_text(event, pf::sched::kComm, comm_view(task));
                        event.add_int32(pf::sched::kPid, signed_id(task.tid));
                        event.add_int32(pf::sched::kSuccess, 1);
                        event.add_int32(pf::sched::kTargetCpu, signed_id(wait.cpu));
                      });
    if (wait.wait_ns < least_wait_ns_) continue;
    const std::uint64_t uuid = wait_track(wait.task, from_ns);
    packets_.packet(from_ns, pf::packet::kTrackEvent, [&](ProtoMessage& event) {
      event.add_enum(pf::slice::kType, pf::slice::kBegin);
      event.add_uint64(pf::slice::kTrackUuid, uuid);
      add_text(
          event, pf::slice::kName,
          wait.behind.empty() ? std::string_view("waits") : behind_text(wait.behind.front().first));
      const auto add = [&event](std::string_view key, auto fill) {
        ProtoMessage word(event, pf::slice::kAnnotations);
        word.add_string(pf::annotation::kName, key);
        fill(word);
      };
      add("wait_ns",
          [&](ProtoMessage& word) { word.add_uint64(pf::annotation::kUint, wait.wait_ns); });
      add("preempted",
          [&](ProtoMessage& word) { word.add_bool(pf::annotation::kBool, wait.preempted); });
      if (wait.waker)
        add("woken by", [&](ProtoMessage& word) {
          add_text(word, pf::annotation::kString, who_text(*wait.waker));
        });
      add("behind_ns", [&](ProtoMessage& word) {
        for (const auto& [who, ns] : wait.behind) {
          ProtoMessage entry(word, pf::annotation::kDict);
          add_text(entry, pf::annotation::kName, who_text(who));
          entry.add_uint64(pf::annotation::kUint, ns);
        }
      });
    });
    packets_.packet(wait.time_ns, pf::packet::kTrackEvent, [&](ProtoMessage& event) {
      event.add_enum(pf::slice::kType, pf::slice::kEnd);
      event.add_uint64(pf::slice::kTrackUuid, uuid);
    });
  }
}

void PerfettoExporter::on(const ht_lost& record) {
  std::uint64_t total = 0;
  for (const std::uint32_t count : record.counts) total += count;
  const std::uint16_t index = record.head.cpu;
  Cpu& cpu = this->cpu(index);
  if (record.counts[HT_SWITCH] != 0 && cpu.known) {
    // Until when it ran is not known.
    add_switch(index, record.head.time_ns, {}, task_bits::kInterruptible);
    cpu.nr_running.reset();
  }
  packets_.lost_events(index);
  tell(record.head.time_ns, fmt::format("{} records of CPU {} lost", total, index), {});
}

}  // namespace hoodtrace
