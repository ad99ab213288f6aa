// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/diff/view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/cell_json.hpp"
#include "view/diff/words.hpp"

namespace hoodtrace {
namespace {

std::string side_words(const DiffSide& side) {
  if (!side.samples.are_runs())
    return fmt::format("{} ({}, {} slices of {})", printable(side.files.front()),
                       format_duration(side.duration_ns), side.samples.pieces().size(),
                       format_duration(side.samples.slice_ns()));
  return fmt::format("{} recordings, {} and others ({})", side.files.size(),
                     printable(side.files.front()), format_duration(side.duration_ns));
}

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

// The same numbers under another name: all of them are one comm's, or one unit's.
bool says_the_same(const DiffChange& x, const DiffChange& y) {
  const auto is_near = [](double a, double b) {
    return std::fabs(a - b) <= 0.01 * std::max(std::fabs(a), std::fabs(b));
  };
  return x.key.metric == y.key.metric && x.percent == y.percent && is_near(*x.a, *y.a) &&
         is_near(*x.b, *y.b);
}

std::string gate_line(const DiffGate& gate, const GateResult& result, std::string_view per_word) {
  const std::string name = printable(gate.text);
  if (result.change == nullptr)
    return fmt::format("gate {}: no data: the recordings have no such number, or too few values",
                       name);
  const DiffChange& change = *result.change;
  const std::string numbers =
      fmt::format("{} -> {}, {}", value_words(change, *change.a, per_word),
                  value_words(change, *change.b, per_word), ratio_words(change));
  switch (result.outcome) {
    case GateOutcome::kBroken:
      return fmt::format("gate {}: BROKEN: {}", name, numbers);
    case GateOutcome::kNotShown:
      return fmt::format("gate {}: not broken as far as this data can show: {}", name, numbers);
    default:
      return fmt::format("gate {}: kept: {}", name, numbers);
  }
}

void add_advice(std::string& out, const DiffReport& report, std::size_t width) {
  const bool runs = report.a.samples.are_runs() || report.b.samples.are_runs();
  const DiffResult& result = report.result;
  if (result.is_too_short) {
    add_line(
        out,
        runs ? "too few recordings for an interval: give at least 3 on each side, better 10"
             : "too short for an interval: record at least 1 s, or several runs for --a and --b",
        width);
    return;
  }
  constexpr double kNoisy = 1.5;
  if (result.detectable && *result.detectable > kNoisy)
    add_line(out,
             fmt::format("noisy: half of the totals would have to change {:.1f}x to be shown; {}",
                         *result.detectable,
                         runs ? "give more recordings on each side"
                              : "record longer, or several runs for --a and --b"),
             width);
  else if (result.detectable)
    add_line(out,
             fmt::format("half of the totals would show a change of {:.2f}x", *result.detectable),
             width);
  if (!runs)
    add_line(out,
             "the intervals are of the variation within each recording; for that from run to run "
             "give several recordings: --a 'before*.htrec' --b 'after*.htrec'",
             width);
}

std::string lost_line(std::string_view name, const DiffSide& side) {
  std::uint64_t lost = 0;
  // Switches that the kernel shows to nobody are no loss: times on a CPU and waits are complete.
  for (const auto& [kind, count] : side.lost)
    if (kind != "unshown") lost += count;
  if (lost == 0) return {};
  return fmt::format("{} lacks {} records: its numbers are too small", name, format_grouped(lost));
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
  add_line(out, "A: " + side_words(report.a), width);
  add_line(out, "B: " + side_words(report.b), width);
  for (const std::string& remark : report.remarks) add_line(out, remark, width);
  for (const std::string& line : {lost_line("A", report.a), lost_line("B", report.b)})
    if (!line.empty()) add_line(out, line, width);
  std::vector<Row> rows = {{"CHANGE", "METRIC", "OF", "A", "B", "RATIO"}};
  std::size_t found = 0;
  std::size_t same = 0;
  std::vector<const DiffChange*> shown;
  for (const DiffChange& change : report.result.changes) {
    if (!change.significant) continue;
    found++;
    if (std::any_of(shown.begin(), shown.end(),
                    [&change](const DiffChange* known) { return says_the_same(*known, change); })) {
      same++;
      continue;
    }
    shown.push_back(&change);
    if (report.rows != 0 && rows.size() > report.rows) continue;
    rows.push_back({std::string(verdict_of(change)), metric_words(change), key_words(change),
                    value_words(change, *change.a, report.per_word),
                    value_words(change, *change.b, report.per_word), ratio_words(change)});
  }
  const std::string compared =
      fmt::format("{} comparisons, {:g} % confidence for all of them together",
                  format_grouped(report.result.comparisons), 100 * report.settings.confidence);
  out += "\n";
  if (found == 0) {
    add_line(out, fmt::format("no change that this data can show ({})", compared), width);
  } else {
    add_table(out, rows, width);
    if (shown.size() + 1 > rows.size())
      add_line(out,
               fmt::format("({} more changes; --top 0 shows all)", shown.size() + 1 - rows.size()),
               width);
    if (same > 0)
      add_line(out,
               fmt::format(
                   "({} say the same of another comm, unit or kind; --format json has them)", same),
               width);
    out += "\n";
    add_line(out, fmt::format("{} of {}", found, compared), width);
  }
  add_advice(out, report, width);
  for (const DiffGate& gate : report.gates)
    add_line(out, gate_line(gate, check_gate(gate, report.result.changes), report.per_word), width);
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
