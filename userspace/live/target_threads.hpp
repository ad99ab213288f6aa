// SPDX-License-Identifier: GPL-2.0-or-later
// Which threads of --tid are left. Before 6.9 (PIDFD_THREAD) no file descriptor shows the end of a
// thread, so the stream is read for it.
#pragma once

#include <cstdint>
#include <map>
#include <span>

#include "event/event.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

class TargetThreads {
 public:
  TargetThreads() = default;
  // By their tids in the initial pid namespace. `scan` has the tasks that existed once the ends of
  // tasks were recorded.
  TargetThreads(std::span<const std::uint32_t> tids, const RecordBuffer& scan);

  void look_at(const RecordView& record);

  [[nodiscard]] bool are_asked_for() const { return are_asked_for_; }
  [[nodiscard]] bool have_ended() const { return left_.empty(); }

 private:
  std::map<std::uint32_t, std::uint64_t> left_;  // start times; 0 = not known
  bool are_asked_for_ = false;
};

}  // namespace hoodtrace
