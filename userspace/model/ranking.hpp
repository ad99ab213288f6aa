// Nanoseconds by culprit, bounded: when too many are known the smallest are folded into "others",
// so the sum never changes.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "model/who_table.hpp"

namespace hoodtrace {

class Ranking {
 public:
  void add(WhoId who, std::uint64_t ns);
  void merge(const Ranking& other);

  [[nodiscard]] std::uint64_t total_ns() const;

  // Longest first.
  [[nodiscard]] std::vector<std::pair<WhoId, std::uint64_t>> sorted() const;

 private:
  static constexpr std::size_t kLimit = 256;
  struct Entry {
    WhoId who;
    bool used;
    std::uint64_t ns;
  };

  // In no order.
  [[nodiscard]] std::vector<std::pair<WhoId, std::uint64_t>> used() const;
  Entry& slot(WhoId who);
  void grow();
  void fold();

  std::vector<Entry> table_;  // open addressing; a power of two, at most three quarters full
  std::size_t used_ = 0;
};

}  // namespace hoodtrace
