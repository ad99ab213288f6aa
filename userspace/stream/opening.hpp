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

  // The records, as of `now_ns`, without the traced tasks: their counters, which follow in the
  // stream, name them.
  void fill(std::uint64_t now_ns, RecordBuffer& records) const;

 private:
  // Up to this many names (of files, mapped objects); above, those of the lowest ids are removed.
  static constexpr std::size_t kMaxNames = 1 << 18;

  void follow_task(const ht_task& task);

  RecordBuffer session_;
  std::unordered_map<std::uint32_t, ht_task_seen> tasks_;  // by tid
  std::map<NameKey, RecordBuffer> names_;
};

}  // namespace hoodtrace
