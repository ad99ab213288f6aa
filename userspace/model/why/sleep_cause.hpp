// SPDX-License-Identifier: GPL-2.0-or-later
// The cause of a sleep, from how it began, where in the kernel it is and who ended it.
//
// Rules for "waiting for work" (kIdle) and "blocked" are in docs/how-it-counts.md.
#pragma once

#include <cstdint>
#include <optional>

#include "event/event.hpp"
#include "model/names/task_table.hpp"
#include "model/times/task_time.hpp"
#include "model/why/call_kinds.hpp"
#include "model/why/cause.hpp"
#include "model/why/objects.hpp"
#include "model/why/places.hpp"

namespace hoodtrace {

struct WhySleep {
  const ht_sleep* began = nullptr;    // null: its beginning was not recorded
  const ht_waking* waking = nullptr;  // null: it goes on, or the record is missing
  std::uint64_t ready_object = 0;     // ht_ready
  TaskTime time = TaskTime::kSleeping;
  std::uint32_t pid = 0;          // the sleeper's process
  std::uint32_t stopper_tid = 0;  // ht_stop of its process
};

class SleepCauses {
 public:
  SleepCauses(TaskTable& tasks, const WhyObjects& objects, const WhyPlaces& places)
      : tasks_(tasks), objects_(objects), places_(places) {}

  void set_native(CallTable table) { native_ = table; }

  // Of the call that it is in.
  [[nodiscard]] CallKind kind_of(const ht_sleep& sleep) const;

  // A cause whose part is kIdle may be kBlocked when the waker was at work: may_be_blocked().
  [[nodiscard]] WhyCause cause_of(const WhySleep& sleep) const;

  // The sleep has one source, so a waker that was at work meanwhile worked on what it waits for.
  [[nodiscard]] bool may_be_blocked(const WhyCause& cause) const;

 private:
  void set_place(const ht_sleep& sleep, WhyCause& cause) const;
  void set_lock(const ht_sleep& sleep, WhyCause& cause) const;
  void set_call(const ht_sleep& sleep, std::uint32_t pid, WhyCause& cause) const;
  void set_futex(const ht_sleep& sleep, std::uint32_t pid, WhyCause& cause) const;
  void set_waker(const WhySleep& sleep, WhyCause& cause) const;
  void set_by(std::uint32_t tid, WhyRelation relation, WhyCause& cause) const;
  [[nodiscard]] bool is_thread_of(std::uint32_t tid, std::uint32_t pid) const;

  TaskTable& tasks_;
  const WhyObjects& objects_;
  const WhyPlaces& places_;
  CallTable native_ = CallTable::kX86_64;
};

}  // namespace hoodtrace
