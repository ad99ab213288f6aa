// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>

#include "base/text.hpp"
#include "base/units.hpp"
#include "lab/picture.hpp"

namespace hoodtrace {
namespace {

constexpr std::array<std::string_view, 4> kOutcomes = {"pass", "fail", "skipped", "listed"};

std::string_view word_of(LabOutcome outcome) {
  return kOutcomes[static_cast<std::size_t>(outcome)];
}

std::string value_words(const LabJson& value, LabUnit unit) {
  if (value.is_null()) return "-";
  if (value.is_string()) return printable(value.get<std::string>());
  if (value.is_object()) {
    const LabJson& most = value["most"];
    if (most.is_null()) return "at least " + value_words(value["least"], unit);
    return value_words(value["least"], unit) + " to " + value_words(most, unit);
  }
  if (!value.is_number()) return printable(value.dump());
  const auto number = value.get<double>();
  switch (unit) {
    case LabUnit::kNs:
      return number < 0 ? "0 ns" : format_duration(static_cast<std::uint64_t>(number));
    case LabUnit::kBytes:
      return format_bytes(static_cast<std::uint64_t>(number));
    case LabUnit::kPercent:
      return fmt::format("{:.1f} %", number);
    default:
      break;
  }
  if (number < 0 || std::floor(number) != number) return fmt::format("{:.2f}", number);
  return format_grouped(static_cast<std::uint64_t>(number));
}

std::string_view unit_word(LabUnit unit) {
  switch (unit) {
    case LabUnit::kCount:
      return "count";
    case LabUnit::kNs:
      return "ns";
    case LabUnit::kBytes:
      return "bytes";
    case LabUnit::kPercent:
      return "percent";
    case LabUnit::kText:
      return "text";
  }
  return "";
}

}  // namespace

std::string lab_list() {
  std::string out;
  std::string_view chapter;
  for (const Experiment* one : experiments()) {
    if (one->chapter != chapter)
      out += fmt::format("{}{}\n", chapter.empty() ? "" : "\n", one->chapter);
    chapter = one->chapter;
    out += fmt::format("  {:<19} {}\n", one->name, one->summary);
  }
  return out +
         "\nhoodtrace lab --explain NAME says what is predicted and why; sudo hoodtrace lab NAME "
         "runs "
         "one, --all runs all.\n";
}

std::string lab_explanation(const Experiment& experiment, std::size_t width) {
  const std::size_t columns = width == 0 ? 100 : std::min<std::size_t>(width, 100);
  std::string out = wrap_to_width(fmt::format("{} ({}): {}", experiment.name, experiment.chapter,
                                              experiment.summary),
                                  columns) +
                    "\n\n";
  std::istringstream lines{std::string(experiment.text)};
  for (std::string line; std::getline(lines, line);)
    // A drawing is indented; it stays as it is.
    out += (line.starts_with("  ") ? line : wrap_to_width(line, columns)) + "\n";
  if (const std::string drawing = picture_text(experiment.picture, columns); !drawing.empty())
    out += "\n" + drawing;
  return out;
}

std::string lab_text(const LabResult& result, std::size_t width) {
  const Experiment& experiment = *result.experiment;
  std::string out = fmt::format("{}: {}", experiment.name, word_of(result.outcome));
  out += result.reason.empty() ? fmt::format(": {}", experiment.summary) : ": " + result.reason;
  out = wrap_to_width(out, width) + "\n";
  if (result.verdict.checks.empty()) return out;
  std::vector<std::array<std::string, 5>> rows = {{"", "", "PREDICTED", "MEASURED", "KERNEL"}};
  for (const LabCheck& check : result.verdict.checks)
    rows.push_back({check.ok ? "ok" : "FAIL", check.what, value_words(check.predicted, check.unit),
                    value_words(check.measured, check.unit),
                    value_words(check.kernel, check.unit)});
  std::array<std::size_t, 5> widths{};
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); i++)
      widths[i] = std::max(widths[i], display_width(row[i]));
  for (const auto& row : rows) {
    std::string line = " ";
    for (std::size_t i = 0; i < row.size(); i++) {
      const std::string space(widths[i] - std::min(widths[i], display_width(row[i])), ' ');
      line += " " + (i < 2 ? row[i] + space : space + row[i]) + (i == 0 ? "" : " ");
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  for (const std::string& note : result.verdict.notes)
    out += wrap_to_width("  note: " + note, width) + "\n";
  return out;
}

std::string lab_summary(const std::vector<LabResult>& results) {
  std::array<std::size_t, kOutcomes.size()> counts{};
  for (const LabResult& result : results) counts[static_cast<std::size_t>(result.outcome)]++;
  return fmt::format("{} passed, {} failed, {} skipped\n", counts[0], counts[1], counts[2]);
}

LabJson lab_json(const std::vector<LabResult>& results) {
  LabJson list = LabJson::array();
  for (const LabResult& result : results) {
    LabJson checks = LabJson::array();
    for (const LabCheck& check : result.verdict.checks)
      checks.push_back({{"what", check.what},
                        {"unit", unit_word(check.unit)},
                        {"predicted", check.predicted},
                        {"measured", check.measured},
                        {"kernel", check.kernel},
                        {"ok", check.ok}});
    LabJson notes = LabJson::array();
    for (const std::string& note : result.verdict.notes) notes.push_back(valid_utf8(note));
    list.push_back(
        {{"name", result.experiment->name},
         {"chapter", result.experiment->chapter},
         {"summary", result.experiment->summary},
         {"outcome",
          result.outcome == LabOutcome::kListed ? LabJson() : LabJson(word_of(result.outcome))},
         {"reason", result.reason.empty() ? LabJson() : LabJson(valid_utf8(result.reason))},
         {"checks", checks},
         {"notes", notes}});
  }
  return {{"schema", "hoodtrace.lab/1"}, {"experiments", list}};
}

}  // namespace hoodtrace
