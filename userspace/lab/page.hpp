// SPDX-License-Identifier: GPL-2.0-or-later
// What lab --explain says, as one HTML page that needs nothing else: no script, no network.
#pragma once

#include <string>
#include <vector>

#include "lab/experiment.hpp"

namespace hoodtrace {

std::string lab_page(const std::vector<const Experiment*>& list);

}  // namespace hoodtrace
