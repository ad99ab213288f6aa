// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/replay_filter.hpp"

#include <algorithm>
#include <cstring>

#include "base/text.hpp"
#include "event/naming.hpp"
#include "event/session_words.hpp"
#include "probe/container_name.hpp"

namespace hoodtrace {
namespace {

// Records that name something; they are valid at any time.
bool is_name(std::uint16_t type) {
  switch (type) {
    case HT_SESSION:
    case HT_TASK_SEEN:
    case HT_TASK_NEW:
    case HT_TASK_NAME:
    case HT_TASK_EXEC:
    case HT_TASK_END:
    case HT_TASK_CGROUP:
    case HT_TASK_PIDS:
    case HT_LIFE:
    case HT_PROGRAM:
    case HT_ARGV:
      return true;
    default:
      return names_something(type);
  }
}

// Records that pass whatever task they have: about no task, or about the life of a chosen process.
bool is_of_all(std::uint16_t type) {
  switch (type) {
    case HT_WAKING:
    case HT_WAKEUP:
    case HT_MIGRATE:
    case HT_WAIT:
    case HT_LOST:
    case HT_TROUBLE:
    case HT_TICK:
    case HT_PULSE:
    case HT_CPU:
    case HT_LOAD:
    case HT_QUOTA:
    case HT_PRESSURE:
    case HT_QUEUE:
      return true;
    default:
      return names_something(type);
  }
}

// Of these, about one task each, live runs record the target's only.
bool is_of_one_task(std::uint16_t type) {
  return type == HT_WAKING || type == HT_WAKEUP || type == HT_MIGRATE;
}

std::string target_text(const std::string& recorded, const Target& target) {
  if (target.is_whole_system() || recorded == describe(target)) return recorded;
  return describe(target) + " (recorded: " + recorded + ")";
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view name) {
  while (!pattern.empty() && pattern.front() != '*') {
    if (name.empty() || (pattern.front() != '?' && pattern.front() != name.front())) return false;
    pattern.remove_prefix(1);
    name.remove_prefix(1);
  }
  if (pattern.empty()) return name.empty();
  for (;; name.remove_prefix(1)) {
    if (glob_matches(pattern.substr(1), name)) return true;
    if (name.empty()) return false;
  }
}

bool ReplayFilter::is_chosen(std::uint32_t tid) const {
  if (target_.is_whole_system()) return true;
  const auto found = tasks_.find(tid);
  return found != tasks_.end() && found->second.is_chosen;
}

bool ReplayFilter::is_in_cgroup(std::uint64_t id) const {
  const auto found = cgroups_.find(id);
  if (found == cgroups_.end()) return false;
  const std::string_view path = found->second;
  if (!target_.container.empty()) return is_container_path(path, target_.container);
  if (!target_.unit.empty()) {
    // A unit's cgroup has its name, wherever in the tree it is.
    const std::string name =
        "/" +
        (target_.unit.find('.') == std::string::npos ? target_.unit + ".service" : target_.unit);
    const std::size_t at = path.find(name);
    return at != std::string_view::npos &&
           (at + name.size() == path.size() || path[at + name.size()] == '/');
  }
  constexpr std::string_view kMount = "/sys/fs/cgroup";
  std::string_view wanted = target_.cgroup_path;
  if (wanted.starts_with(kMount)) wanted.remove_prefix(kMount.size());
  while (wanted.ends_with('/')) wanted.remove_suffix(1);
  if (!wanted.starts_with('/') && !wanted.empty())
    return path == "/" + std::string(wanted) || path.starts_with("/" + std::string(wanted) + "/");
  return path == wanted || wanted.empty() || path.starts_with(std::string(wanted) + "/");
}

bool ReplayFilter::is_wanted(std::uint32_t tid, const Task& task, std::string_view comm) const {
  const auto has = [](const std::vector<std::uint32_t>& ids, std::uint32_t id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  };
  return has(target_.pids, task.pid) || has(target_.tids, tid) ||
         (!target_.comm_glob.empty() && glob_matches(target_.comm_glob, comm)) ||
         (has_cgroup() && is_in_cgroup(task.cgroup_id));
}

bool ReplayFilter::is_before_window(const ht_header& head) const {
  return head.time_ns < from_ns_ && use_ == Use::kExport && !is_name(head.type);
}

void ReplayFilter::add_tick(std::uint32_t kind, std::uint64_t time_ns) {
  ht_tick tick{};
  tick.head = {time_ns, 0, HT_TICK, HT_NO_CPU};
  tick.kind = kind;
  tick.command_status = HT_NO_STATUS;
  made_.add(tick);
}

void ReplayFilter::take_session(const ht_session& record) {
  ht_session session = record;
  self_pid_ = record.self_pid;
  if (window_.from) from_ns_ = window_.from->boottime_ns(record.head.time_ns, record.wall_ns);
  if (window_.until) until_ns_ = window_.until->boottime_ns(record.head.time_ns, record.wall_ns);
  // An exporter gets records of chosen tasks only.
  if (!target_.is_whole_system() && use_ == Use::kExport) session.flags &= ~HT_SESSION_WHOLE;
  std::string tail;
  for (const auto& [key, value] : session_words(record)) {
    tail.append(key).push_back('\0');
    tail.append(key == "target" ? target_text(std::string(value), target_) : std::string(value))
        .push_back('\0');
  }
  made_.add(session, tail);
}

template <class Record>
void ReplayFilter::take_task(const Record& record, std::uint32_t parent_tid, bool is_thread) {
  Record changed = record;
  const std::uint32_t tid = changed.task.head.tid;
  Task task{changed.task.pid, changed.task.cgroup_id, false};
  const bool is_inherited =
      parent_tid != 0 && (target_.follows() || is_thread) && is_chosen(parent_tid);
  const bool is_command = !target_.command.empty() && self_pid_ != 0 && !is_thread &&
                          changed.task.parent_pid == self_pid_;
  task.is_chosen =
      is_inherited || is_command || is_wanted(tid, task, fixed_string(changed.task.comm));
  if (!task.is_chosen)
    changed.task.flags = static_cast<std::uint8_t>(changed.task.flags & ~HT_TASK_TRACED);
  tasks_[tid] = task;
  made_.add(changed);
}

void ReplayFilter::take_switch(const ht_switch& record) {
  ht_switch changed = record;
  if (!is_chosen(record.prev_tid))
    changed.flags = static_cast<std::uint8_t>(changed.flags & ~HT_SWITCH_PREV_TRACED);
  if (!is_chosen(record.head.tid))
    changed.flags = static_cast<std::uint8_t>(changed.flags & ~HT_SWITCH_NEXT_TRACED);
  const bool is_of_target = (changed.flags & (HT_SWITCH_PREV_TRACED | HT_SWITCH_NEXT_TRACED)) != 0;
  if (is_of_target || use_ != Use::kExport) made_.add(changed);
}

void ReplayFilter::take(const RecordView& record) {
  const std::optional<Event> event = decode(record);
  // Passed on, so that records that cannot be decoded are counted.
  if (!event) return made_.add_view(record);
  const ht_header& head = *record.head;
  if (!has_begun_ && window_.from && from_ns_ != 0 && head.time_ns >= from_ns_) {
    has_begun_ = true;
    if (use_ != Use::kExport) add_tick(HT_TICK_INTERVAL, from_ns_);
  }
  if (head.time_ns >= until_ns_) {
    has_ended_ = true;
    return add_tick(HT_TICK_END, until_ns_);
  }
  if (const auto* session = event->as<ht_session>()) return take_session(*session);
  if (is_before_window(head)) return;
  if (const auto* tick = event->as<ht_tick>();
      tick != nullptr && window_.from && tick->kind == HT_TICK_INTERVAL)
    return;  // one report, of the window
  if (target_.is_whole_system()) return made_.add_view(record);

  if (const auto* seen = event->as<ht_task_seen>()) return take_task(*seen, 0, false);
  if (const auto* born = event->as<ht_task_new>()) {
    constexpr std::uint64_t kThread = 0x00010000;  // CLONE_THREAD, include/uapi/linux/sched.h
    return take_task(*born, born->parent_tid, (born->clone_flags & kThread) != 0);
  }
  if (const auto* ended = event->as<ht_task_end>()) {
    ht_task_end changed = *ended;
    if (!is_chosen(head.tid))
      changed.task.flags = static_cast<std::uint8_t>(changed.task.flags & ~HT_TASK_TRACED);
    return made_.add(changed);
  }
  if (const auto* name = event->as<ht_task_name>()) {
    ht_task_name changed = *name;
    Task& task = tasks_[head.tid];
    task.pid = changed.pid;
    task.is_chosen = task.is_chosen || is_wanted(head.tid, task, fixed_string(changed.comm));
    if (!task.is_chosen) changed.flags &= ~static_cast<std::uint32_t>(HT_TASK_TRACED);
    return made_.add(changed);
  }
  if (const auto* move = event->as<ht_task_cgroup>()) {
    ht_task_cgroup changed = *move;
    Task& task = tasks_[head.tid];
    task.cgroup_id = changed.cgroup_id;
    if (has_cgroup()) task.is_chosen = is_wanted(head.tid, task, {});
    if (!task.is_chosen) changed.flags &= ~static_cast<std::uint32_t>(HT_TASK_TRACED);
    return made_.add(changed);
  }
  if (const auto* exec = event->as<ht_task_exec>()) {
    ht_task_exec changed = *exec;
    if (changed.old_tid != head.tid && is_chosen(changed.old_tid))
      tasks_[head.tid] = tasks_[changed.old_tid];
    if (!is_chosen(head.tid)) changed.flags &= ~static_cast<std::uint32_t>(HT_TASK_TRACED);
    return made_.add(changed);
  }
  if (const auto* name = event->as<ht_cgroup_name>()) {
    const std::string_view path = tail_of(*name);
    cgroups_[name->cgroup_id] = path.substr(0, path.find('\0'));
    return made_.add_view(record);
  }
  if (const auto* moved = event->as<ht_switch>()) return take_switch(*moved);
  if (use_ == Use::kExport && is_of_one_task(head.type) && !is_chosen(head.tid)) return;
  if (use_ == Use::kChains || is_of_all(head.type) || is_chosen(head.tid)) made_.add_view(record);
}

Result<std::span<const RecordView>> ReplayFilter::next() {
  for (;;) {
    if (has_ended_) return std::span<const RecordView>();
    Result<std::span<const RecordView>> records = source_->next();
    if (!records) return records;
    if (records->empty()) {
      if (from_ns_ != 0 && !has_begun_)
        return failed("the recording ends before the time of --between begins");
      return records;
    }
    made_.clear();
    for (const RecordView& record : *records) {
      take(record);
      if (has_ended_) break;
    }
    if (made_.size() == 0) continue;
    views_.clear();
    for (std::size_t i = 0; i < made_.size(); i++) views_.push_back(made_.at(i));
    return std::span<const RecordView>(views_);
  }
}

}  // namespace hoodtrace
