// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/diff/shown.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "base/units.hpp"
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

void add_advice(std::vector<std::string>& lines, const DiffReport& report) {
  const bool runs = report.a.samples.are_runs() || report.b.samples.are_runs();
  const DiffResult& result = report.result;
  if (result.is_too_short) {
    lines.push_back(
        runs ? "too few recordings for an interval: give at least 3 on each side, better 10"
             : "too short for an interval: record at least 1 s, or several runs for --a and --b");
    return;
  }
  constexpr double kNoisy = 1.5;
  if (result.detectable && *result.detectable > kNoisy)
    lines.push_back(
        fmt::format("noisy: half of the totals would have to change {:.1f}x to be shown; {}",
                    *result.detectable,
                    runs ? "give more recordings on each side"
                         : "record longer, or several runs for --a and --b"));
  else if (result.detectable)
    lines.push_back(
        fmt::format("half of the totals would show a change of {:.2f}x", *result.detectable));
  if (!runs)
    lines.push_back(
        "the intervals are of the variation within each recording; for that from run to run "
        "give several recordings: --a 'before*.htrec' --b 'after*.htrec'");
}

std::string lost_line(std::string_view name, const DiffSide& side) {
  std::uint64_t lost = 0;
  // Switches that the kernel shows to nobody are no loss: times on a CPU and waits are complete.
  for (const auto& [kind, count] : side.lost)
    if (kind != "unshown") lost += count;
  if (lost == 0) return {};
  return fmt::format("{} lacks {} records: its numbers are too small", name, format_grouped(lost));
}

}  // namespace

ShownChanges shown_changes(const DiffReport& report) {
  ShownChanges shown;
  std::vector<const DiffChange*> distinct;
  for (const DiffChange& change : report.result.changes) {
    if (!change.significant) continue;
    shown.found++;
    if (std::any_of(distinct.begin(), distinct.end(),
                    [&change](const DiffChange* known) { return says_the_same(*known, change); })) {
      shown.same++;
      continue;
    }
    distinct.push_back(&change);
  }
  shown.changes = distinct;
  if (report.rows != 0 && distinct.size() > report.rows) {
    shown.changes.resize(report.rows);
    shown.left_out = distinct.size() - report.rows;
  }
  return shown;
}

std::vector<std::string> head_lines(const DiffReport& report) {
  std::vector<std::string> lines = {"A: " + side_words(report.a), "B: " + side_words(report.b)};
  lines.insert(lines.end(), report.remarks.begin(), report.remarks.end());
  for (const std::string& line : {lost_line("A", report.a), lost_line("B", report.b)})
    if (!line.empty()) lines.push_back(line);
  return lines;
}

std::vector<std::string> foot_lines(const DiffReport& report, const ShownChanges& shown) {
  const std::string compared =
      fmt::format("{} comparisons, {:g} % confidence for all of them together",
                  format_grouped(report.result.comparisons), 100 * report.settings.confidence);
  std::vector<std::string> lines = {
      shown.found == 0 ? fmt::format("no change that this data can show ({})", compared)
                       : fmt::format("{} of {}", shown.found, compared)};
  add_advice(lines, report);
  for (const DiffGate& gate : report.gates)
    lines.push_back(gate_line(gate, check_gate(gate, report.result.changes), report.per_word));
  return lines;
}

}  // namespace hoodtrace
