// SPDX-License-Identifier: GPL-2.0-or-later
// Builds streams about processes, and runs the life-cycle tracker over them.
//
//   LifeScenario scenario;
//   scenario.at(1'000).born(20, {.parent_pid = 10, .comm = "sh"});
//   scenario.at(1'500).runs(20, 400);
//   scenario.at(9'000).exits(20, {.status = 7 << 8});
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "model/procs/tracker.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {

struct ProgramFields {
  std::vector<std::string> argv;
  std::string interpreter = {};
  std::string own_name = {};
  std::uint32_t error = 0;
  std::uint32_t old_tid = 0;    // 0 = its tid
  std::uint32_t cut_after = 0;  // argv is cut after this many bytes; 0 = not cut
  bool before = false;          // tracing began
};

struct ExitFields {
  std::uint32_t pid = 0;  // 0 = the tid
  std::uint32_t status = 0;
  std::uint32_t parent_pid = 0;  // 0 = as it was born
  std::uint32_t heir_pid = 0;
  std::uint32_t live = 0;  // threads that are left
  bool autoreap = false;
  bool counters = true;  // false: as recordings had it before
};

struct SignalFields {
  std::uint32_t signal = 0;
  std::uint32_t sender_pid = 0;  // 0 = the kernel
  std::string_view comm = {};
  std::int32_t code = 0;
};

struct ExeFields {
  std::vector<std::string> names;  // the last one first
  std::uint32_t flags = 0;
  std::uint32_t uid = 0;
  std::vector<std::string> cwd = {};
};

struct WaitFields {
  std::uint32_t pid = 0;  // 0 = the tid
  std::uint32_t selected_pid = HT_WAIT_ANY;
  std::uint32_t options = 0x4;  // WEXITED
};

class LifeScenario : public StreamBuilder {
 public:
  LifeScenario& at(std::uint64_t now_ns) {
    StreamBuilder::at(now_ns);
    return *this;
  }

  LifeScenario& runs(std::uint32_t tid, std::uint64_t wait_ns = 0) {
    return add_life(tid, HT_LIFE_FIRST_RUN, wait_ns);
  }
  LifeScenario& is_freed(std::uint32_t pid) { return add_life(pid, HT_LIFE_FREED, HT_UNKNOWN_NS); }

  LifeScenario& executes(std::uint32_t tid, const std::string& file,
                         const ProgramFields& scenario) {
    std::string argv;
    for (const std::string& argument : scenario.argv) argv += argument + '\0';
    const auto bytes = static_cast<std::uint32_t>(argv.size());
    if (scenario.cut_after != 0) argv.resize(scenario.cut_after);
    ht_program program{};
    program.head = head(HT_PROGRAM, tid);
    program.pid = pid_of(tid);
    program.old_tid = scenario.old_tid == 0 ? tid : scenario.old_tid;
    program.argv_bytes = scenario.error == 0 ? bytes : HT_UNKNOWN_BYTES;
    program.kept_bytes = static_cast<std::uint32_t>(argv.size());
    program.error = scenario.error;
    program.flags = scenario.before ? HT_PROGRAM_BEFORE : 0;
    program.min_flt = kernel(tid).min_flt;
    program.maj_flt = kernel(tid).maj_flt;
    add(program, file + '\0' + scenario.interpreter + '\0' + scenario.own_name + '\0');
    for (std::size_t i = 0; i < argv.size(); i += 4096) argv_piece(tid, i, argv.substr(i, 4096));
    return *this;
  }
  LifeScenario& argv_piece(std::uint32_t tid, std::size_t offset, std::string_view bytes,
                           std::uint32_t flags = 0) {
    ht_argv piece{};
    piece.head = head(HT_ARGV, tid);
    piece.pid = pid_of(tid);
    piece.offset = static_cast<std::uint32_t>(offset);
    piece.flags = flags;
    return add(piece, bytes);
  }

  LifeScenario& exits(std::uint32_t tid, const ExitFields& scenario = {}) {
    ht_exit exit{};
    exit.head = head(HT_EXIT, tid);
    exit.pid = scenario.pid == 0 ? tid : scenario.pid;
    exit.start_boottime_ns = kernel(exit.pid).who.start_ns;
    exit.min_flt = kernel(tid).min_flt;
    exit.maj_flt = kernel(tid).maj_flt;
    exit.parent_pid =
        scenario.parent_pid == 0 ? kernel(exit.pid).who.parent_pid : scenario.parent_pid;
    exit.heir_pid = scenario.heir_pid;
    exit.wait_status = scenario.status;
    exit.live = scenario.live;
    if (scenario.live == 0) exit.flags |= HT_EXIT_PROCESS;
    if (scenario.autoreap) exit.flags |= HT_EXIT_AUTOREAP;
    if (scenario.counters) exit.flags |= HT_EXIT_COUNTERS;
    exit.exec_runtime_ns = kernel(tid).on_cpu_ns;
    exit.run_delay_ns = kernel(tid).run_delay_ns;
    return add(exit);
  }

  LifeScenario& is_sent(std::uint32_t tid, const SignalFields& scenario) {
    ht_signal signal{};
    signal.head = head(HT_SIGNAL, tid);
    signal.pid = pid_of(tid);
    signal.signal = scenario.signal;
    signal.sender_pid = signal.sender_tid = scenario.sender_pid;
    signal.code = scenario.code;
    scenario.comm.copy(signal.sender_comm, sizeof(signal.sender_comm) - 1);
    return add(signal);
  }

  // Before the failed exec.
  LifeScenario& lacks_interpreter(std::uint32_t tid, const std::string& name) {
    ht_interpreter interpreter{};
    interpreter.head = {now_ns(), tid, HT_INTERPRETER, HT_NO_CPU};
    interpreter.pid = pid_of(tid);
    return add(interpreter, name + '\0');
  }

  LifeScenario& has_exe(std::uint32_t tid, const ExeFields& scenario) {
    ht_exe exe{};
    exe.head = head(HT_EXE, tid);
    exe.pid = pid_of(tid);
    exe.uid = scenario.uid;
    exe.flags = scenario.flags;
    exe.names = static_cast<std::uint32_t>(scenario.names.size());
    exe.cwd_names = static_cast<std::uint32_t>(scenario.cwd.size());
    std::string tail;
    for (const std::vector<std::string>* names : {&scenario.names, &scenario.cwd})
      for (const std::string& name : *names) tail += name + '\0';
    return add(exe, tail);
  }

  LifeScenario& looks(std::uint32_t tid, const WaitFields& scenario = {}) {
    ht_wait wait{head(HT_WAIT, tid), scenario.pid == 0 ? tid : scenario.pid, scenario.selected_pid,
                 scenario.options, HT_WAIT_LOOKS};
    return add(wait);
  }
  // It is switched in, and still in that wait.
  LifeScenario& wakes_waiting(std::uint32_t tid, std::uint32_t pid = 0) {
    ht_wait wait{head(HT_WAIT, tid), pid == 0 ? tid : pid, 0, 0, HT_WAIT_RUNS};
    return add(wait);
  }

  LifeScenario& has_pids(std::uint32_t tid, std::uint32_t ns_pid) {
    ht_task_pids pids{};
    pids.head = head(HT_TASK_PIDS, tid);
    pids.pid = pid_of(tid);
    pids.ns_tid = pids.ns_pid = ns_pid;
    pids.level = 1;
    return add(pids);
  }

 private:
  [[nodiscard]] ht_header head(std::uint16_t type, std::uint32_t tid) const {
    return {now_ns(), tid, type, 0};
  }
  std::uint32_t pid_of(std::uint32_t tid) {
    const std::uint32_t pid = kernel(tid).who.pid;
    return pid == 0 ? tid : pid;
  }
  template <class Record>
  LifeScenario& add(const Record& record, std::string_view tail = {}) {
    StreamBuilder::add(record, tail);
    return *this;
  }
  LifeScenario& add_life(std::uint32_t tid, std::uint32_t kind, std::uint64_t wait_ns) {
    ht_life life{};
    life.head = head(HT_LIFE, tid);
    life.start_boottime_ns = kernel(tid).who.start_ns;
    life.wait_ns = wait_ns;
    life.pid = pid_of(tid);
    life.kind = kind;
    return add(life);
  }
};

class LifeReplay {
 public:
  explicit LifeReplay(LifecycleTracker::Options options = {.events = true, .threads = true})
      : tracker(tasks, options) {}
  explicit LifeReplay(const StreamBuilder& scenario,
                      LifecycleTracker::Options options = {.events = true, .threads = true})
      : LifeReplay(options) {
    play(scenario);
  }

  // Feeds the records since the last call to the tracker.
  void play(const StreamBuilder& scenario) {
    for (; played_ < scenario.records().size(); played_++) {
      const std::optional<Event> event = decode(scenario.records().at(played_));
      if (!event) std::abort();  // the builder makes valid records only
      feed(tasks, *event);
      feed(tracker, *event);
    }
  }

  // The last process of that pid.
  [[nodiscard]] const ProcessLife& of(std::uint32_t pid) const {
    for (auto at = tracker.lives().rbegin(); at != tracker.lives().rend(); ++at)
      if (at->second.pid == pid) return at->second;
    std::abort();
  }
  [[nodiscard]] std::size_t count(std::uint32_t pid) const {
    std::size_t n = 0;
    for (const auto& [id, life] : tracker.lives()) n += life.pid == pid ? 1 : 0;
    return n;
  }

  TaskTable tasks;
  LifecycleTracker tracker;

 private:
  std::size_t played_ = 0;
};

}  // namespace hoodtrace
