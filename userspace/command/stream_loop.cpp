// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/stream_loop.hpp"

#include <sys/wait.h>

#include "event/feed.hpp"

namespace hoodtrace {

Result<void> StreamLoop::run(Source& source) {
  observer_.begin(out_);
  for (;;) {
    const Result<std::span<const RecordView>> records = source.next();
    if (!records) return records.error();
    if (records->empty()) break;
    if (before_batch) RETURN_IF_ERROR(before_batch(*records));
    for (const RecordView& record : *records) RETURN_IF_ERROR(take(record));
    if (after_batch) RETURN_IF_ERROR(after_batch(*records));
  }
  observer_.finish(account_, out_);
  return flush();
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
