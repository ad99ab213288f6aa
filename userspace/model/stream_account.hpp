// SPDX-License-Identifier: GPL-2.0-or-later
// Counts the stream itself: what was seen, what was lost and why. Every view shows it.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "event/event.hpp"

namespace hoodtrace {

class StreamAccount {
 public:
  // Call for every record of the stream that decodes, and for every one that does not.
  void on_record(const ht_header& head) {
    if (head.type < HT_KIND_LIMIT && head.type != HT_LOST) seen_++;
  }
  void on_undecodable() { undecodable_++; }

  void on(const ht_lost& lost);
  void on(const ht_trouble& trouble);

  // Since the last begin_interval().
  [[nodiscard]] std::uint64_t seen() const { return seen_; }
  [[nodiscard]] std::uint64_t undecodable() const { return undecodable_; }
  // By kind: a record's name ("switch": its ring was full) or a trouble's key ("missed", "late").
  [[nodiscard]] const std::map<std::string, std::uint64_t>& lost() const { return lost_; }
  [[nodiscard]] std::uint64_t lost_total() const;

  void begin_interval() { *this = {}; }

 private:
  std::uint64_t seen_ = 0;
  std::uint64_t undecodable_ = 0;
  std::map<std::string, std::uint64_t> lost_;
};

}  // namespace hoodtrace
