// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cpu_list.hpp"

#include <charconv>
#include <iterator>

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

std::string format_cpu_list(const std::set<std::uint32_t>& cpus) {
  std::string text;
  for (auto first = cpus.begin(); first != cpus.end();) {
    auto last = first;
    auto next = std::next(first);
    while (next != cpus.end() && *next == *last + 1) last = next++;
    if (!text.empty()) text += ',';
    text += std::to_string(*first);
    if (last != first) text += '-' + std::to_string(*last);
    first = next;
  }
  return text;
}

}  // namespace hoodtrace
