// SPDX-License-Identifier: GPL-2.0-or-later
// What lab prints: the list, explanations, results.
#pragma once

#include <string>
#include <vector>

#include "lab/experiment.hpp"

namespace hoodtrace {

enum class LabOutcome : std::uint8_t { kPass, kFail, kSkipped, kListed };

struct LabResult {
  const Experiment* experiment = nullptr;
  LabOutcome outcome = LabOutcome::kFail;
  std::string reason;  // printable; "" with kPass
  Verdict verdict;
  bool is_refused = false;  // skipped because it is not permitted, or not supported by this kernel
};

std::string lab_list();
std::string lab_explanation(const Experiment& experiment, std::size_t width);
std::string lab_text(const LabResult& result, std::size_t width);
std::string lab_summary(const std::vector<LabResult>& results);
// hoodtrace.lab/1
LabJson lab_json(const std::vector<LabResult>& results);

}  // namespace hoodtrace
