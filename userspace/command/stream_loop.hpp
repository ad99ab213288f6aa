// SPDX-License-Identifier: GPL-2.0-or-later
// The loop that every command shares: next, decode, account, task table, correction, observer, fold.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "base/result.hpp"
#include "model/names/task_table.hpp"
#include "model/sched/lane_tracker.hpp"
#include "model/sched/slept_waits.hpp"
#include "model/stream_account.hpp"
#include "output/observer.hpp"
#include "stream/source.hpp"

namespace hoodtrace {

class StreamLoop {
 public:
  // All of them must outlive the loop. `tasks` is null when no task table is needed.
  StreamLoop(Observer& observer, StreamAccount& account, TaskTable* tasks)
      : observer_(observer), account_(account), tasks_(tasks) {
    if (tasks != nullptr) waits_.emplace(*tasks, account);
  }

  // Optional; an error of theirs ends the loop.
  using OnBatch = std::function<Result<void>(std::span<const RecordView>)>;
  OnBatch before_batch;  // with the records not yet observed
  OnBatch after_batch;   // their events were observed
  // Each record; a null event: it does not decode.
  std::function<void(RecordView, const Event*)> on_record;
  // Writes what the observer appended, as soon as it is `chunk_bytes` long, and at the end. May keep the
  // bytes and leave others: what it leaves is cleared.
  std::function<Result<void>(std::string&)> write;
  std::size_t chunk_bytes = 1;
  // Of tasks, where switches come CPU by CPU (LaneTracker); 0 = as many as this machine's CPUs are worth.
  std::size_t shards = 0;

  // To the end of the stream, or to the first error.
  Result<void> run(Source& source);

  // Of the traced command, once it has ended.
  [[nodiscard]] std::uint32_t command_status() const { return command_status_; }

 private:
  Result<void> take_all(std::span<const RecordView> records);
  Result<void> take_by_cpu(std::span<const RecordView> records);
  Result<void> take(RecordView record);
  Result<void> flush();

  Observer& observer_;
  StreamAccount& account_;
  TaskTable* tasks_;
  std::optional<SleptWaits> waits_;   // with a task table
  std::optional<LaneTracker> lanes_;  // once switches have come CPU by CPU
  std::string out_;
  std::uint32_t command_status_ = HT_NO_STATUS;
};

// The exit code for a wait status, as a shell has it.
int exit_code_of(std::uint32_t wait_status);

}  // namespace hoodtrace
