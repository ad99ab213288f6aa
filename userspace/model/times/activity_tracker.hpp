// SPDX-License-Identifier: GPL-2.0-or-later
// What each thread did when: on a CPU, waiting for one, asleep on a disk, or asleep; from the
// switches. Keeps every span, so it is for recordings of minutes.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "event/event.hpp"

namespace hoodtrace {

enum class Activity : std::uint8_t { kRunning, kWaiting, kDisk, kSleeping };

struct ActivitySpan {
  std::uint64_t from_ns = 0;
  std::uint64_t to_ns = 0;
  std::uint32_t tid = 0;
  Activity activity = Activity::kSleeping;
};

class ActivityTracker {
 public:
  void on(const ht_task_seen& seen);
  void on(const ht_task_new& born);
  void on(const ht_switch& record);
  void on(const ht_lost& lost);

  // Ends what goes on at that time; once, after the last record.
  void settle(std::uint64_t now_ns);

  // Of a process, all its threads, each thread's in order of time.
  [[nodiscard]] const std::vector<ActivitySpan>& spans_of(std::uint32_t pid) const;
  // Switches were in the stream.
  [[nodiscard]] bool has_spans() const { return has_spans_; }

 private:
  struct State {
    std::uint32_t pid = 0;
    std::uint64_t since_ns = 0;
    Activity activity = Activity::kSleeping;
  };

  void add(std::uint32_t tid, const State& state, std::uint64_t to_ns, Activity activity);

  std::unordered_map<std::uint32_t, State> states_;  // by tid
  std::unordered_map<std::uint32_t, std::vector<ActivitySpan>> spans_;
  bool has_spans_ = false;
};

}  // namespace hoodtrace
