// SPDX-License-Identifier: GPL-2.0-or-later
// Memory zones and their watermarks as /proc/zoneinfo has them, and as the kernel computes them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hoodtrace::lab {

// All in pages.
struct Zone {
  std::string name;  // "Normal"; of the second node on "Normal of node 1"
  std::uint64_t free = 0;
  std::uint64_t boost = 0;  // added to the watermarks for a while after fragmentation
  std::uint64_t min = 0;    // these three are without the boost
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::uint64_t managed = 0;  // what the page allocator has
};

// The text of /proc/zoneinfo. Zones without pages are left out.
std::vector<Zone> parse_zones(const std::string& zoneinfo);

struct Watermarks {
  std::uint64_t min = 0;
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  bool operator==(const Watermarks&) const = default;
};

// __setup_per_zone_wmarks(), mm/page_alloc.c. `min_free_pages`: vm.min_free_kbytes in pages;
// `scale`: vm.watermark_scale_factor; `all_managed`: the sum of the zones, ZONE_MOVABLE excepted
// (which has another rule since 6.6).
Watermarks watermarks_of(std::uint64_t managed, std::uint64_t all_managed,
                         std::uint64_t min_free_pages, std::uint64_t scale);

}  // namespace hoodtrace::lab
