// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's text form of a set of CPUs: "0-3,5".
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace hoodtrace {

// What cannot be read is left out.
std::set<std::uint32_t> parse_cpu_list(std::string_view text);
std::string format_cpu_list(const std::set<std::uint32_t>& cpus);

}  // namespace hoodtrace
