// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cpu_list.hpp"

#include <charconv>

namespace hoodtrace {
namespace {

constexpr std::uint32_t kLimit = 65536;  // beyond any kernel's: hostile text makes no endless set

}  // namespace

std::set<std::uint32_t> parse_cpu_list(std::string_view text) {
  std::set<std::uint32_t> cpus;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(part.size() == text.size() ? part.size() : part.size() + 1);
    std::uint32_t first = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), first);
    if (error != std::errc{}) continue;
    std::uint32_t last = first;
    if (end != part.data() + part.size() && *end == '-')
      std::from_chars(end + 1, part.data() + part.size(), last);
    for (std::uint32_t cpu = first; cpu <= last && cpu < kLimit; cpu++) cpus.insert(cpu);
  }
  return cpus;
}

}  // namespace hoodtrace
