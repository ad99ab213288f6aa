// SPDX-License-Identifier: GPL-2.0-or-later
// Which CPUs share a cache or a NUMA node, from sysfs, as a list of lists: "0-3;4-7".
#pragma once

#include <cstdint>
#include <set>
#include <string>

namespace hoodtrace {

// By their last-level cache; empty when the kernel does not say it of one of them.
std::string shared_caches(const std::set<std::uint32_t>& online_cpus);
// Empty when the kernel has no nodes.
std::string numa_nodes();

}  // namespace hoodtrace
