// SPDX-License-Identifier: GPL-2.0-or-later
// A table's cell as JSON.
#pragma once

#include "view/report.hpp"
#include "view/table.hpp"

namespace hoodtrace {

// Null for what was not measured; text is made valid UTF-8.
Json to_json(const Cell& cell);

}  // namespace hoodtrace
