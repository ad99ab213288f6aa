// SPDX-License-Identifier: GPL-2.0-or-later
// Looks at this machine for doctor.
#pragma once

#include <string>

#include "base/result.hpp"
#include "probe/machine_facts.hpp"

namespace hoodtrace {

// Loads and attaches each family once, and detaches it. Only a bad `btf_path` is an error.
Result<MachineFacts> examine_machine(const std::string& btf_path);

}  // namespace hoodtrace
