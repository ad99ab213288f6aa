// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/timeline_html.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/html.hpp"
#include "base/text.hpp"

namespace hoodtrace {
namespace {

constexpr double kChart = 1400;  // width of the time axis
constexpr double kNames = 260;   // left of it
constexpr double kUnitRow = 16;  // heights
constexpr double kProcessRow = 9;
constexpr double kGap = 4;
constexpr double kHead = 74;
constexpr double kLeast = 1;  // nothing is narrower

constexpr const char* kStyle = R"(
body { font: 13px system-ui, sans-serif; margin: 16px; color: #222; background: #fff }
h1 { font-size: 17px } p { margin: 3px 0 }
.page { overflow-x: auto } svg { font: 11px system-ui, sans-serif }
.lane { fill: #f6f6f4 } .name { fill: #222; text-anchor: end }
.starting { fill: #e0a030 } .up { fill: #b9d8b4 } .process { fill: #4a7fb5 } .failed { fill: #c8403c }
.grid { stroke: #ddd } .tick { fill: #666; text-anchor: middle }
.target { stroke: #888; stroke-dasharray: 2 3 } .phase { stroke: #7a3fa0; stroke-width: 1.5 }
.label { fill: #555 } .phases { fill: #7a3fa0; font-weight: bold }
rect:hover { stroke: #000; stroke-width: 0.7 }
)";

std::string_view class_of(BarKind kind) {
  switch (kind) {
    case BarKind::kStarting:
      return "starting";
    case BarKind::kUp:
      return "up";
    case BarKind::kFailed:
      return "failed";
    case BarKind::kProcess:
      break;
  }
  return "process";
}

// 1, 2 or 5 times a power of ten seconds, for some ten lines.
double grid_step(double span) {
  constexpr double kMost = 14;
  for (double power = 1e-6;; power *= 10)
    for (const double factor : {1.0, 2.0, 5.0})
      if (span <= kMost * power * factor) return power * factor;
}

class Page {
 public:
  explicit Page(const Timeline& timeline) : timeline_(timeline) {}

  std::string draw() {
    double y = kHead;
    for (const TimelineLane& lane : timeline_.lanes) y = draw_lane(lane, y);
    const double height = y + kGap;
    return head() +
           fmt::format("<div class=page><svg width=\"{:.0f}\" height=\"{:.0f}\">\n",
                       kNames + kChart, height) +
           grid(height) + lanes_ + marks(height) + "</svg></div>\n" + foot();
  }

 private:
  [[nodiscard]] double x(std::uint64_t ns) const {
    const auto span = static_cast<double>(
        std::max<std::uint64_t>(1, timeline_.to_ns - std::min(timeline_.to_ns, timeline_.from_ns)));
    const auto at =
        static_cast<double>(std::clamp(ns, timeline_.from_ns, timeline_.to_ns) - timeline_.from_ns);
    return kNames + kChart * at / span;
  }

  void bar(const TimelineBar& bar, double y, double height) {
    const double left = x(bar.from_ns);
    std::string details = html_escaped(bar.label);
    std::string_view rest = bar.details;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      details += "\n" + html_escaped(rest.substr(0, end));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    lanes_ += fmt::format(
        "<rect class=\"{}\" x=\"{:.2f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\">"
        "<title>{}\nfrom {:.3f} s to {:.3f} s</title></rect>\n",
        class_of(bar.kind), left, y, std::max(kLeast, x(bar.to_ns) - left), height, details,
        static_cast<double>(bar.from_ns) / 1e9, static_cast<double>(bar.to_ns) / 1e9);
  }

  double draw_lane(const TimelineLane& lane, double y) {
    const double height = kUnitRow + kProcessRow * static_cast<double>(lane.processes.size());
    lanes_ += fmt::format(
        "<rect class=lane x=\"{}\" y=\"{:.1f}\" width=\"{}\" height=\"{:.1f}\"/>"
        "<text class=name x=\"{}\" y=\"{:.1f}\">{}</text>\n",
        kNames, y, kChart, height, kNames - 8, y + 12, html_escaped(cut_to_width(lane.name, 38)));
    for (const TimelineBar& each : lane.unit) bar(each, y + 3, kUnitRow - 6);
    double row_y = y + kUnitRow;
    for (const auto& row : lane.processes) {
      for (const TimelineBar& each : row) bar(each, row_y, kProcessRow - 2);
      row_y += kProcessRow;
    }
    return y + height + kGap;
  }

  [[nodiscard]] std::string grid(double height) const {
    const double span = static_cast<double>(timeline_.to_ns - timeline_.from_ns) / 1e9;
    const double step = grid_step(span);
    std::string text;
    for (double at = 0; at <= span; at += step) {
      const double left = kNames + kChart * at / std::max(span, 1e-9);
      text += fmt::format(
          "<line class=grid x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"14\" y2=\"{1:.0f}\"/>"
          "<text class=tick x=\"{0:.1f}\" y=\"11\">{2:g} s</text>\n",
          left, height, at);
    }
    return text;
  }

  // Their words on a few lines in turn, so that neighbours can be read.
  [[nodiscard]] std::string marks(double height) const {
    constexpr int kLines = 4;
    std::string text;
    double free_from[kLines] = {};
    for (const TimelineMark& mark : timeline_.marks) {
      const double left = x(mark.time_ns);
      text += fmt::format(
          "<line class={1} x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{2}\" y2=\"{3:.0f}\">"
          "<title>{4} at {5:.3f} s</title></line>\n",
          left, mark.is_phase ? "phase" : "target", kHead - 50, height, html_escaped(mark.label),
          static_cast<double>(mark.time_ns) / 1e9);
      for (int line = 0; line < kLines; line++) {
        if (free_from[line] > left) continue;
        const std::string label = cut_to_width(mark.label, 28);
        free_from[line] = left + 8 + 6.2 * static_cast<double>(display_width(label));
        text += fmt::format("<text class={} x=\"{:.1f}\" y=\"{}\">{}</text>\n",
                            mark.is_phase ? "phases" : "label", left + 3, 28 + 12 * line,
                            html_escaped(label));
        break;
      }
    }
    return text;
  }

  [[nodiscard]] std::string head() const {
    return fmt::format(
        "<!doctype html>\n<html lang=en><meta charset=utf-8><title>hoodtrace boot</title>\n"
        "<style>{}</style>\n<h1>hoodtrace boot: {}</h1>\n"
        "<p>A lane per unit: <span style=\"color:#e0a030\">coming up</span>, "
        "<span style=\"color:#7fae78\">up</span>, <span style=\"color:#4a7fb5\">its "
        "processes</span>, "
        "<span style=\"color:#c8403c\">failed</span>. Point at a bar for details.</p>\n",
        kStyle, html_escaped(timeline_.title));
  }

  [[nodiscard]] std::string foot() const {
    std::string text;
    for (const std::string& remark : timeline_.remarks)
      text += fmt::format("<p>{}</p>\n", html_escaped(remark));
    return text + "</html>\n";
  }

  const Timeline& timeline_;
  std::string lanes_;
};

}  // namespace

std::string timeline_html(const Timeline& timeline) { return Page(timeline).draw(); }

}  // namespace hoodtrace
