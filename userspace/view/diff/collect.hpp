// SPDX-License-Identifier: GPL-2.0-or-later
// Feeds the trackers of a recording's families, and takes what they counted, slice by slice.
#pragma once

#include <cstdint>
#include <memory>

#include "event/event.hpp"
#include "model/diff/samples.hpp"
#include "model/names/task_table.hpp"
#include "probe/family_table.hpp"

namespace hoodtrace {

class DiffCollector {
 public:
  // The TaskTable must outlive this.
  DiffCollector(TaskTable& tasks, Families families);
  ~DiffCollector();

  void on_event(const Event& event);
  void fold(TaskId task);
  // What was counted since the last call, and counts from zero.
  void take(std::uint64_t from_ns, std::uint64_t now_ns, DiffPiece& piece);

 private:
  struct Trackers;
  std::unique_ptr<Trackers> trackers_;
};

}  // namespace hoodtrace
