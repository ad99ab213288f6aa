// SPDX-License-Identifier: GPL-2.0-or-later
// What a stream is shown to, event by event: a view, an exporter, the watch of a recorder.
//
// The loop (command/stream_loop.hpp) calls begin() once, on_event() for each event that decodes,
// fold() before the TaskTable forgets a task, and finish() once. report() and begin_interval() are
// a view's alone. What is appended to `out` is written, in that order.
#pragma once

#include <cstdint>
#include <string>

#include "event/event.hpp"
#include "model/names/task_table.hpp"
#include "model/stream_account.hpp"
#include "view/report.hpp"

namespace hoodtrace {

class SchedTracker;

class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;

  // Appends what comes before the events.
  virtual void begin(std::string&) {}
  // Appends what the event adds. The account and the TaskTable have seen it already.
  virtual void on_event(const Event& event, std::string& out) = 0;
  // The TaskTable is about to forget a task.
  virtual void fold(TaskId) {}
  // Appends what comes after the events.
  virtual void finish(const StreamAccount&, std::string&) {}

  // Not null: with a switch on_event() does nothing but to feed it to this tracker.
  virtual SchedTracker* follows_switches() { return nullptr; }

  // Fills in everything but the head of the report of an interval, or of the whole run.
  virtual void report(std::uint64_t /*now_ns*/, Report&) {}
  // After an interval's report.
  virtual void begin_interval(std::uint64_t /*now_ns*/) {}
};

}  // namespace hoodtrace
