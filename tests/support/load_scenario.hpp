// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's load averages in written streams.
#pragma once

#include "support/stream_builder.hpp"

namespace hoodtrace {

inline StreamBuilder& loads(StreamBuilder& scenario, std::uint32_t centi_1,
                            std::uint32_t centi_5 = 0, std::uint32_t centi_15 = 0) {
  return scenario.add(
      ht_load{{scenario.now_ns(), 0, HT_LOAD, HT_NO_CPU}, centi_1, centi_5, centi_15, 0});
}

}  // namespace hoodtrace
