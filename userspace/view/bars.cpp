// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/bars.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.hpp"

namespace hoodtrace {

std::vector<std::string> duration_bars(const std::string& title,
                                       const std::vector<std::uint64_t>& counts) {
  constexpr std::uint64_t kWidth = 40;
  std::vector<std::string> lines{title};
  const auto first = std::find_if(counts.begin(), counts.end(), [](auto n) { return n > 0; });
  if (first == counts.end()) {
    lines.emplace_back("  (no values)");
    return lines;
  }
  const std::uint64_t most = *std::max_element(counts.begin(), counts.end());
  for (auto i = static_cast<std::size_t>(first - counts.begin()); i < counts.size(); i++) {
    const std::string from = format_duration(i == 0 ? 0 : 1ULL << i);
    const std::string to = format_duration(i < 63 ? 2ULL << i : ~0ULL);
    // Scaled down first where the product would overflow.
    const std::uint64_t scale = most / kWidth + 1;
    std::uint64_t length = most < ~0ULL / kWidth ? counts[i] * kWidth / most
                                                 : counts[i] / scale * kWidth / (most / scale);
    if (counts[i] > 0) length = std::max<std::uint64_t>(length, 1);
    lines.push_back(fmt::format("  {:>8} .. {:>8} {:>10} |{:<40}|", from, to, counts[i],
                                std::string(length, '#')));
  }
  return lines;
}

}  // namespace hoodtrace
