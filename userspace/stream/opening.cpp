// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/opening.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "event/naming.hpp"

namespace hoodtrace {
namespace {

// The key of what it names: its id; for a file, two numbers.
Opening::NameKey key_of(const RecordView& record) {
  std::array<std::uint64_t, 2> id{};
  const std::size_t bytes = std::min<std::size_t>(record.bytes - sizeof(ht_header), sizeof(id));
  std::memcpy(id.data(), record.head + 1, bytes);
  return {record.head->type, id};
}

}  // namespace

void Opening::follow_task(const ht_task& task) {
  ht_task_seen& seen = tasks_[task.head.tid];
  seen.task = task;
  seen.task.head.type = HT_TASK_SEEN;
}

bool Opening::is_seen_again(const RecordView& record) const {
  if (record.head->type != HT_TASK_SEEN || record.bytes < sizeof(ht_task_seen)) return false;
  const auto& seen = *reinterpret_cast<const ht_task_seen*>(record.head);
  return tick_ns_ != 0 && (seen.task.flags & HT_TASK_TRACED) == 0;
}

void Opening::follow_tick(const ht_tick& tick) {
  if (tick.kind != HT_TICK_COUNTERS) return;
  if (seen_again_)
    std::erase_if(tasks_, [this](const auto& known) {
      const ht_task& task = known.second.task;
      return (task.flags & HT_TASK_TRACED) == 0 && task.head.time_ns < tick_ns_;
    });
  seen_again_ = false;
  tick_ns_ = tick.head.time_ns;
}

void Opening::follow(const RecordView& record) {
  seen_again_ = seen_again_ || is_seen_again(record);
  if (names_something(record.head->type)) {
    RecordBuffer& name = names_[key_of(record)];
    name.clear();
    name.add_view(record);
    if (names_.size() > kMaxNames) names_.erase(names_.begin());
    return;
  }
  const std::optional<Event> event = decode(record);
  if (!event) return;
  event->visit([&]<class Record>(const Record& typed) {
    if constexpr (std::is_same_v<Record, ht_session>) {
      session_.clear();
      session_.add_view(record);
    } else if constexpr (std::is_same_v<Record, ht_task_seen> ||
                         std::is_same_v<Record, ht_task_new>) {
      follow_task(typed.task);
    } else if constexpr (std::is_same_v<Record, ht_tick>) {
      follow_tick(typed);
    } else if constexpr (std::is_same_v<Record, ht_task_end>) {
      tasks_.erase(typed.task.head.tid);
    } else if constexpr (std::is_same_v<Record, ht_task_name>) {
      const auto known = tasks_.find(typed.head.tid);
      if (known == tasks_.end()) return;
      std::memcpy(known->second.task.comm, typed.comm, HT_COMM_LEN);
      if (typed.flags & HT_TASK_TRACED) known->second.task.flags |= HT_TASK_TRACED;
    } else if constexpr (std::is_same_v<Record, ht_task_cgroup>) {
      const auto known = tasks_.find(typed.head.tid);
      if (known == tasks_.end()) return;
      known->second.task.cgroup_id = typed.cgroup_id;
      if (typed.flags & HT_TASK_TRACED) known->second.task.flags |= HT_TASK_TRACED;
    } else if constexpr (std::is_same_v<Record, ht_task_exec>) {
      if (typed.old_tid != typed.head.tid) tasks_.erase(typed.old_tid);
    }
  });
}

void Opening::fill(std::uint64_t now_ns, RecordBuffer& records) const {
  if (session_.size() > 0) {
    const RecordView was = session_.at(0);
    ht_session session{};
    std::memcpy(&session, was.head, sizeof(session));
    const std::string_view tail = tail_of(*reinterpret_cast<const ht_session*>(was.head));
    if (now_ns > session.head.time_ns) session.wall_ns += now_ns - session.head.time_ns;
    session.head.time_ns = now_ns;
    records.add(session, tail);
  }
  for (const auto& [key, name] : names_) records.add_view(name.at(0));
  for (const auto& [tid, known] : tasks_) {
    if (known.task.flags & HT_TASK_TRACED) continue;
    ht_task_seen seen = known;
    seen.task.head.time_ns = now_ns;
    records.add(seen);
  }
}

}  // namespace hoodtrace
