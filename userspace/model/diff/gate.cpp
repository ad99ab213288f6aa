// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/diff/gate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/nearest_word.hpp"
#include "base/text.hpp"

namespace hoodtrace {
namespace {

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kDiffMetrics.size(); i++) {
    DiffChange change;
    change.key.metric = static_cast<DiffMetric>(i);
    if (kDiffMetrics[i].form == DiffForm::kSum) {
      names.push_back(change.metric());
      continue;
    }
    for (const unsigned percent : kDiffPercents) {
      change.percent = percent;
      names.push_back(change.metric());
    }
  }
  return names;
}

Error wrong(const std::string& text, const std::string& why) {
  return usage(
      fmt::format("--gate '{}': {}; it is such as 'wait_p99<1.2x' or "
                  "'faults[comm=make]<1.1x'",
                  printable(text), why));
}

Result<void> parse_key(std::string_view inside, DiffGate& gate) {
  const std::size_t equals = inside.find('=');
  if (equals == std::string_view::npos) return wrong(gate.text, "the brackets have no =");
  const std::string_view by = inside.substr(0, equals);
  const auto* const found = std::find(kDiffByNames.begin() + 1, kDiffByNames.end(), by);
  if (found == kDiffByNames.end())
    return wrong(gate.text,
                 fmt::format("'{}' is none of {}", printable(by),
                             fmt::join(kDiffByNames.begin() + 1, kDiffByNames.end(), ", ")));
  gate.by = static_cast<DiffBy>(found - kDiffByNames.begin());
  gate.key = inside.substr(equals + 1);
  return {};
}

}  // namespace

std::string_view name_of(GateOutcome outcome) {
  switch (outcome) {
    case GateOutcome::kKept:
      return "kept";
    case GateOutcome::kBroken:
      return "broken";
    case GateOutcome::kNotShown:
      return "not_shown";
    case GateOutcome::kNoData:
      return "no_data";
  }
  return "";
}

Result<DiffGate> parse_gate(const std::string& text) {
  DiffGate gate;
  gate.text = text;
  // A key may have these characters too, so the last one counts.
  const std::size_t at = text.find_last_of("<>");
  if (at == std::string::npos || at == 0) return wrong(text, "there is no < or >");
  gate.is_upper = text[at] == '<';
  std::string_view number = std::string_view(text).substr(at + 1);
  if (number.ends_with("x")) number.remove_suffix(1);
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), gate.limit);
  if (error != std::errc{} || end != number.data() + number.size() || !(gate.limit > 0))
    return wrong(text, "the limit is a factor above 0");
  if (gate.is_upper ? gate.limit < 1 : gate.limit > 1)
    return wrong(text,
                 gate.is_upper ? "an upper limit is 1 or more" : "a lower limit is 1 or less");
  std::string_view name = std::string_view(text).substr(0, at);
  if (name.ends_with("]")) {
    const std::size_t open = name.find('[');
    if (open == std::string_view::npos) return wrong(text, "there is no [");
    RETURN_IF_ERROR(parse_key(name.substr(open + 1, name.size() - open - 2), gate));
    name = name.substr(0, open);
  }
  const std::vector<std::string> known = metric_names();
  for (const std::string& metric : known)
    if (name == metric || std::string(name) + "_ns" == metric) gate.metric = metric;
  if (gate.metric.empty()) {
    const std::vector<std::string_view> views(known.begin(), known.end());
    return wrong(text, fmt::format("there is no metric '{}'{} (there are: {})", printable(name),
                                   did_you_mean(std::string(name), views), fmt::join(known, ", ")));
  }
  return gate;
}

GateResult check_gate(const DiffGate& gate, const std::vector<DiffChange>& changes) {
  const auto found =
      std::find_if(changes.begin(), changes.end(), [&gate](const DiffChange& change) {
        return change.key.by == gate.by && change.key.key == gate.key &&
               change.metric() == gate.metric;
      });
  if (found == changes.end() || !found->a || !found->b || (*found->a == 0 && *found->b == 0))
    return {};
  GateResult result{GateOutcome::kKept, &*found};
  // Without a ratio A is 0 and B is not: it is beyond every upper limit.
  const bool is_beyond =
      found->ratio ? (gate.is_upper ? *found->ratio >= gate.limit : *found->ratio <= gate.limit)
                   : gate.is_upper;
  if (is_beyond)
    result.outcome = found->significant ? GateOutcome::kBroken : GateOutcome::kNotShown;
  return result;
}

}  // namespace hoodtrace
