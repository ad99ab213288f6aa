// SPDX-License-Identifier: GPL-2.0-or-later
// What record itself takes from the stream on its way into the file.
#pragma once

#include <cstdint>
#include <string>

#include "command/pipeline.hpp"
#include "model/sched/tracker.hpp"

namespace hoodtrace {

class RecordWatch {
 public:
  // What makes a flight recorder write; 0 = not that.
  struct Triggers {
    std::uint64_t wait_ns = 0;
    std::uint64_t fault_ns = 0;
  };

  explicit RecordWatch(const Triggers& triggers)
      : triggers_(triggers), waits_(tasks_, {triggers.wait_ns, false}) {}

  void on_record(RecordView record);

  [[nodiscard]] const StreamAccount& account() const { return account_; }
  [[nodiscard]] std::uint32_t command_status() const { return command_status_; }
  // HT_TICK_MARKs so far.
  [[nodiscard]] std::uint64_t marks() const { return marks_; }
  // What pulled a trigger since the last call, for a person; empty = nothing.
  std::string take_trigger();

 private:
  void on_fault(const ht_fault& fault);

  Triggers triggers_;
  StreamAccount account_;
  std::uint32_t command_status_ = HT_NO_STATUS;
  std::uint64_t marks_ = 0;
  TaskTable tasks_;
  SchedTracker waits_;
  std::string pulled_;
};

}  // namespace hoodtrace
