// SPDX-License-Identifier: GPL-2.0-or-later
// Where records come from: the running kernel, a file, or memory.
#pragma once

#include <span>

#include "base/result.hpp"
#include "event/event.hpp"

namespace hoodtrace {

class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;

  // Waits for and yields the next records, in order of time (records that arrive too late are
  // counted). They live until the next call. Empty = the stream has ended; its last record was a
  // final ht_tick unless it was cut off.
  virtual Result<std::span<const RecordView>> next() = 0;

  // What the last next() has yielded are switches, those of one CPU after those of another, and each CPU's in order of
  // time. All of them come before what follows. Only where it was asked for (TraceRequest::by_cpu).
  [[nodiscard]] virtual bool is_by_cpu() const { return false; }
};

}  // namespace hoodtrace
