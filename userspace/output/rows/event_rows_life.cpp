// SPDX-License-Identifier: GPL-2.0-or-later
// The rows of life cycles, of losses, and of records made by userspace.

#include <fmt/format.h>

#include "base/text.hpp"
#include "event/session_words.hpp"
#include "model/procs/program.hpp"
#include "output/exit_status.hpp"
#include "output/json_text.hpp"
#include "output/rows/event_rows.hpp"

namespace hoodtrace {
namespace {

std::string_view selects(std::uint32_t pid) {
  if (pid == HT_WAIT_ANY) return "any";
  return pid == HT_WAIT_GROUP ? "group" : "one";
}

}  // namespace

// ---- life cycle ----

void EventRows::row(const ht_life& record) {
  begin(record.head);
  set_pid(record.pid);
  row_.text(Field::kKind, record.kind == HT_LIFE_FIRST_RUN ? "first_run"
                          : record.kind == HT_LIFE_ZOMBIE  ? "zombie"
                                                           : "freed");
  row_.number(Field::kStartNs, record.start_boottime_ns);
  if (record.kind == HT_LIFE_FIRST_RUN) set_ns(Field::kWaitNs, record.wait_ns);
  finish_row();
}

void EventRows::row(const ht_program& record) {
  argv_.on(record);
  exec_rows(argv_.take());
}

void EventRows::row(const ht_argv& record) {
  argv_.on(record);
  exec_rows(argv_.take());
}

void EventRows::row(const ht_exe& record) {
  Program program;
  add_exe(program, record);
  begin(record.head);
  set_pid(record.pid);
  if (!program.exe.empty()) row_.text(Field::kExe, program.exe);
  if (program.uid) row_.number(Field::kUid, *program.uid);
  if (!program.cwd.empty()) row_.text(Field::kCwd, program.cwd);
  finish_row();
}

void EventRows::row(const ht_interpreter& record) {
  const std::string_view tail = tail_of(record);
  begin(record.head);
  set_pid(record.pid);
  row_.text(Field::kKind, "missing");
  row_.text(Field::kInterpreter, tail.substr(0, tail.find('\0')));
  finish_row();
}

void EventRows::row(const ht_signal& record) {
  begin(record.head);
  set_pid(record.pid);
  row_.number(Field::kSignal, record.signal);
  if (record.sender_pid != 0) {
    row_.number(Field::kSenderPid, record.sender_pid);
    row_.number(Field::kSenderTid, record.sender_tid);
    row_.text(Field::kSenderComm, fixed_string(record.sender_comm));
  }
  row_.negative(Field::kSignalCode, record.code);
  finish_row();
}

void EventRows::exec_rows(const std::vector<JoinedExec>& execs) {
  for (const JoinedExec& exec : execs) {
    const Program& program = exec.program;
    row_.begin(row_kind(HT_PROGRAM));
    if (program.time_ns) row_.number(Field::kTimeNs, *program.time_ns);
    if (program.time_ns && exec.cpu != HT_NO_CPU) row_.number(Field::kCpu, exec.cpu);
    set_who(exec.tid, Field::kTid, Field::kPid, Field::kComm);
    set_pid(exec.pid);
    row_.text(Field::kKind, !program.time_ns ? "before" : program.error != 0 ? "failed" : "runs");
    row_.text(Field::kFile, program.file);
    if (!program.interpreter.empty()) row_.text(Field::kInterpreter, program.interpreter);
    if (program.kept_bytes > 0) {
      scratch_ = "[";
      for (const std::string_view argument : arguments_of(program)) {
        if (scratch_.size() > 1) scratch_ += ',';
        append_json_text(scratch_, argument);
      }
      scratch_ += ']';
      row_.json(Field::kArgv, scratch_);
      row_.truth(Field::kArgvCut, program.cut);
    }
    if (program.argv_bytes != HT_UNKNOWN_BYTES) row_.number(Field::kArgvBytes, program.argv_bytes);
    if (program.error != 0) row_.number(Field::kErrno, program.error);
    finish_row();
  }
}

void EventRows::row(const ht_exit& record) {
  begin(record.head);
  set_pid(record.pid);
  row_.number(Field::kStartNs, record.start_boottime_ns);
  if (record.parent_pid != 0) row_.number(Field::kParentPid, record.parent_pid);
  set_wait_status(record.wait_status);
  const bool ended = (record.flags & HT_EXIT_PROCESS) != 0;
  row_.truth(Field::kProcessEnded, ended);
  if (ended) row_.truth(Field::kAutoreaped, (record.flags & HT_EXIT_AUTOREAP) != 0);
  if (record.heir_pid != 0) row_.number(Field::kHeirPid, record.heir_pid);
  row_.number(Field::kLiveThreads, record.live);
  finish_row();
}

void EventRows::row(const ht_wait& record) {
  begin(record.head);
  set_pid(record.pid);
  row_.text(Field::kKind, record.kind == HT_WAIT_LOOKS ? "looks" : "runs");
  if (record.kind == HT_WAIT_LOOKS) {
    row_.text(Field::kSelects, selects(record.selected_pid));
    if (record.selected_pid != HT_WAIT_ANY && record.selected_pid != HT_WAIT_GROUP)
      row_.number(Field::kSelectedPid, record.selected_pid);
    row_.number(Field::kWaitOptions, record.options);
  }
  finish_row();
}

// ---- losses ----

void EventRows::row(const ht_lost& record) {
  for (std::uint16_t type = 0; type < HT_KIND_LIMIT; type++) {
    if (record.counts[type] == 0) continue;
    begin(record.head);
    row_.text(Field::kKind, row_kind(type));
    row_.number(Field::kCount, record.counts[type]);
    row_.number(Field::kUntilNs, record.last_ns);
    finish_row();
  }
}

void EventRows::row(const ht_trouble& record) {
  begin(record.head);
  row_.text(Field::kKind, trouble_key(record.what));
  row_.number(Field::kCount, record.count);
  finish_row();
}

// ---- records made by userspace ----

void EventRows::row(const ht_cpu& record) {
  begin(record.head);
  row_.text(Field::kKind, record.online != 0 ? "online" : "offline");
  finish_row();
}

void EventRows::row(const ht_load& record) {
  const std::pair<const char*, std::uint32_t> averages[] = {
      {"1 min", record.centi_1}, {"5 min", record.centi_5}, {"15 min", record.centi_15}};
  for (const auto& [key, centi] : averages) {
    begin(record.head);
    row_.text(Field::kKey, key);
    row_.text(Field::kValue, fmt::format("{}.{:02}", centi / 100, centi % 100));
    finish_row();
  }
}

void EventRows::row(const ht_session& record) {
  for (const auto& [key, value] : session_words(record)) {
    if (key == "machine") native_ = call_table(value, false);
    if (host_ids_ && key == kMachineIdWord) machine_id_ = value;
    if (host_ids_ && key == kBootIdWord) boot_id_ = value;
  }
  for (const auto& [key, value] : session_words(record)) {
    begin(record.head);
    row_.text(Field::kKey, key);
    row_.text(Field::kValue, value);
    finish_row();
  }
  begin(record.head);
  row_.number(Field::kWallNs, record.wall_ns);
  row_.number(Field::kCpus, record.cpus);
  finish_row();
}

void EventRows::row(const ht_tick& record) {
  begin(record.head);
  row_.text(Field::kKind, record.kind == HT_TICK_END           ? "end"
                          : record.kind == HT_TICK_NO_CULPRITS ? "no_culprits"
                                                               : "interval");
  if (record.command_status != HT_NO_STATUS) set_wait_status(record.command_status);
  finish_row();
}

void EventRows::summary(std::string_view key, std::uint64_t count) {
  row_.begin(kSummaryKind);
  row_.text(Field::kKey, key);
  row_.number(Field::kCount, count);
  finish_row();
}

void EventRows::finish(const StreamAccount& account) {
  exec_rows(argv_.take_all());
  summary("seen", account.seen());
  summary("undecodable", account.undecodable());
  summary("lost", account.lost_total());
  if (const auto unshown = account.lost().find(std::string(kUnshownKind));
      unshown != account.lost().end())
    summary(kUnshownKind, unshown->second);
  if (const SleptAsWait& slept = account.slept(); slept.ns != 0) {
    summary("slept_ns", slept.ns);
    summary("unmeasured_waits", slept.unmeasured);
  }
  if (!account.has_end()) summary("lacks_end", 1);
}

}  // namespace hoodtrace
