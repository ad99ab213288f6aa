// SPDX-License-Identifier: GPL-2.0-or-later
// The loop that all viewing commands share: source → decode → trackers, and back at each tick.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "command/options.hpp"
#include "model/names/task_table.hpp"
#include "model/stream_account.hpp"
#include "stream/source.hpp"
#include "view/report.hpp"

namespace hoodtrace {

// A view's part of the loop.
class Observer {
 public:
  virtual ~Observer() = default;
  // After the TaskTable and the account have seen it.
  virtual void on_event(const Event& event) = 0;
  // The TaskTable is about to forget a task.
  virtual void fold(TaskId task) = 0;
  // Lines to print at once (long waits, say); empty = nothing.
  virtual std::string take_lines() = 0;
  // Fills in everything but the head.
  virtual void report(std::uint64_t now_ns, Report& report) = 0;
  // After an interval's report.
  virtual void begin_interval(std::uint64_t now_ns) = 0;
};

// Hands the event to a tracker that has an on() for its type.
template <class Tracker>
void feed(Tracker& tracker, const Event& event) {
  std::visit(
      [&tracker](auto pointer) {
        if constexpr (requires { tracker.on(*pointer); }) tracker.on(*pointer);
      },
      event);
}

// Opens what the options name: a file, or the live kernel.
Result<std::unique_ptr<Source>> open_source(const Options& options, const Environment& environment);

// Runs the stream to its end, printing a report per interval and at the end. The exit code: 0, or
// with --propagate the traced command's.
Result<int> run_pipeline(const Options& options, const Environment& environment, TaskTable& tasks,
                         Observer& observer);

// The exit code for a wait status, as a shell has it.
int exit_code_of(std::uint32_t wait_status);

}  // namespace hoodtrace
