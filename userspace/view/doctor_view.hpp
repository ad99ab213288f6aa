// SPDX-License-Identifier: GPL-2.0-or-later
// The findings of doctor, as text and as JSON.
#pragma once

#include <string>

#include "probe/machine_facts.hpp"
#include "view/report.hpp"

namespace hoodtrace {

// Ends with a verdict per family and, for what is missing, the next step.
std::string doctor_text(const MachineFacts& facts);

// Schema hoodtrace.doctor/1.
Json doctor_json(const MachineFacts& facts);

}  // namespace hoodtrace
