// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/diff/view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/cell_json.hpp"
#include "view/diff/shown.hpp"
#include "view/diff/words.hpp"

namespace hoodtrace {
namespace {

void add_line(std::string& out, const std::string& line, std::size_t width) {
  out += wrap_to_width(line, width) + "\n";
}

using Row = std::array<std::string, 6>;

// The keys take what is left of the width.
void add_table(std::string& out, const std::vector<Row>& rows, std::size_t width) {
  std::array<std::size_t, 6> widths{};
  for (const Row& row : rows)
    for (std::size_t i = 0; i < row.size(); i++)
      widths[i] = std::max(widths[i], display_width(row[i]));
  constexpr std::size_t kKeyColumn = 2;
  constexpr std::size_t kShortestKey = 12;
  std::size_t whole = 2 * (widths.size() - 1);
  for (const std::size_t one : widths) whole += one;
  if (width != 0 && whole > width)
    widths[kKeyColumn] -=
        std::min(whole - width, widths[kKeyColumn] - std::min(widths[kKeyColumn], kShortestKey));
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); i++) {
      std::string text = i == kKeyColumn ? cut_to_width(row[i], widths[i]) : row[i];
      const std::string space(widths[i] - std::min(widths[i], display_width(text)), ' ');
      const bool is_number = i == 3 || i == 4;
      if (i > 0) line += "  ";
      line += is_number ? space + text : text + space;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
}

Json side_json(const DiffSide& side) {
  Json files = Json::array();
  for (const std::string& file : side.files) files.push_back(valid_utf8(file));
  Json lost = Json::object();
  for (const auto& [kind, count] : side.lost) lost[kind] = count;
  const bool runs = side.samples.are_runs();
  Json json = {{"files", files}, {"duration_ns", side.duration_ns}, {"work", side.samples.work()}};
  json["runs"] = side.files.size();
  json["slices"] = runs ? Json() : Json(side.samples.pieces().size());
  json["slice_ns"] = runs ? Json() : Json(side.samples.slice_ns());
  json["lost"] = lost;
  return json;
}

Json number_json(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json change_json(const DiffChange& change) {
  const DiffMetricRow& row = row_of(change.key.metric);
  return {{"family", row.family},
          {"metric", change.metric()},
          {"by", name_of(change.key.by)},
          {"key", change.key.by == DiffBy::kAll ? Json() : Json(valid_utf8(change.key.key))},
          {"a", number_json(change.a)},
          {"b", number_json(change.b)},
          {"ratio", number_json(change.ratio)},
          {"low", number_json(change.low)},
          {"high", number_json(change.high)},
          {"significant", change.significant},
          {"verdict", change.significant ? Json(verdict_of(change)) : Json()}};
}

}  // namespace

std::string diff_text(const DiffReport& report, std::size_t width) {
  std::string out;
  for (const std::string& line : head_lines(report)) add_line(out, line, width);
  const ShownChanges shown = shown_changes(report);
  std::vector<Row> rows = {{"CHANGE", "METRIC", "OF", "A", "B", "RATIO"}};
  for (const DiffChange* change : shown.changes)
    rows.push_back({std::string(verdict_of(*change)), metric_words(*change), key_words(*change),
                    value_words(*change, *change->a, report.per_word),
                    value_words(*change, *change->b, report.per_word), ratio_words(*change)});
  out += "\n";
  if (shown.found > 0) add_table(out, rows, width);
  if (shown.left_out > 0)
    add_line(out, fmt::format("({} more changes; --top 0 shows all)", shown.left_out), width);
  if (shown.same > 0)
    add_line(out,
             fmt::format("({} say the same of another comm, unit or kind; --format json has them)",
                         shown.same),
             width);
  if (shown.found > 0) out += "\n";
  for (const std::string& line : foot_lines(report, shown)) add_line(out, line, width);
  return out;
}

Json diff_json(const DiffReport& report) {
  Json changes = Json::array();
  for (const DiffChange& change : report.result.changes) changes.push_back(change_json(change));
  Json gates = Json::array();
  for (const DiffGate& gate : report.gates) {
    const GateResult result = check_gate(gate, report.result.changes);
    gates.push_back(
        {{"gate", valid_utf8(gate.text)},
         {"outcome", name_of(result.outcome)},
         {"ratio", result.change == nullptr ? Json() : number_json(result.change->ratio)}});
  }
  return {{"schema", "hoodtrace.diff/1"},
          {"per", valid_utf8(report.per)},
          {"confidence", report.settings.confidence},
          {"comparisons", report.result.comparisons},
          {"detectable_ratio", number_json(report.result.detectable)},
          {"a", side_json(report.a)},
          {"b", side_json(report.b)},
          {"changes", changes},
          {"gates", gates}};
}

}  // namespace hoodtrace
