// SPDX-License-Identifier: GPL-2.0-or-later
// The records that hoodtrace makes itself, in the order in which they were made, until they are
// released.
#pragma once

#include <cstdint>
#include <deque>
#include <utility>

#include "event/event.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

class MadeRecords {
 public:
  // Valid until the records before the next position are consumed.
  const RecordBuffer& add(RecordBuffer records) {
    const std::uint64_t first = next_position();
    return buffers_.emplace_back(Made{first, std::move(records)}).records;
  }

  // As of RingReader; positions count records.
  RecordView read(std::uint64_t& position) const {
    for (const Made& made : buffers_)
      if (position < made.first + made.records.size())
        return made.records.at(position++ - made.first);
    return {};
  }
  void consume_to(std::uint64_t position) {
    while (!buffers_.empty() &&
           buffers_.front().first + buffers_.front().records.size() <= position) {
      consumed_ = position;
      buffers_.pop_front();
    }
  }
  // The position of what is added next.
  [[nodiscard]] std::uint64_t next_position() const {
    return buffers_.empty() ? consumed_ : buffers_.back().first + buffers_.back().records.size();
  }

 private:
  struct Made {
    std::uint64_t first;  // the position of the first one
    RecordBuffer records;
  };

  std::deque<Made> buffers_;
  std::uint64_t consumed_ = 0;
};

}  // namespace hoodtrace
