// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/record_watch.hpp"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "base/text.hpp"
#include "base/units.hpp"

namespace hoodtrace {

void RecordWatch::on_record(RecordView record) {
  const std::optional<Event> event = decode(record);
  if (!event) return account_.on_undecodable();
  account_.on_record(*record.head);
  feed(account_, *event);
  if (const auto* const* tick = std::get_if<const ht_tick*>(&*event)) {
    if ((*tick)->kind == HT_TICK_END) command_status_ = (*tick)->command_status;
    if ((*tick)->kind == HT_TICK_MARK) marks_++;
  }
  if (const auto* const* fault = std::get_if<const ht_fault*>(&*event)) on_fault(**fault);
  if (triggers_.wait_ns == 0) return;
  feed(tasks_, *event);
  feed(waits_, *event);
  while (tasks_.overdue() != kNoTask) {
    const TaskId task = tasks_.overdue();
    waits_.fold(task);
    tasks_.forget(task);
  }
  for (const LongWait& wait : waits_.take_long_waits()) {
    const Task& task = tasks_[wait.task];
    const std::string_view comm(task.comm.data(), ::strnlen(task.comm.data(), HT_COMM_LEN));
    if (pulled_.empty())
      pulled_ = fmt::format("{} (tid {}) waited {} for CPU {}", printable(comm), task.tid,
                            format_duration(wait.wait_ns), wait.cpu);
  }
}

void RecordWatch::on_fault(const ht_fault& fault) {
  if (triggers_.fault_ns == 0 || fault.took_ns == HT_UNKNOWN_NS ||
      fault.took_ns < triggers_.fault_ns || !pulled_.empty())
    return;
  pulled_ =
      fmt::format("a fault of tid {} took {}", fault.head.tid, format_duration(fault.took_ns));
}

std::string RecordWatch::take_trigger() { return std::exchange(pulled_, {}); }

}  // namespace hoodtrace
