// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/loss_text.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kGap = 2;

std::string cell_text(const Cell& cell, Unit unit) {
  struct ToText {
    Unit unit;
    std::string operator()(std::monostate) const { return "-"; }
    std::string operator()(std::uint64_t value) const {
      if (unit == Unit::kNs) return value == 0 ? "0" : format_duration(value);
      if (unit == Unit::kBytes) return value == 0 ? "0" : format_bytes(value);
      return fmt::format("{}", value);
    }
    std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
    std::string operator()(double value) const {
      return unit == Unit::kShare ? fmt::format("{:.1f} %", 100 * value)
                                  : fmt::format("{:.2f}", value);
    }
    std::string operator()(const std::string& text) const { return printable(text); }
  };
  return std::visit(ToText{unit}, cell);
}

std::size_t line_width(const std::vector<std::size_t>& widths,
                       const std::vector<std::size_t>& shown) {
  std::size_t width = 0;
  for (const std::size_t column : shown) width += widths[column] + kGap;
  return width < kGap ? 0 : width - kGap;
}

// The verdict of an audit line follows its last colon; a remark may follow "equal".
bool is_alarm(std::string_view remark) {
  constexpr std::string_view kAudit = "audit: ";
  if (!remark.starts_with(kAudit)) return false;
  remark.remove_prefix(kAudit.size());
  const std::size_t colon = remark.rfind(": ");
  return colon != std::string_view::npos && !remark.substr(colon + 2).starts_with("equal");
}

}  // namespace

std::string TextRenderer::strong(const std::string& text) const {
  return style_.color ? "\033[1m" + text + "\033[0m" : text;
}

// Red: what a reader must not miss.
std::string TextRenderer::alarm(const std::string& text) const {
  return style_.color ? "\033[31m" + text + "\033[0m" : text;
}

std::string TextRenderer::faint(const std::string& text) const {
  return style_.color ? "\033[2m" + text + "\033[0m" : text;
}

std::string TextRenderer::table(const Table& table) const {
  constexpr std::size_t kLeastText = 14;
  std::vector<std::vector<std::string>> cells;
  std::vector<std::size_t> widths;
  for (const Column& column : table.columns) widths.push_back(display_width(column.heading));
  for (const auto& row : table.rows) {
    auto& texts = cells.emplace_back();
    for (std::size_t i = 0; i < row.size(); i++) {
      texts.push_back(cell_text(row[i], table.columns[i].unit));
      widths[i] = std::max(widths[i], display_width(texts.back()));
    }
  }
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < table.columns.size(); i++)
    if (table.columns[i].rank > 0) shown.push_back(i);

  // Too wide for the terminal: the last text column shrinks, then columns of high rank go.
  while (style_.width != 0 && shown.size() > 1 && line_width(widths, shown) > style_.width) {
    const std::size_t last = shown.back();
    const std::size_t excess = line_width(widths, shown) - style_.width;
    if (table.columns[last].unit == Unit::kText && widths[last] >= kLeastText + excess) {
      widths[last] -= excess;
      break;
    }
    const auto least =
        std::max_element(shown.begin(), shown.end(), [&](std::size_t a, std::size_t b) {
          return table.columns[a].rank < table.columns[b].rank;
        });
    if (table.columns[*least].rank <= 1) break;
    shown.erase(least);
  }
  // Still too wide: cut long names.
  while (style_.width != 0 && line_width(widths, shown) > style_.width) {
    const auto text_width = [&](std::size_t i) {
      return table.columns[i].unit == Unit::kText ? widths[i] : 0;
    };
    const std::size_t widest = *std::max_element(
        shown.begin(), shown.end(),
        [&](std::size_t a, std::size_t b) { return text_width(a) < text_width(b); });
    if (text_width(widest) <= kLeastText) break;
    widths[widest]--;
  }

  const auto line = [&](const auto& text_of) {
    std::string out;
    for (const std::size_t i : shown) {
      std::string text = text_of(i);
      if (display_width(text) > widths[i]) text = cut_to_width(text, widths[i]);
      const std::string pad(widths[i] - std::min(widths[i], display_width(text)), ' ');
      if (!out.empty()) out += std::string(kGap, ' ');
      const bool is_text = table.columns[i].unit == Unit::kText;
      out += is_text ? text + (i == shown.back() ? "" : pad) : pad + text;
    }
    return out;
  };
  std::string out;
  if (!table.title.empty()) out += strong(table.title) + "\n";
  out += strong(line([&](std::size_t i) { return table.columns[i].heading; })) + "\n";
  for (const auto& row : cells) out += line([&](std::size_t i) { return row[i]; }) + "\n";
  if (table.hidden_rows > 0)
    out += faint(fmt::format("(and {} more; --top 0 shows all)", table.hidden_rows)) + "\n";
  return out;
}

std::string TextRenderer::render(const Report& report) {
  std::string out =
      faint(wrap_to_width(fmt::format("hoodtrace {}: {} for {}{}", report.command,
                                      printable(report.target), format_duration(report.duration_ns),
                                      report.how.empty() ? "" : "; " + printable(report.how)),
                          style_.width)) +
      "\n\n";
  for (const Table& table : report.tables)
    if (!table.rows.empty()) out += this->table(table) + "\n";
  for (const std::string& drawing : report.drawings)
    out += wrap_to_width(drawing, style_.width) + "\n";
  if (!report.drawings.empty()) out += "\n";
  for (const std::string& remark : report.remarks)
    out += (is_alarm(remark) ? alarm(wrap_to_width(remark, style_.width))
                             : wrap_to_width(remark, style_.width)) +
           "\n";
  for (const CpuGap& gap : report.offline) {
    out += fmt::format(
        "CPU {} was offline from {} on", gap.cpu,
        format_duration(gap.from_ns > report.started_ns ? gap.from_ns - report.started_ns : 0));
    out += gap.until_ns == 0 ? std::string(" to the end")
                             : fmt::format(", for {}", format_duration(gap.until_ns - gap.from_ns));
    out += ": nothing ran there\n";
  }
  const std::string lost = lost_text(report.lost, report.undecodable);
  const bool is_whole = lost_total(report.lost) == 0 && report.undecodable == 0;
  out += fmt::format("events: {} seen", format_grouped(report.seen)) +
         (is_whole ? ", " + lost : alarm(", " + lost)) + "\n";
  if (const std::string unshown = unshown_text(report.lost); !unshown.empty())
    out += unshown + "\n";
  if (const std::string remade = remade_text(report.target_remade_ns, report.session_ns);
      !remade.empty())
    out += alarm(wrap_to_width(remade, style_.width)) + "\n";
  return out;
}

}  // namespace hoodtrace
