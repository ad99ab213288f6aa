// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/diff_pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/html.hpp"
#include "base/units.hpp"
#include "view/diff/words.hpp"

namespace hoodtrace {
namespace {

constexpr double kWidth = 560;
constexpr double kHeight = 190;
constexpr double kLeft = 84;  // of the axes
constexpr double kRight = 12;
constexpr double kTop = 8;
constexpr double kBottom = 34;
constexpr double kChart = kWidth - kLeft - kRight;
constexpr double kRise = kHeight - kTop - kBottom;

std::string begin_picture(std::string_view title) {
  return fmt::format(
      "<svg viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" role=img><title>{2}</title>\n"
      "<path class=axis d=\"M{3:.0f} {4:.0f}V{5:.0f}H{6:.0f}\" />\n",
      kWidth, kHeight, html_escaped(title), kLeft, kTop, kHeight - kBottom, kWidth - kRight);
}

double y_of(double value, double most) {
  return kHeight - kBottom - (most > 0 ? kRise * value / most : 0);
}

std::string y_tick(double value, double most, const std::string& word) {
  return fmt::format("<text class=y x=\"{:.0f}\" y=\"{:.1f}\">{}</text>\n", kLeft - 6,
                     y_of(value, most) + 4, html_escaped(word));
}

std::string x_tick(double x, const std::string& word, std::string_view anchor) {
  return fmt::format("<text class={} x=\"{:.1f}\" y=\"{:.0f}\">{}</text>\n", anchor, x,
                     kHeight - kBottom + 15, html_escaped(word));
}

std::string caption(std::string_view words) {
  return fmt::format("<text class=from x=\"{:.0f}\" y=\"{:.0f}\">{}</text></svg>\n", kLeft,
                     kHeight - 4, html_escaped(words));
}

struct PictureFrame {
  double from = 0;
  double to = 1;
  double most = 0;

  [[nodiscard]] double x(double at) const {
    return kLeft + (to > from ? kChart * (at - from) / (to - from) : kChart / 2);
  }
};

std::string line_of(const std::vector<DiffPoint>& points, const PictureFrame& frame, char side) {
  std::string path;
  std::string dots;
  for (const DiffPoint& point : points) {
    const double x = frame.x(point.at);
    const double y = y_of(point.value, frame.most);
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", x, y);
    dots += fmt::format("<circle class={} cx=\"{:.1f}\" cy=\"{:.1f}\" r=2 />", side, x, y);
  }
  return path.empty() ? path
                      : fmt::format("<path class=\"line {}\" d=\"{}\" />{}\n", side, path, dots);
}

// Steps from bin to bin, down to the axis at either end.
std::string area_of(const DiffFigure& figure, double DiffBin::*share, double most, char side) {
  const double width = kChart / static_cast<double>(figure.bins.size());
  std::string path = fmt::format("M{:.1f} {:.1f}", kLeft, y_of(0, most));
  double x = kLeft;
  for (const DiffBin& bin : figure.bins) {
    path += fmt::format("V{:.1f}H{:.1f}", y_of(bin.*share, most), x + width);
    x += width;
  }
  return fmt::format("<path class=\"area {}\" d=\"{}V{:.1f}Z\" />\n", side, path, y_of(0, most));
}

// Where a value is among the bins, which are logarithmic.
double x_in_bins(const DiffFigure& figure, double value) {
  const double low =
      std::log2(static_cast<double>(std::max<std::uint64_t>(1, figure.bins.front().low)));
  const double high =
      std::log2(static_cast<double>(std::max<std::uint64_t>(2, figure.bins.back().high)));
  const double at = std::log2(std::max(1.0, value));
  return kLeft + kChart * std::clamp((at - low) / std::max(1e-9, high - low), 0.0, 1.0);
}

std::string mark(const DiffFigure& figure, const std::optional<double>& value, char side) {
  if (!value || *value <= 0) return {};
  return fmt::format("<path class=\"mark {}\" d=\"M{:.1f} {:.0f}V{:.0f}\" />\n", side,
                     x_in_bins(figure, *value), kTop, kHeight - kBottom);
}

}  // namespace

std::string timeline_picture(const DiffFigure& figure, std::string_view per_word) {
  const DiffChange& change = *figure.changes.front();
  PictureFrame frame;
  frame.from = figure.are_runs ? 1 : 0;
  frame.to = frame.from;
  for (const auto* points : {&figure.a, &figure.b})
    for (const DiffPoint& point : *points) {
      frame.to = std::max(frame.to, point.at);
      frame.most = std::max(frame.most, point.value);
    }
  std::string out =
      begin_picture(fmt::format("{}, {}, over time", metric_words(change), key_words(change)));
  out += y_tick(0, frame.most, "0");
  if (frame.most > 0)
    out += y_tick(frame.most, frame.most, value_words(change, frame.most, per_word));
  const auto word = [&](double at) {
    return figure.are_runs ? fmt::format("run {:.0f}", at)
                           : format_duration(static_cast<std::uint64_t>(at));
  };
  out += x_tick(kLeft, figure.are_runs ? word(1) : "0", "from");
  if (frame.to > frame.from) out += x_tick(kWidth - kRight, word(frame.to), "to");
  out += line_of(figure.a, frame, 'a') + line_of(figure.b, frame, 'b');
  return out +
         caption(figure.are_runs ? "each run" : "each slice, since the start of its recording");
}

std::string histogram_picture(const DiffFigure& figure) {
  if (figure.bins.empty()) return {};
  const DiffChange& change = *figure.changes.front();
  double most = 0;
  for (const DiffBin& bin : figure.bins) most = std::max({most, bin.a, bin.b});
  std::string out = begin_picture(
      fmt::format("{}, {}: histogram", row_of(change.key.metric).words, key_words(change)));
  out += y_tick(0, most, "0 %") + y_tick(most, most, fmt::format("{:.1f} %", 100 * most));
  out += x_tick(kLeft, format_duration(figure.bins.front().low), "from");
  out += x_tick(kWidth - kRight, format_duration(figure.bins.back().high), "to");
  out += area_of(figure, &DiffBin::a, most, 'a') + area_of(figure, &DiffBin::b, most, 'b');
  for (const DiffChange* each : figure.changes)
    out += mark(figure, each->a, 'a') + mark(figure, each->b, 'b');
  return out + caption("share of the times by their length (logarithmic); dashed: the percentiles");
}

std::string_view diff_picture_style() {
  return R"(svg { font: 11px system-ui, sans-serif; max-width: 100%; height: auto } svg text { fill: #444 }
svg .y, svg .to { text-anchor: end } svg .from { text-anchor: start }
.axis { fill: none; stroke: #999 } .line { fill: none; stroke-width: 1.5 }
.line.a { stroke: #2a6fb0 } .line.b { stroke: #d9722a } circle.a { fill: #2a6fb0 } circle.b { fill: #d9722a }
.area.a { fill: #2a6fb0; fill-opacity: 0.45 } .area.b { fill: #d9722a; fill-opacity: 0.45 }
.mark { fill: none; stroke-dasharray: 4 3; stroke-width: 1.2 } .mark.a { stroke: #1c4f80 } .mark.b { stroke: #a04f14 }
)";
}

}  // namespace hoodtrace
