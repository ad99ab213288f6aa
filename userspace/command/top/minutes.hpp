// SPDX-License-Identifier: GPL-2.0-or-later
// The last minutes of the stream in memory, and written as a recording when the user asks for it.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.hpp"
#include "command/top/mailbox.hpp"
#include "stream/flight_recorder.hpp"

namespace hoodtrace {

class Minutes {
 public:
  // At most this much memory, compressed; then the oldest go.
  static constexpr std::uint64_t kMostBytes = std::uint64_t{128} << 20;

  // The mailbox must outlive this.
  Minutes(std::uint64_t keep_ns, Mailbox& mailbox);

  // Of each batch of records. A path that was asked for is written at the HT_TICK_MARK.
  Result<void> on_records(std::span<const RecordView> records);
  // The stream has ended: waits for a file that is being written.
  void finish() { report(true); }

 private:
  void write();
  void report(bool wait);

  FlightRecorder recorder_;
  Mailbox& mailbox_;
};

}  // namespace hoodtrace
