// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/html.hpp"

namespace hoodtrace {
namespace {

struct Extent {
  double from = 0;
  double to = 0;
  std::size_t name = 0;  // length of the longest lane's name
  std::vector<std::string_view> lanes;
};

Extent extent_of(const LabPicture& picture) {
  Extent extent;
  extent.from = picture.bars.front().from;
  extent.to = picture.bars.front().to;
  for (const LabBar& bar : picture.bars) {
    extent.from = std::min(extent.from, bar.from);
    extent.to = std::max(extent.to, bar.to);
    extent.name = std::max(extent.name, bar.lane.size());
    if (extent.lanes.empty() || extent.lanes.back() != bar.lane) extent.lanes.push_back(bar.lane);
  }
  return extent;
}

std::string number_word(double value) {
  return value == std::floor(value) ? fmt::format("{}", static_cast<long>(value))
                                    : fmt::format("{:.1f}", value);
}

// The word in the middle of the bar, where it fits with a mark on either side.
void write_into(std::string& line, std::size_t from, std::size_t to, std::string_view word) {
  if (word.empty() || word.size() + 4 > to - from) return;
  const std::size_t at = from + (to - from - word.size()) / 2;
  line[at - 1] = ' ';
  line.replace(at, word.size(), word);
  line[at + word.size()] = ' ';
}

}  // namespace

std::string picture_text(const LabPicture& picture, std::size_t columns) {
  if (picture.bars.empty()) return {};
  const Extent extent = extent_of(picture);
  constexpr std::size_t kLeast = 24;
  const std::size_t left = extent.name + 4;
  const std::size_t chart = std::max(kLeast, std::max(columns, left) - left);
  const auto column = [&](double value) {
    return static_cast<std::size_t>(std::lround(static_cast<double>(chart) * (value - extent.from) /
                                                (extent.to - extent.from)));
  };
  std::string out;
  for (const std::string_view lane : extent.lanes) {
    std::string line(chart, ' ');
    for (const LabBar& bar : picture.bars) {
      if (bar.lane != lane) continue;
      const std::size_t from = std::min(column(bar.from), chart - 1);
      const std::size_t to = std::max(from + 1, std::min(column(bar.to), chart));
      std::fill(line.begin() + static_cast<std::ptrdiff_t>(from),
                line.begin() + static_cast<std::ptrdiff_t>(to), bar.kind);
      write_into(line, from, to, bar.label);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += fmt::format("  {:<{}}  {}\n", lane, extent.name, line);
  }
  const std::string last = number_word(extent.to);
  const std::string first = number_word(extent.from);
  out += fmt::format("  {:<{}}  {}{:>{}}\n", "", extent.name, first, last, chart - first.size());
  return out + fmt::format("  {:<{}}  {}\n", "", extent.name, picture.axis);
}

std::string picture_svg(const LabPicture& picture) {
  if (picture.bars.empty()) return {};
  const Extent extent = extent_of(picture);
  constexpr double kChart = 760;
  constexpr double kRow = 26;
  constexpr double kLetter = 6.3;  // width, of 11 px
  const double left = 16 + kLetter * static_cast<double>(extent.name);
  const double height = kRow * static_cast<double>(extent.lanes.size()) + 34;
  const auto x = [&](double value) {
    return left + kChart * (value - extent.from) / (extent.to - extent.from);
  };
  std::string out = fmt::format(
      "<svg viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" role=img>\n<title>{2}</title>\n",
      left + kChart + 12, height, html_escaped(picture.axis));
  double y = 2;
  for (const std::string_view lane : extent.lanes) {
    out += fmt::format("<text class=lane x=\"{:.0f}\" y=\"{:.0f}\">{}</text>\n", left - 8, y + 16,
                       html_escaped(lane));
    for (const LabBar& bar : picture.bars) {
      if (bar.lane != lane) continue;
      const double width = std::max(2.0, x(bar.to) - x(bar.from));
      out += fmt::format(
          "<rect class={} x=\"{:.1f}\" y=\"{:.0f}\" width=\"{:.1f}\" height=\"{:.0f}\"/>",
          picture_class(bar.kind), x(bar.from), y + 2, width, kRow - 6);
      if (!bar.label.empty() && kLetter * static_cast<double>(bar.label.size()) < width)
        out += fmt::format("<text x=\"{:.1f}\" y=\"{:.0f}\">{}</text>", x(bar.from) + width / 2,
                           y + 16, html_escaped(bar.label));
      out += "\n";
    }
    y += kRow;
  }
  return out + fmt::format(
                   "<text class=from x=\"{0:.0f}\" y=\"{3:.0f}\">{1}</text>"
                   "<text class=to x=\"{2:.0f}\" y=\"{3:.0f}\">{4}</text>\n"
                   "<text class=from x=\"{0:.0f}\" y=\"{5:.0f}\">{6}</text></svg>\n",
                   left, number_word(extent.from), left + kChart, y + 12, number_word(extent.to),
                   y + 27, html_escaped(picture.axis));
}

std::string_view picture_class(char kind) {
  switch (kind) {
    case '#':
      return "busy";
    case '=':
      return "other";
    case '.':
      return "waits";
    case '|':
      return "moment";
    default:
      return "sleeps";
  }
}

std::string_view picture_style() {
  return R"(svg { font: 11px system-ui, sans-serif; max-width: 100%; height: auto }
svg text { text-anchor: middle; fill: #222 } svg .lane, svg .to { text-anchor: end } svg .from { text-anchor: start }
.busy { fill: #8fb8de } .other { fill: #b9d8b4 } .waits { fill: #f0cf90 } .sleeps { fill: #e6e6e2 } .moment { fill: #c8403c }
)";
}

}  // namespace hoodtrace
