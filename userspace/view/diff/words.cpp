// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/diff/words.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/text.hpp"
#include "base/units.hpp"

namespace hoodtrace {
namespace {

// Three digits: "0.12", "1.23", "12.3", "123".
std::string number_words(double value) {
  if (value >= 1000) return format_grouped(static_cast<std::uint64_t>(std::llround(value)));
  if (value == 0) return "0";
  if (value >= 100) return fmt::format("{:.0f}", value);
  if (value >= 10) return fmt::format("{:.1f}", value);
  return fmt::format("{:.2f}", value);
}

}  // namespace

std::string_view verdict_of(const DiffChange& change) {
  if (change.a.value_or(0) == 0) return "new";
  if (change.b.value_or(0) == 0) return "gone";
  const bool has_more = *change.b > *change.a;
  switch (row_of(change.key.metric).more) {
    case MoreIs::kNeutral:
      return has_more ? "more" : "less";
    case MoreIs::kWorse:
      return has_more ? "worse" : "better";
    case MoreIs::kBetter:
      return has_more ? "better" : "worse";
  }
  return "";
}

std::string metric_words(const DiffChange& change) {
  const DiffMetricRow& row = row_of(change.key.metric);
  if (row.form == DiffForm::kSum) return std::string(row.words);
  return fmt::format("p{} of {}", change.percent, row.words);
}

std::string key_words(const DiffChange& change) {
  if (change.key.by == DiffBy::kAll) return "all";
  return fmt::format("{} {}", name_of(change.key.by), printable(change.key.key));
}

std::string value_words(const DiffChange& change, double value, std::string_view per_word) {
  const DiffMetricRow& row = row_of(change.key.metric);
  const auto whole = static_cast<std::uint64_t>(std::llround(std::max(value, 0.0)));
  std::string text;
  switch (row.unit) {
    case DiffUnit::kCount:
      text = number_words(value);
      break;
    case DiffUnit::kNs:
      text = format_duration(whole);
      break;
    case DiffUnit::kBytes:
      text = format_bytes(whole);
      break;
  }
  return row.form == DiffForm::kSum ? fmt::format("{}/{}", text, per_word) : text;
}

std::string ratio_words(const DiffChange& change) {
  if (!change.ratio) return "-";
  std::string ratio = number_words(*change.ratio) + "x";
  if (!change.has_interval || !change.low) return ratio;
  if (!change.high) return fmt::format("{} (at least {})", ratio, number_words(*change.low));
  return fmt::format("{} ({}-{})", ratio, number_words(*change.low), number_words(*change.high));
}

}  // namespace hoodtrace
