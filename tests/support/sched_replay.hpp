// SPDX-License-Identifier: GPL-2.0-or-later
// Feeds a stream to the task table and the sched tracker, as the pipeline does.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "model/sched/slept_waits.hpp"
#include "model/sched/tracker.hpp"
#include "model/stream_account.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {

class SchedReplay {
 public:
  explicit SchedReplay(SchedTracker::Options options = {}) : tracker(tasks, options) {}
  explicit SchedReplay(const StreamBuilder& scenario, SchedTracker::Options options = {})
      : tracker(tasks, options) {
    play(scenario);
  }

  // Feeds the records since the last call. Returns itself.
  SchedReplay& play(const StreamBuilder& scenario) {
    for (; played_ < scenario.records().size(); played_++) {
      const std::optional<Event> event = decode(scenario.records().at(played_));
      if (!event) std::abort();  // the builder makes valid records only
      feed(account, *event);
      feed(tasks, *event);
      if (const std::optional<Event> seen = waits.corrected(*event)) feed(tracker, *seen);
    }
    return *this;
  }

  [[nodiscard]] const SchedStats& of(std::uint32_t tid) const {
    return tracker.stats(tasks.find(tid));
  }
  // Culprits by "comm/pid", as a view would name them.
  [[nodiscard]] std::map<std::string, std::uint64_t> behind(std::uint32_t tid) const {
    std::map<std::string, std::uint64_t> list;
    for (const auto& [who, ns] : of(tid).behind.sorted()) list[tasks.names()[who].comm] += ns;
    return list;
  }

  // Switches that the stream does not show.
  [[nodiscard]] std::uint64_t unshown() const {
    const auto found = account.lost().find(std::string(kUnshownKind));
    return found == account.lost().end() ? 0 : found->second;
  }

  StreamAccount account;
  TaskTable tasks;
  SleptWaits waits{tasks, account};
  SchedTracker tracker;

 private:
  std::size_t played_ = 0;
};

}  // namespace hoodtrace
