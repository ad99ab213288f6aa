// SPDX-License-Identifier: GPL-2.0-or-later
// How the stream reports missing records whose types are not known.
#pragma once

#include <cstdint>

#include "stream/record_buffer.hpp"

namespace hoodtrace {

struct Gap {
  std::uint64_t first_ns = 0;
  std::uint64_t last_ns = 0;
  std::uint64_t records = 0;  // 0 = how many is not known either
  std::uint32_t what = 0;     // HT_TROUBLE_*
};

// An ht_lost of unknown types for each CPU below `cpus`, and an ht_trouble with the count.
inline void add_gap(const Gap& gap, std::uint32_t cpus, RecordBuffer& records) {
  for (std::uint32_t cpu = 0; cpu < cpus; cpu++) {
    ht_lost lost{};
    lost.head = {gap.first_ns, 0, HT_LOST, static_cast<std::uint16_t>(cpu)};
    lost.last_ns = gap.last_ns;
    records.add(lost);
  }
  if (gap.records == 0) return;
  ht_trouble trouble{};
  trouble.head = {gap.last_ns, 0, HT_TROUBLE, HT_NO_CPU};
  trouble.count = gap.records;
  trouble.what = gap.what;
  records.add(trouble);
}

}  // namespace hoodtrace
