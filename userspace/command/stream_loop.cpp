// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/stream_loop.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "event/feed.hpp"

namespace hoodtrace {

Result<void> StreamLoop::run(Source& source) {
  observer_.begin(out_);
  for (;;) {
    const Result<std::span<const RecordView>> records = source.next();
    if (!records) return records.error();
    if (records->empty()) break;
    if (before_batch) RETURN_IF_ERROR(before_batch(*records));
    RETURN_IF_ERROR(source.is_by_cpu() ? take_by_cpu(*records) : take_all(*records));
    if (after_batch) RETURN_IF_ERROR(after_batch(*records));
  }
  observer_.finish(account_, out_);
  return flush();
}

Result<void> StreamLoop::take_all(std::span<const RecordView> records) {
  for (const RecordView& record : records) RETURN_IF_ERROR(take(record));
  return {};
}

Result<void> StreamLoop::take_by_cpu(std::span<const RecordView> records) {
  SchedTracker* tracker = tasks_ != nullptr ? observer_.follows_switches() : nullptr;
  if (tracker != nullptr && !lanes_)
    lanes_.emplace(
        *tasks_, account_, *waits_, *tracker,
        shards != 0 ? shards : LaneTracker::shards_for(std::thread::hardware_concurrency()));
  std::vector<RecordView> left;
  while (!records.empty()) {
    const std::optional<std::uint64_t> stop_ns = tracker != nullptr ? lanes_->take(records) : 0;
    if (!stop_ns) return {};
    // A part of what is left, in the order of time: it may go on without it then.
    std::uint64_t last_ns = 0;
    for (const RecordView& record : records)
      last_ns = std::max<std::uint64_t>(last_ns, record.head->time_ns);
    const std::uint64_t until_ns = *stop_ns == 0 ? last_ns : *stop_ns + (last_ns - *stop_ns) / 8;
    std::vector<RecordView> in_order;
    std::vector<RecordView> later;
    for (const RecordView& record : records)
      if (record.head->time_ns > until_ns)
        later.push_back(record);
      else if (record.head->time_ns >= *stop_ns)
        in_order.push_back(record);
    std::stable_sort(
        in_order.begin(), in_order.end(),
        [](const RecordView& a, const RecordView& b) { return a.head->time_ns < b.head->time_ns; });
    RETURN_IF_ERROR(take_all(in_order));
    left = std::move(later);
    records = left;
  }
  return {};
}

Result<void> StreamLoop::take(RecordView record) {
  const std::optional<Event> event = decode(record);
  if (on_record) on_record(record, event ? &*event : nullptr);
  if (!event) {
    account_.on_undecodable();
    return {};
  }
  account_.on_record(*record.head);
  feed(account_, *event);
  if (tasks_ != nullptr) feed(*tasks_, *event);
  const std::optional<Event> seen = tasks_ != nullptr ? waits_->corrected(*event) : event;
  if (seen) observer_.on_event(*seen, out_);
  while (tasks_ != nullptr && tasks_->overdue() != kNoTask) {
    const TaskId task = tasks_->overdue();
    observer_.fold(task);
    waits_->fold(task);
    tasks_->forget(task);
  }
  if (const auto* tick = event->as<ht_tick>(); tick != nullptr && tick->kind == HT_TICK_END)
    command_status_ = tick->command_status;
  return out_.size() < chunk_bytes ? Result<void>() : flush();
}

Result<void> StreamLoop::flush() {
  if (out_.empty()) return {};
  Result<void> written = write ? write(out_) : Result<void>();
  out_.clear();
  return written;
}

int exit_code_of(std::uint32_t wait_status) {
  if (wait_status == HT_NO_STATUS) return 0;
  const int status = static_cast<int>(wait_status);
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : 1;
}

}  // namespace hoodtrace
