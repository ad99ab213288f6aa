// SPDX-License-Identifier: GPL-2.0-or-later
// Of the Perfetto exporter: threads, processes, programs.

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "event/task_state.hpp"
#include "output/exit_status.hpp"
#include "output/perfetto/exporter.hpp"

namespace hoodtrace {

namespace {

std::int32_t signed_id(std::uint32_t id) { return static_cast<std::int32_t>(id); }

}  // namespace

void PerfettoExporter::add_process(std::uint64_t time_ns, std::uint32_t pid,
                                   std::uint32_t parent_pid,
                                   const std::vector<std::string_view>& cmdline, bool is_comm) {
  packets_.tree(time_ns, pf::tree::kProcesses, [&](ProtoMessage& process) {
    process.add_int32(pf::tree::kPid, signed_id(pid));
    process.add_int32(pf::tree::kParentPid, signed_id(parent_pid));
    for (const std::string_view word : cmdline) add_text(process, pf::tree::kCmdline, word);
    if (is_comm) process.add_bool(pf::tree::kCmdlineIsComm, true);
  });
}

void PerfettoExporter::add_thread(std::uint64_t time_ns, std::uint32_t tid, std::uint32_t pid,
                                  std::string_view comm) {
  packets_.tree(time_ns, pf::tree::kThreads, [&](ProtoMessage& thread) {
    thread.add_int32(pf::tree::kTid, signed_id(tid));
    add_text(thread, pf::tree::kName, comm);
    thread.add_int32(pf::tree::kTgid, signed_id(pid));
  });
}

void PerfettoExporter::on(const ht_task_seen& record) {
  const ht_task& task = record.task;
  // Tasks that are not traced have no further records.
  if (task.head.tid == 0 || (!whole_ && !(task.flags & HT_TASK_TRACED))) return;
  last_ns_ = std::max<std::uint64_t>(last_ns_, task.head.time_ns);
  const std::string_view comm = fixed_string(task.comm);
  if (task.head.tid == task.pid)
    add_process(task.head.time_ns, task.pid, task.parent_pid, {comm}, true);
  add_thread(task.head.time_ns, task.head.tid, task.pid, comm);
  // It has been running since before: from here on at least that is known.
  if (task.flags & HT_TASK_ON_CPU && !cpu(task.head.cpu).known)
    add_switch(task.head.cpu, task.head.time_ns, {task.head.tid, task.prio}, 0);
}

void PerfettoExporter::on(const ht_task_new& record) {
  const ht_task& task = record.task;
  if (task.head.tid == 0 || (!whole_ && !(task.flags & HT_TASK_TRACED))) return;
  packets_.ftrace(task.head.cpu, task.head.time_ns, record.parent_tid, pf::event::kTaskNewtask,
                  [&](ProtoMessage& event) {
                    event.add_int32(pf::task::kPid, signed_id(task.head.tid));
                    add_text(event, pf::task::kComm, fixed_string(task.comm));
                    event.add_uint64(pf::task::kCloneFlags, record.clone_flags);
                  });
}

void PerfettoExporter::on(const ht_task_name& record) {
  if (!whole_ && !(record.flags & HT_TASK_TRACED)) return;
  packets_.ftrace(record.head.cpu, record.head.time_ns, record.head.tid, pf::event::kTaskRename,
                  [&](ProtoMessage& event) {
                    event.add_int32(pf::task::kRenamePid, signed_id(record.head.tid));
                    add_text(event, pf::task::kNewComm, fixed_string(record.comm));
                  });
  // A name of the tree, which those who were there before the stream have, is above the event's.
  add_thread(record.head.time_ns, record.head.tid, record.pid, fixed_string(record.comm));
}

void PerfettoExporter::on(const ht_task_exec& record) {
  // Perfetto knows threads by their tids: the one that executes goes on as another.
  const std::uint16_t index = record.head.cpu;
  if (is_waiting_command(record.head.tid)) {
    command_ = tasks_.find(record.head.tid);
    add_switch(index, record.head.time_ns, {record.head.tid}, 0);
  }
  if (record.old_tid != record.head.tid && cpu(index).known &&
      cpu(index).running.tid == record.old_tid)
    add_switch(index, record.head.time_ns, {record.head.tid, cpu(index).running.prio},
               task_bits::kExitDead);
}

void PerfettoExporter::on(const ht_life& record) {
  if (record.kind != HT_LIFE_FREED) return;
  // The task is freed a while after it was reaped: its tid may be another one's by now, whose birth
  // has ended this one for Perfetto. The event would end the new one, and make a phantom of what
  // comes of it later.
  const TaskId now = tasks_.find(record.head.tid);
  if (now != kNoTask && tasks_[now].start_boottime_ns != 0 && record.start_boottime_ns != 0 &&
      tasks_[now].start_boottime_ns != record.start_boottime_ns)
    return;
  packets_.ftrace(record.head.cpu, record.head.time_ns, 0, pf::event::kSchedProcessFree,
                  [&](ProtoMessage& event) {
                    add_text(event, pf::sched::kFreeComm, comm_of(record.head.tid));
                    event.add_int32(pf::sched::kFreePid, signed_id(record.head.tid));
                  });
}

void PerfettoExporter::on(const ht_exit& record) {
  const std::uint32_t tid = record.head.tid;
  packets_.ftrace(record.head.cpu, record.head.time_ns, tid, pf::event::kSchedProcessExit,
                  [&](ProtoMessage& event) {
                    add_text(event, pf::sched::kExitComm, comm_of(tid));
                    event.add_int32(pf::sched::kExitPid, signed_id(tid));
                    event.add_int32(pf::sched::kExitTgid, signed_id(record.pid));
                  });
  const TaskId task = tasks_.find(tid);
  if (task == kNoTask || !(record.flags & HT_EXIT_PROCESS)) return;
  const ExitStatus status = read_wait_status(record.wait_status);
  const std::uint64_t uuid = thread_track(task, record.head.time_ns);
  packets_.packet(record.head.time_ns, pf::packet::kTrackEvent, [&](ProtoMessage& event) {
    event.add_enum(pf::slice::kType, pf::slice::kInstant);
    event.add_uint64(pf::slice::kTrackUuid, uuid);
    event.add_string(pf::slice::kName, status.signal != 0
                                           ? fmt::format("killed by signal {}", status.signal)
                                           : fmt::format("exit {}", status.code));
  });
}

void PerfettoExporter::on(const ht_program& record) {
  argv_.on(record);
  add_execs(argv_.take());
}

void PerfettoExporter::on(const ht_argv& record) {
  argv_.on(record);
  add_execs(argv_.take());
}

void PerfettoExporter::add_execs(const std::vector<JoinedExec>& execs) {
  for (const JoinedExec& exec : execs) {
    const Program& program = exec.program;
    // A program that ran before the stream began is the process's command line, without a mark. It
    // comes after the task was seen, whose comm would replace it.
    const bool is_mark = program.time_ns.has_value();
    const std::uint64_t time_ns = program.time_ns.value_or(last_ns_);
    const TaskId task = tasks_.find(exec.tid);
    const auto arguments = arguments_of(program);
    if (program.error == 0 && is_mark)
      packets_.ftrace(exec.cpu, time_ns, exec.tid, pf::event::kSchedProcessExec,
                      [&](ProtoMessage& event) {
                        add_text(event, pf::sched::kFilename, program.file);
                        event.add_int32(pf::sched::kExecPid, signed_id(exec.tid));
                        event.add_int32(pf::sched::kOldPid, signed_id(exec.tid));
                      });
    if (program.error == 0)
      add_process(time_ns, exec.pid, task == kNoTask ? 0 : tasks_[task].parent_pid,
                  arguments.empty() ? std::vector<std::string_view>{program.file} : arguments,
                  false);
    if (!is_mark || task == kNoTask) continue;
    const std::uint64_t uuid = thread_track(task, time_ns);
    packets_.packet(time_ns, pf::packet::kTrackEvent, [&](ProtoMessage& event) {
      event.add_enum(pf::slice::kType, pf::slice::kInstant);
      event.add_uint64(pf::slice::kTrackUuid, uuid);
      add_text(event, pf::slice::kName,
               (program.error == 0 ? "exec " : "exec fails: ") + program.file);
      const auto word = [&event](std::string_view key, auto fill) {
        ProtoMessage annotation(event, pf::slice::kAnnotations);
        annotation.add_string(pf::annotation::kName, key);
        fill(annotation);
      };
      word("argv", [&](ProtoMessage& list) {
        for (const std::string_view argument : arguments) {
          ProtoMessage entry(list, pf::annotation::kArray);
          add_text(entry, pf::annotation::kString, argument);
        }
      });
      if (program.cut)
        word("argv_cut", [](ProtoMessage& is) { is.add_bool(pf::annotation::kBool, true); });
      if (program.error != 0)
        word("errno",
             [&](ProtoMessage& is) { is.add_uint64(pf::annotation::kUint, program.error); });
    });
  }
}

}  // namespace hoodtrace
