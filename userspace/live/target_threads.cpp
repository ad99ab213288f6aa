// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/target_threads.hpp"

#include <algorithm>

namespace hoodtrace {

TargetThreads::TargetThreads(std::span<const std::uint32_t> tids, const RecordBuffer& scan)
    : are_asked_for_(!tids.empty()) {
  if (!are_asked_for_) return;
  for (std::size_t i = 0; i < scan.size(); i++) {
    const ht_header& head = *scan.at(i).head;
    if (head.type == HT_TASK_SEEN && std::find(tids.begin(), tids.end(), head.tid) != tids.end())
      left_[head.tid] = reinterpret_cast<const ht_task_seen&>(head).task.start_boottime_ns;
  }
}

void TargetThreads::look_at(const RecordView& record) {
  if (left_.empty()) return;
  const ht_header& head = *record.head;
  if (head.type == HT_TASK_END && record.bytes >= sizeof(ht_task_end)) {
    // The end of a leader whose tid was taken over can come under the other thread's.
    const std::uint64_t start_ns =
        reinterpret_cast<const ht_task_end&>(head).task.start_boottime_ns;
    const auto found = left_.find(head.tid);
    if (found != left_.end() && (found->second == 0 || found->second == start_ns))
      left_.erase(found);
  } else if (head.type == HT_TASK_EXEC && record.bytes >= sizeof(ht_task_exec)) {
    // A thread that executes a program has its leader's tid from then on (de_thread(), fs/exec.c).
    const auto& exec = reinterpret_cast<const ht_task_exec&>(head);
    if (exec.old_tid != head.tid && left_.erase(exec.old_tid) != 0) left_[head.tid] = 0;
  }
}

}  // namespace hoodtrace
