// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/text_table.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/cell_text.hpp"
#include "view/loss_text.hpp"
#include "view/table_layout.hpp"

namespace hoodtrace {
namespace {

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
  std::vector<std::vector<std::string>> cells;
  for (const auto& row : table.rows) {
    auto& texts = cells.emplace_back();
    for (std::size_t i = 0; i < row.size(); i++)
      texts.push_back(cell_text(row[i], table.columns[i].unit));
  }
  const TableLayout layout = lay_out(table.columns, cells, style_.width);
  std::vector<std::string> headings;
  for (const Column& column : table.columns) headings.push_back(column.heading);
  std::string out;
  if (!table.title.empty()) out += strong(table.title) + "\n";
  out += strong(laid_out_line(layout, table.columns, headings)) + "\n";
  for (const auto& row : cells) out += laid_out_line(layout, table.columns, row) + "\n";
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
  for (const Line& line : report.lines)
    out += (line.emphasis == Emphasis::kStrong  ? strong(line.text)
            : line.emphasis == Emphasis::kFaint ? faint(line.text)
                                                : line.text) +
           "\n";
  if (!report.lines.empty()) out += "\n";
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
  if (const std::string slept = slept_text(report.slept); !slept.empty())
    out += wrap_to_width(slept, style_.width) + "\n";
  if (const std::string remade = remade_text(report.target_remade_ns, report.session_ns);
      !remade.empty())
    out += alarm(wrap_to_width(remade, style_.width)) + "\n";
  if (const std::string off = culprits_off_text(report.culprits_off_ns, report.session_ns);
      !off.empty())
    out += alarm(wrap_to_width(off, style_.width)) + "\n";
  if (report.lacks_end && !report.end_is_said)
    out += alarm(wrap_to_width(kNoEndText, style_.width)) + "\n";
  return out;
}

}  // namespace hoodtrace
