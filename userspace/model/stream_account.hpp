// SPDX-License-Identifier: GPL-2.0-or-later
// Counts the stream itself: what was seen, what is missing and why. Every view and export shows it.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "event/event.hpp"
#include "model/unreported_switches.hpp"

namespace hoodtrace {

class StreamAccount {
 public:
  // Call for every record of the stream that decodes, and for every one that does not.
  void on_record(const ht_header& head) {
    last_ns_ = head.time_ns;
    if (head.type < HT_KIND_LIMIT && head.type != HT_LOST) seen_++;
  }
  void on_undecodable() { undecodable_++; }

  void on(const ht_lost& lost);
  void on(const ht_trouble& trouble);
  void on(const ht_switch& record);
  void on(const ht_task_seen& seen) { unreported_.on(seen); }
  void on(const ht_task_new& born) { unreported_.on(born); }

  // Since the last begin_interval().
  [[nodiscard]] std::uint64_t seen() const { return seen_; }
  [[nodiscard]] std::uint64_t undecodable() const { return undecodable_; }
  // By kind: a record's name ("switch": its ring was full), a trouble's key ("missed", "late"), or
  // "unshown": switches for which the kernel called no tracepoint.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& lost() const { return lost_; }
  [[nodiscard]] std::uint64_t lost_total() const;
  // The time of the last record that decodes.
  [[nodiscard]] std::uint64_t last_ns() const { return last_ns_; }

  void begin_interval() {
    seen_ = undecodable_ = 0;
    lost_.clear();
  }

 private:
  std::uint64_t seen_ = 0;
  std::uint64_t undecodable_ = 0;
  std::uint64_t last_ns_ = 0;
  std::map<std::string, std::uint64_t> lost_;
  UnreportedSwitches unreported_;
};

}  // namespace hoodtrace
