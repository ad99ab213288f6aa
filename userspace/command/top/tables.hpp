// SPDX-License-Identifier: GPL-2.0-or-later
// The trackers behind the screens of `top`, and the tables that they make at the end of each interval.
#pragma once

#include <cstdint>
#include <memory>

#include "event/event.hpp"
#include "model/names/task_table.hpp"
#include "probe/family_table.hpp"
#include "view/top/browser.hpp"
#include "view/top/snapshot.hpp"

namespace hoodtrace {

class TopTables {
 public:
  // Of the families that are traced. The TaskTable must outlive this.
  TopTables(TaskTable& tasks, Families families);
  ~TopTables();

  void on_event(const Event& event);
  void fold(TaskId task);

  // What the next interval is counted for, as far as it cannot be chosen at its end.
  void expect(const Browser::Wish& wish);
  // Fills in the tables and totals of a snapshot whose times are known, and whether the audit is equal.
  void fill(const Browser::Wish& wish, Snapshot& snapshot);
  void begin_interval(std::uint64_t now_ns);

 private:
  struct Trackers;
  std::unique_ptr<Trackers> trackers_;
};

}  // namespace hoodtrace
