// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/names_first.hpp"

#include <cstring>
#include <string>
#include <string_view>

#include "live/missing_interpreter.hpp"

namespace hoodtrace {

void NamesFirst::name_cgroup(const RecordView& record) {
  std::uint64_t id = 0;
  switch (record.head->type) {
    case HT_TASK_SEEN:
    case HT_TASK_NEW:
      id = reinterpret_cast<const ht_task*>(record.head)->cgroup_id;
      break;
    case HT_TASK_CGROUP:
      id = reinterpret_cast<const ht_task_cgroup*>(record.head)->cgroup_id;
      break;
    case HT_CGROUP_NAME:  // the kernel side has named it
      named_.insert(reinterpret_cast<const ht_cgroup_name*>(record.head)->cgroup_id);
      return;
    default:
      return;
  }
  if (id == 0 || !named_.insert(id).second) return;
  const std::string path = cgroups_.path_of(id);
  if (path.empty()) return;
  ht_cgroup_name name{};
  name.head = {record.head->time_ns, 0, HT_CGROUP_NAME, HT_NO_CPU};
  name.cgroup_id = id;
  names_.add(name, path + '\0');
}

void NamesFirst::name_functions(const ht_stack& stack) {
  const std::string_view tail = tail_of(stack);
  for (std::size_t at = 0; at + sizeof(std::uint64_t) <= tail.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t address = 0;
    std::memcpy(&address, tail.data() + at, sizeof(address));
    if (!symbols_named_.insert(address).second) continue;
    // A return address may be the end of a function that calls one that does not return.
    const std::string_view name = symbols_.name_of(address - 1);
    if (name.empty()) continue;
    ht_symbol symbol{};
    symbol.head = {stack.head.time_ns, 0, HT_SYMBOL, HT_NO_CPU};
    symbol.address = address;
    names_.add(symbol, std::string(name) + '\0');
  }
}

// Numbers of processes in /proc are those of our pid namespace.
void NamesFirst::unwind(const ht_stack_memory& stack) {
  ht_stack_memory unnamed = stack;
  unnamed.tail_bytes = 0;
  user_stacks_.unwind(pids_are_initial_ ? stack : unnamed, names_);
}

void NamesFirst::begin_process(const RecordView& record) {
  if (record.head->type == HT_TASK_EXEC) {
    const auto* exec = reinterpret_cast<const ht_task_exec*>(record.head);
    if (exec->flags & HT_TASK_TRACED) user_stacks_.begin(exec->pid);
  } else if (record.head->type == HT_TASK_SEEN) {
    const ht_task& task = reinterpret_cast<const ht_task_seen*>(record.head)->task;
    if (task.flags & HT_TASK_TRACED && !(task.flags & HT_TASK_KTHREAD) && task.pid == task.head.tid)
      user_stacks_.begin(task.pid);
  }
}

namespace {

// The ht_exe of the failed exec at `at`: the task's next record of a program. It is made a moment
// later on the same CPU; when it is not in these records, nothing is known.
const ht_exe* exe_after(const std::vector<RecordView>& records, std::size_t at) {
  constexpr std::size_t kMost = 256;  // records of other CPUs may stand between
  const std::uint32_t tid = records[at].head->tid;
  for (std::size_t i = at + 1; i < records.size() && i < at + kMost; i++) {
    if (records[i].head->tid != tid) continue;
    if (records[i].head->type == HT_EXE) return reinterpret_cast<const ht_exe*>(records[i].head);
    if (records[i].head->type == HT_PROGRAM) return nullptr;
  }
  return nullptr;
}

}  // namespace

void NamesFirst::add_names(std::vector<RecordView>& records, std::vector<RecordView>& batch) {
  names_.clear();
  std::vector<std::size_t> before;  // names_[i] stands before records[before[i]]
  for (std::size_t i = 0; i < records.size(); i++) {
    name_cgroup(records[i]);
    if (files_ != nullptr && records[i].head->type == HT_FILE)
      files_->explain(*reinterpret_cast<const ht_file*>(records[i].head), names_);
    if (disks_ != nullptr && records[i].head->type == HT_DISK)
      disks_->explain(*reinterpret_cast<const ht_disk*>(records[i].head), names_);
    if (quotas_ != nullptr && records[i].head->type == HT_QUOTA)
      quotas_->explain(*reinterpret_cast<const ht_quota*>(records[i].head), names_);
    if (records[i].head->type == HT_STACK)
      name_functions(*reinterpret_cast<const ht_stack*>(records[i].head));
    if (records[i].head->type == HT_STACK_MEMORY)
      unwind(*reinterpret_cast<const ht_stack_memory*>(records[i].head));
    if (wants_user_stacks_ && pids_are_initial_) begin_process(records[i]);
    if (records[i].head->type == HT_PROGRAM)
      explain_exec(*reinterpret_cast<const ht_program*>(records[i].head), pids_are_initial_,
                   exe_after(records, i), names_);
    before.resize(names_.size(), i);
  }
  if (names_.size() == 0) {
    batch.swap(records);
    return;
  }
  std::size_t name = 0;
  for (std::size_t i = 0; i < records.size(); i++) {
    while (name < before.size() && before[name] == i) batch.push_back(names_.at(name++));
    if (records[i].head->type != HT_STACK_MEMORY) batch.push_back(records[i]);
  }
}

}  // namespace hoodtrace
