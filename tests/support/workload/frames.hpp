// SPDX-License-Identifier: GPL-2.0-or-later
// Which physical pages a process has, as /proc/self/pagemap shows them (needs CAP_SYS_ADMIN).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "support/workload/pages.hpp"

namespace workload {

// Of each page of the region: its frame number; 0 where it is not present.
using Frames = std::vector<std::uint64_t>;
Frames frames_of(const Region& region, std::size_t pages, std::size_t stride = kPageBytes);

// How many differ.
std::size_t changes(const Frames& before, const Frames& after);

// How many pages are in swap.
std::size_t swapped(const Region& region, std::size_t pages);

// Bytes of a field of /proc/self/smaps ("AnonHugePages:"), over the mappings in the region.
std::size_t smaps_bytes(const Region& region, const char* field);

}  // namespace workload
