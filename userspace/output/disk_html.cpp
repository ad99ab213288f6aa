// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/disk_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/html.hpp"
#include "base/units.hpp"

namespace hoodtrace {
namespace {

constexpr std::string_view kStyle = R"(
body { font: 14px/1.45 system-ui, sans-serif; margin: 24px; color: #222; background: #fff }
h1 { font-size: 20px } h2 { font-size: 15px; margin: 28px 0 2px } p { margin: 3px 0 } .faint { color: #666 }
svg { max-width: 100% } text { font-size: 11px; fill: #666 } .y { text-anchor: end } .end { text-anchor: end }
.axis { fill: none; stroke: #999 } .grid { stroke: #eee } .heat rect { fill: #b3302c }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #1b1b1b } .grid { stroke: #333 } .heat rect { fill: #ff8a65 } }
)";

constexpr double kLeft = 84;
constexpr double kTop = 8;
constexpr double kCell = 4;  // wide
constexpr double kRise = 9;  // high
constexpr double kBottom = 34;

// The rows that have something; the last one is included.
struct Range {
  std::size_t first = DiskHeat::kRows;
  std::size_t last = 0;
  std::uint32_t most = 0;
};

Range range_of(const DiskHeat& heat) {
  Range range;
  for (const DiskHeat::Column& column : heat.columns())
    for (std::size_t row = 0; row < DiskHeat::kRows; row++) {
      if (column[row] == 0) continue;
      range.first = std::min(range.first, row);
      range.last = std::max(range.last, row);
      range.most = std::max(range.most, column[row]);
    }
  return range;
}

std::string cell(const DiskHeat& heat, std::size_t column, std::size_t row, double x, double y,
                 std::uint32_t most) {
  const std::uint32_t count = heat.columns()[column][row];
  // By the logarithm: one request among thousands is seen.
  const double shade = 0.15 + 0.85 * std::log1p(count) / std::log1p(most);
  return fmt::format(
      "<rect x=\"{:.0f}\" y=\"{:.0f}\" width=\"{:.0f}\" height=\"{:.0f}\" opacity=\"{:.2f}\">"
      "<title>{} requests of {} to {}, from {} on</title></rect>\n",
      x, y, kCell, kRise, shade, count, format_duration(DiskHeat::least_ns(row)),
      format_duration(DiskHeat::least_ns(row + 1)), format_duration(column * heat.width_ns()));
}

std::string picture(const DiskHeat& heat, std::string_view title) {
  const Range range = range_of(heat);
  if (range.most == 0) return {};
  const auto columns = static_cast<double>(heat.columns().size());
  const auto rows = static_cast<double>(range.last - range.first + 1);
  const double width = kLeft + std::max(columns * kCell, 240.0) + 12;
  const double floor = kTop + rows * kRise;
  std::string out = fmt::format(
      "<svg viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" role=img><title>{2}</title>\n", width,
      floor + kBottom, html_escaped(title));
  for (std::size_t row = range.first; row <= range.last; row++) {
    const double y = floor - static_cast<double>(row - range.first) * kRise;
    if (row % 4 != 0) continue;
    out += fmt::format(
        "<path class=grid d=\"M{:.0f} {:.0f}H{:.0f}\" /><text class=y x=\"{:.0f}\" "
        "y=\"{:.0f}\">{}</text>\n",
        kLeft, y, width - 12, kLeft - 6, y + 4, format_duration(DiskHeat::least_ns(row)));
  }
  out += "<g class=heat>\n";
  for (std::size_t column = 0; column < heat.columns().size(); column++)
    for (std::size_t row = range.first; row <= range.last; row++)
      if (heat.columns()[column][row] != 0)
        out += cell(heat, column, row, kLeft + static_cast<double>(column) * kCell,
                    floor - static_cast<double>(row - range.first + 1) * kRise, range.most);
  return out + fmt::format(
                   "</g><path class=axis d=\"M{0:.0f} {1:.0f}V{2:.0f}H{3:.0f}\" />"
                   "<text x=\"{0:.0f}\" y=\"{4:.0f}\">0</text><text class=end x=\"{3:.0f}\" "
                   "y=\"{4:.0f}\">{5}</text></svg>\n",
                   kLeft, kTop, floor, kLeft + columns * kCell, floor + 16,
                   format_duration(heat.columns().size() * heat.width_ns()));
}

}  // namespace

std::string disk_html(const DiskTracker& tracker, const std::map<std::uint32_t, DiskHeat>& heats,
                      const std::string& what) {
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=en><meta charset=utf-8>"
      "<meta name=viewport content=\"width=device-width\"><title>hoodtrace disk</title>\n"
      "<style>{}</style>\n<h1>hoodtrace disk</h1>\n<p>{}</p>\n"
      "<p class=faint>Each request from its begin to its end, in the column of the time at which "
      "it "
      "ended; the darker, the more requests (logarithmic).</p>\n",
      kStyle, html_escaped(what));
  for (const auto& [dev, heat] : heats) {
    const std::string name = tracker.device_text(dev);
    const auto device = tracker.devices().find(dev);
    out += fmt::format("<section><h2>{}</h2>\n", html_escaped(name));
    if (device != tracker.devices().end()) {
      const DiskDevice& all = device->second;
      out += fmt::format(
          "<p>{} reads ({}), {} writes ({}), {} flushes; at the device: median {}, 99 % below {}, "
          "longest {}</p>\n",
          format_grouped(all.counts.reads), format_bytes(all.counts.read_bytes),
          format_grouped(all.counts.writes), format_bytes(all.counts.write_bytes),
          format_grouped(all.counts.flushes), format_duration(all.times.service.quantile(kP50)),
          format_duration(all.times.service.quantile(kP99)),
          format_duration(all.times.service_max_ns));
    }
    out += picture(heat, "latency over time: " + name) + "</section>\n";
  }
  if (heats.empty()) out += "<p>The target caused no block request in this time.</p>\n";
  return out + "</html>\n";
}

}  // namespace hoodtrace
