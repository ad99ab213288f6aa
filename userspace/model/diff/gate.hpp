// SPDX-License-Identifier: GPL-2.0-or-later
// A limit for a change, for use in CI: "wait_p99<1.2x", "faults[comm=make]<1.1x", "reads>0.5x".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/diff/compare.hpp"

namespace hoodtrace {

struct DiffGate {
  std::string text;    // as it was typed
  std::string metric;  // "wait_p99_ns"
  DiffBy by = DiffBy::kAll;
  std::string key;
  bool is_upper = true;  // the ratio must be below the limit, else above
  double limit = 1;
};

enum class GateOutcome : std::uint8_t {
  kKept,
  kBroken,    // the ratio is beyond the limit, and the data show that there is a change
  kNotShown,  // the ratio is beyond the limit, but this data cannot show that anything changed
  kNoData,    // the recordings have no such number, or one side has none
};

// As in JSON.
std::string_view name_of(GateOutcome outcome);

// Of a metric that exists.
Result<DiffGate> parse_gate(const std::string& text);

struct GateResult {
  GateOutcome outcome = GateOutcome::kNoData;
  const DiffChange* change = nullptr;  // null with kNoData
};
GateResult check_gate(const DiffGate& gate, const std::vector<DiffChange>& changes);

}  // namespace hoodtrace
