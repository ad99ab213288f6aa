// SPDX-License-Identifier: GPL-2.0-or-later
// What a stream holds: who made it and how, which records, what is missing.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "event/event.hpp"
#include "model/stream_account.hpp"

namespace hoodtrace {

class RecordingContents {
 public:
  struct Kind {
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;  // as records, not as they lie in the file
  };

  // `account` is of the same stream, and outlives this.
  explicit RecordingContents(const StreamAccount& account) : account_(account) {}

  // Each record that is in the recording; a null event: it does not decode.
  void on_record(RecordView record, const Event* event);

  // The session's words, in their order; hostile. Empty when it has no session record.
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& words() const {
    return words_;
  }
  [[nodiscard]] std::uint64_t wall_ns() const { return wall_ns_; }  // CLOCK_REALTIME at its start
  [[nodiscard]] std::uint32_t cpus() const { return cpus_; }
  [[nodiscard]] std::uint64_t first_ns() const { return first_ns_; }
  [[nodiscard]] std::uint64_t last_ns() const { return last_ns_; }
  [[nodiscard]] bool has_end() const { return has_end_; }  // the run's end is in it
  // By type id; 0 = what does not decode.
  [[nodiscard]] const std::map<std::uint16_t, Kind>& kinds() const { return kinds_; }
  [[nodiscard]] std::uint64_t records() const { return records_; }
  [[nodiscard]] const StreamAccount& account() const { return account_; }

 private:
  std::vector<std::pair<std::string, std::string>> words_;
  std::uint64_t wall_ns_ = 0;
  std::uint32_t cpus_ = 0;
  std::uint64_t first_ns_ = 0;
  std::uint64_t last_ns_ = 0;
  bool has_end_ = false;
  std::map<std::uint16_t, Kind> kinds_;
  std::uint64_t records_ = 0;
  const StreamAccount& account_;
};

}  // namespace hoodtrace
