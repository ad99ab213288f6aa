// SPDX-License-Identifier: GPL-2.0-or-later
// What one task caused, beside what the kernel counted for it (task_struct.ioac), between readings of the
// kernel's counts. Tracing begins before the first reading and goes on after the last one.
#pragma once

#include <cstdint>
#include <optional>

#include "event/event.hpp"

namespace hoodtrace {

class TaskBooks {
 public:
  struct Bytes {
    std::uint64_t read = 0;
    std::uint64_t written = 0;  // pages that were dirtied, and direct writes
  };
  struct Audit {
    Bytes ours;
    Bytes kernel;
  };

  // A new task: the kernel's counts are 0.
  void begin_at_0(std::uint64_t now_ns);
  // A reading.
  void count(const ht_disk_books& books);
  // When the request was submitted: there the kernel counts it. Requests are known when they have ended.
  void read(std::uint64_t bytes, std::uint64_t submitted_ns);
  void write(std::uint64_t bytes, std::uint64_t submitted_ns);
  // The next interval begins at the last reading.
  void begin_interval();

  // Nothing when the kernel's counts are known of less than two moments.
  [[nodiscard]] std::optional<Audit> audit() const;

 private:
  struct Reading {
    Bytes bytes;
    std::uint64_t time_ns = 0;
  };
  // Where what was submitted then is counted; null = before the first reading.
  Bytes* place_of(std::uint64_t submitted_ns);

  std::optional<Reading> first_;
  std::optional<Reading> last_;
  Bytes ours_;   // from the first to the last reading
  Bytes after_;  // since
};

}  // namespace hoodtrace
