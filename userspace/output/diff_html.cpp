// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/diff_html.hpp"

#include <fmt/format.h>

#include "base/html.hpp"
#include "output/diff_pictures.hpp"
#include "view/diff/figures.hpp"
#include "view/diff/shown.hpp"
#include "view/diff/words.hpp"

namespace hoodtrace {
namespace {

constexpr std::string_view kStyle = R"(
body { font: 14px/1.45 system-ui, sans-serif; margin: 24px; color: #222; background: #fff }
h1 { font-size: 20px } h2 { font-size: 15px; margin: 28px 0 2px } p { margin: 3px 0 } .side { overflow-wrap: anywhere }
table { border-collapse: collapse; margin: 14px 0 } th, td { padding: 3px 12px 3px 0; text-align: left; border-bottom: 1px solid #eee; overflow-wrap: anywhere }
th { color: #666; font-weight: 600 } .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.worse { color: #b3302c; font-weight: 600 } .better { color: #2c7a3a; font-weight: 600 } .faint { color: #666 }
.key-a { color: #2a6fb0; font-weight: 600 } .key-b { color: #c0601c; font-weight: 600 } a { color: inherit }
.pictures { display: flex; flex-wrap: wrap; gap: 8px 24px } summary { cursor: pointer; margin: 24px 0 }
)";

std::string value_of(const DiffChange& change, const std::optional<double>& value,
                     std::string_view per_word) {
  return html_escaped(value_words(change, value.value_or(0), per_word));
}

// The figure that a change is in.
std::size_t figure_of(const std::vector<DiffFigure>& figures, const DiffChange& change) {
  for (std::size_t i = 0; i < figures.size(); i++)
    if (figures[i].changes.front()->key == change.key) return i;
  return figures.size();
}

std::string table_of(const DiffReport& report, const ShownChanges& shown,
                     const std::vector<DiffFigure>& figures) {
  std::string out =
      "<table><thead><tr><th>change</th><th>metric</th><th>of</th><th class=number>A</th>"
      "<th class=number>B</th><th>ratio</th></tr></thead><tbody>\n";
  for (const DiffChange* change : shown.changes)
    out += fmt::format(
        "<tr><td class={0}>{0}</td><td><a href=\"#figure-{1}\">{2}</a></td><td>{3}</td>"
        "<td class=number>{4}</td><td class=number>{5}</td><td>{6}</td></tr>\n",
        verdict_of(*change), figure_of(figures, *change), html_escaped(metric_words(*change)),
        html_escaped(key_words(*change)), value_of(*change, change->a, report.per_word),
        value_of(*change, change->b, report.per_word), html_escaped(ratio_words(*change)));
  out += "</tbody></table>\n";
  if (shown.left_out > 0)
    out += fmt::format("<p class=faint>{} more changes; --top 0 shows all</p>\n", shown.left_out);
  if (shown.same > 0)
    out += fmt::format(
        "<p class=faint>{} say the same of another comm, unit or kind; --format json has "
        "them</p>\n",
        shown.same);
  return out;
}

std::string section_of(const DiffReport& report, const DiffFigure& figure, const std::string& id) {
  const DiffChange& first = *figure.changes.front();
  std::string out =
      fmt::format("<section id=\"{}\"><h2>{}, {}</h2>\n", id,
                  html_escaped(row_of(first.key.metric).words), html_escaped(key_words(first)));
  for (const DiffChange* change : figure.changes)
    out += fmt::format(
        "<p>{}: <span class=key-a>{}</span> to <span class=key-b>{}</span>, {}{}</p>\n",
        html_escaped(metric_words(*change)), value_of(*change, change->a, report.per_word),
        value_of(*change, change->b, report.per_word), html_escaped(ratio_words(*change)),
        change->significant ? fmt::format(": <span class={0}>{0}</span>", verdict_of(*change))
                            : std::string());
  return out + "<div class=pictures>" + timeline_picture(figure, report.per_word) +
         histogram_picture(figure) + "</div></section>\n";
}

std::string sections_of(const DiffReport& report, const std::vector<DiffFigure>& figures,
                        std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < figures.size(); i++)
    out += section_of(report, figures[i], fmt::format("{}-{}", name, i));
  return out;
}

}  // namespace

std::string diff_html(const DiffReport& report) {
  const ShownChanges shown = shown_changes(report);
  const std::vector<DiffFigure> figures = diff_figures(report, shown.changes);
  const std::vector<DiffFigure> others = diff_figures(report, unchanged_totals(report));
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=en><meta charset=utf-8>"
      "<meta name=viewport content=\"width=device-width\"><title>hoodtrace diff</title>\n"
      "<style>{}{}</style>\n<h1>hoodtrace diff: <span class=key-a>A</span> and "
      "<span class=key-b>B</span></h1>\n",
      kStyle, diff_picture_style());
  for (const std::string& line : head_lines(report))
    out += fmt::format("<p class=side>{}</p>\n", html_escaped(line));
  if (!shown.changes.empty()) out += table_of(report, shown, figures);
  for (const std::string& line : foot_lines(report, shown))
    out += fmt::format("<p>{}</p>\n", html_escaped(line));
  out += sections_of(report, figures, "figure");
  if (!others.empty())
    out += fmt::format(
        "<details{}><summary>{} totals in which no change is shown</summary>\n{}</details>\n",
        figures.empty() ? " open" : "", others.size(), sections_of(report, others, "total"));
  return out + "</html>\n";
}

}  // namespace hoodtrace
