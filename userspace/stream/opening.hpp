// SPDX-License-Identifier: GPL-2.0-or-later
// The first records of a recording that begins in the middle of a stream: the session, and the
// names of what exists. Follows the stream from its start.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>

#include "event/event.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

class Opening {
 public:
  using NameKey = std::pair<std::uint16_t, std::array<std::uint64_t, 2>>;

  void follow(const RecordView& record);

  // One of the tasks that are not traced, seen again after an HT_TICK_COUNTERS: nobody records their
  // ends, so those that are not seen again are forgotten at the next one.
  [[nodiscard]] bool is_seen_again(const RecordView& record) const;

  // The records, as of `now_ns`, without the traced tasks: their counters, which follow in the
  // stream, name them.
  void fill(std::uint64_t now_ns, RecordBuffer& records) const;

 private:
  // Up to this many names (of files, mapped objects); above, those of the lowest ids are removed.
  static constexpr std::size_t kMaxNames = 1 << 18;

  void follow_task(const ht_task& task);
  void follow_tick(const ht_tick& tick);

  RecordBuffer session_;
  std::uint64_t tick_ns_ = 0;                              // the last HT_TICK_COUNTERS
  bool seen_again_ = false;                                // since then
  std::unordered_map<std::uint32_t, ht_task_seen> tasks_;  // by tid
  std::map<NameKey, RecordBuffer> names_;
};

}  // namespace hoodtrace
