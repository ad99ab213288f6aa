// SPDX-License-Identifier: GPL-2.0-or-later
// A recording in intervals of one length, whichever it had when it was made.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "stream/record_buffer.hpp"
#include "stream/source.hpp"

namespace hoodtrace {

class TickingSource : public Source {
 public:
  TickingSource(std::unique_ptr<Source> source, std::uint64_t interval_ns)
      : source_(std::move(source)), interval_ns_(interval_ns) {}

  // The records without their ht_tick of HT_TICK_INTERVAL, and with one before the first record that
  // is not of the interval any more.
  Result<std::span<const RecordView>> next() override;

 private:
  std::unique_ptr<Source> source_;
  std::uint64_t interval_ns_;
  std::uint64_t next_ns_ = 0;  // 0: no record was seen
  RecordBuffer ticks_;
  std::vector<RecordView> views_;
};

}  // namespace hoodtrace
