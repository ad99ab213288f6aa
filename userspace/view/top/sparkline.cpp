// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/sparkline.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace hoodtrace {

std::string sparkline(const std::vector<double>& values, std::size_t columns, bool is_utf8) {
  static constexpr std::array<const char*, 9> kBars = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  static constexpr std::array<const char*, 9> kAscii = {" ", ".", ".", ":", ":",
                                                        "-", "=", "+", "#"};
  const std::size_t first = values.size() > columns ? values.size() - columns : 0;
  double most = 0;
  for (std::size_t i = first; i < values.size(); i++) most = std::max(most, values[i]);
  std::string out;
  for (std::size_t i = first; i < values.size(); i++) {
    const auto height =
        most <= 0 || values[i] <= 0
            ? std::size_t{0}
            : std::max(std::size_t{1}, static_cast<std::size_t>(std::lround(8 * values[i] / most)));
    out += (is_utf8 ? kBars : kAscii)[std::min(height, std::size_t{8})];
  }
  return out;
}

std::string share_bar(double share, std::size_t columns, bool is_utf8) {
  static constexpr std::array<const char*, 8> kEighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<std::size_t>(
      std::lround(std::clamp(share, 0.0, 1.0) * static_cast<double>(columns) * 8));
  std::string out;
  for (std::size_t i = 0; i < eighths / 8; i++) out += is_utf8 ? "█" : "#";
  if (is_utf8) out += kEighths[eighths % 8];
  return out;
}

}  // namespace hoodtrace
