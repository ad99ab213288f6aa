// SPDX-License-Identifier: GPL-2.0-or-later
// A trace that Perfetto (ui.perfetto.dev, trace_processor) loads.
//
// Ftrace events fill Perfetto's own tables: sched_switch the CPU tracks (sched_slice) and the
// states of threads (thread_state), sched_waking the wakers, task_newtask, task_rename and
// sched_process_free the processes. Slices are added: a wait for a CPU is named after the task that
// it was mostly behind, and lists the others; a sleep is named after its cause, when `why` was recorded; an
// exec has its argv. Block requests are slices of their device, with arrows to who slept for them. Counters
// show the length of the run queues and the kernel's load average.
//
// What Perfetto cannot express:
// - A CPU of which only some tasks are traced is shown idle while it runs others.
// - A CPU is shown idle for the dispatch time of the task that it goes to (TaskTable::clock_age_ns()).
// - Without recorded wakers, a woken thread's wait begins with a sched_waking that the exporter
//   makes up from the known wait; its waker is the idle task.
// - A thread that ran when records were lost is shown asleep until its next event.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/names/file_table.hpp"
#include "model/procs/argv_joiner.hpp"
#include "model/sched/tracker.hpp"
#include "model/why/tracker.hpp"
#include "output/exporter.hpp"
#include "output/perfetto/disk_lanes.hpp"
#include "output/perfetto/packets.hpp"

namespace hoodtrace {

class PerfettoExporter : public Observer {
 public:
  PerfettoExporter(TaskTable& tasks, const ExportOptions& options);

  void on_event(const Event& event, std::string& out) override;
  void fold(TaskId task) override;
  void finish(const StreamAccount& account, std::string& out) override;

 private:
  // The visitor: an overload for each record of HT_EVENTS, or it does not compile.
  // sched.cpp
  void on(const ht_switch& record);
  void on(const ht_waking& record);
  void on(const ht_wakeup& record);
  void on(const ht_migrate& record);
  void on(const ht_behind&) {}  // the SchedTracker adds it to the wait
  void on(const ht_lost& record);
  // tasks.cpp
  void on(const ht_task_seen& record);
  void on(const ht_task_new& record);
  void on(const ht_task_name& record);
  void on(const ht_task_exec& record);
  void on(const ht_task_end&) {}     // its last switch shows it
  void on(const ht_task_books&) {}   // counters are for audits
  void on(const ht_task_cgroup&) {}  // no such thing in Perfetto's tables
  void on(const ht_task_pids&) {}
  void on(const ht_life& record);
  void on(const ht_program& record);
  void on(const ht_argv& record);
  void on(const ht_exe&) {}
  void on(const ht_interpreter&) {}
  void on(const ht_signal&) {}
  // The WhyTracker puts these together: sleeps.cpp.
  void on(const ht_sleep&) {}
  void on(const ht_object&) {}
  void on(const ht_stack&) {}
  void on(const ht_ready&) {}
  void on(const ht_symbol&) {}
  void on(const ht_stop&) {}
  void on(const ht_cycles&) {}
  void on(const ht_stack_memory&) {}
  void on(const ht_sleep_stack&) {}
  void on(const ht_exit& record);
  void on(const ht_wait&) {}  // who reaps is a question for procs
  // faults.cpp
  void on(const ht_fault& record);
  void on(const ht_fault_file& record) { files_.on(record); }
  void on(const ht_fork& record);
  void on(const ht_fault_books&) {}
  // The page cache is a matter of files, and Perfetto has no tables for those.
  void on(const ht_pages&) {}
  void on(const ht_access&) {}
  void on(const ht_reclaim&) {}
  void on(const ht_file& record) { files_.on(record); }  // of faults
  void on(const ht_cache_scope&) {}
  void on(const ht_mount& record) { files_.on(record); }
  void on(const ht_device& record) { files_.on(record); }
  void on(const ht_cache_books&) {}
  // disk.cpp
  void on(const ht_disk& record);
  void on(const ht_disk_part&) {}  // the request's slice is named after its first file
  void on(const ht_disk_wait& record);
  // Sums by cgroup, of serve.
  void on(const ht_totals&) {}
  void on(const ht_totals_open&) {}
  void on(const ht_totals_pair&) {}
  void on(const ht_totals_end&) {}
  void on(const ht_cgroup_gone&) {}
  void on(const ht_disk_sync&) {}
  void on(const ht_disk_books&) {}
  void on(const ht_disk_scope&) {}
  void on(const ht_disk_backing&) {}
  void on(const ht_disk_device&) {}
  void on(const ht_fair&) {}
  void on(const ht_quota&) {}
  void on(const ht_quota_wait&) {}
  void on(const ht_pressure&) {}
  void on(const ht_irq&) {}
  void on(const ht_stolen&) {}
  void on(const ht_realtime&) {}
  void on(const ht_mmap_wait&) {}
  // A boot's units are in its own report.
  void on(const ht_boot_phases&) {}
  void on(const ht_boot_unit&) {}
  void on(const ht_boot_mark&) {}
  void on(const ht_boot_forks&) {}
  void on(const ht_boot_end&) {}
  // exporter.cpp
  void on(const ht_session& record);
  void on(const ht_cgroup_name&) {}
  void on(const ht_tick& record);
  void on(const ht_trouble& record);
  void on(const ht_pulse& record) { last_ns_ = record.head.time_ns; }
  void on(const ht_cpu&) {}
  void on(const ht_load& record);   // sched.cpp
  void on(const ht_queue& record);  // queues.cpp

  // sched.cpp
  struct Side {
    std::uint32_t tid = 0;
    std::int32_t prio = 120;
  };
  struct Cpu {
    bool known = false;  // `running` is what Perfetto holds to be running
    Side running;
    std::uint64_t since_ns = 0;
    std::optional<std::uint16_t> nr_running;
    std::uint64_t queue_track = 0;
    // By class: fair, real time, deadline, sleepers with a delayed dequeue (queues.cpp).
    std::array<std::uint64_t, 4> class_tracks{};
    std::array<std::uint16_t, 4> class_counts{};
  };
  [[nodiscard]] bool is_shown(std::uint32_t tid) const;
  // The command before its exec: a child of hoodtrace, of which the sched view has no time either.
  [[nodiscard]] bool is_waiting_command(std::uint32_t tid) const;
  void add_comm(ProtoMessage& event, std::uint32_t field, std::uint32_t tid) const;
  Cpu& cpu(std::uint16_t index);
  void add_switch(std::uint16_t cpu, std::uint64_t time_ns, const Side& next,
                  std::uint32_t prev_state);
  void count_queue(std::uint16_t cpu, std::uint64_t time_ns, std::uint16_t nr_running);
  std::string_view behind_text(WhoId who);
  std::string_view who_text(WhoId who);
  void add_waits();
  void name_waker(std::uint64_t time_ns, std::uint32_t tid);

  // exporter.cpp
  [[nodiscard]] std::string_view comm_of(std::uint32_t tid) const;
  // `time_ns` is the time of the first event on the track. Perfetto looks up the thread by its tid
  // at the time of the track's descriptor, and makes another one when no such thread exists then.
  std::uint64_t thread_track(TaskId task, std::uint64_t time_ns);
  std::uint64_t wait_track(TaskId task, std::uint64_t time_ns);
  std::uint64_t stream_track(std::uint64_t time_ns);
  using Word = std::pair<std::string, std::string>;  // an argument, hostile
  void tell(std::uint64_t time_ns, std::string_view name, const std::vector<Word>& words);
  // faults.cpp
  std::uint64_t fault_track(TaskId task, std::uint64_t time_ns);
  void add_slice(std::uint64_t track, std::uint64_t to_ns, std::uint64_t took_ns,
                 std::string_view name, const std::vector<Word>& words);
  // sleeps.cpp
  void add_sleeps(const Event& event);
  void add_flow(const LongSleep& sleep, const WhyCause& cause);
  std::uint64_t sleep_track(TaskId task, std::uint64_t time_ns);
  // disk.cpp
  std::uint64_t disk_track(std::uint32_t dev, std::uint64_t time_ns, std::uint64_t start_ns,
                           std::uint64_t end_ns);
  std::uint64_t disk_sleep_track(TaskId task, std::uint64_t time_ns);
  void add_disk_sleep(const DiskLanes::Sleep& sleep, std::string_view name);
  void end_disk_sleep(const DiskLanes::Sleep& sleep, const DiskLanes::Done& request);
  void finish_disk_sleeps();
  // tasks.cpp
  void add_process(std::uint64_t time_ns, std::uint32_t pid, std::uint32_t parent_pid,
                   const std::vector<std::string_view>& cmdline, bool is_comm);
  void add_thread(std::uint64_t time_ns, std::uint32_t tid, std::uint32_t pid,
                  std::string_view comm);
  void add_execs(const std::vector<JoinedExec>& execs);

  struct Tracks {
    std::uint64_t thread = 0;  // 0 = no descriptor written yet
    std::uint64_t waits = 0;
    std::uint64_t faults = 0;
    std::uint64_t sleeps = 0;
    std::uint64_t disk = 0;
    bool is_named = false;
  };

  Tracks& tracks_of(TaskId task) {
    if (tracks_.size() <= task) tracks_.resize(tasks_.size());
    return tracks_[task];
  }

  TaskTable& tasks_;
  std::uint64_t least_wait_ns_;
  PerfettoPackets packets_;
  SchedTracker tracker_;
  WhyTracker sleeps_;
  ArgvJoiner argv_;
  FileTable files_;
  DiskLanes disks_;
  std::vector<Cpu> cpus_;
  std::vector<std::uint64_t> left_cpu_ns_;  // by TaskId
  std::vector<Tracks> tracks_;              // by TaskId
  std::vector<LongWait> waits_;             // that the last event has ended
  std::string name_;                        // is made
  std::uint64_t last_flow_ = 0;
  std::uint64_t last_track_ = 0;
  std::uint64_t stream_track_ = 0;
  std::uint64_t queues_track_ = 0;  // above those of each CPU
  std::uint64_t load_track_ = 0;
  TaskId command_ = kNoTask;  // once it has begun
  std::uint64_t last_ns_ = 0;
  bool whole_ = false;
  bool wakers_ = false;
  bool has_causes_ = false;  // the family why was recorded
};

}  // namespace hoodtrace
