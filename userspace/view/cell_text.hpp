// SPDX-License-Identifier: GPL-2.0-or-later
// A cell as a person reads it.
#pragma once

#include <string>

#include "view/table.hpp"

namespace hoodtrace {

// Printable; "-" for what was not measured.
std::string cell_text(const Cell& cell, Unit unit);

}  // namespace hoodtrace
