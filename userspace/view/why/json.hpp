// SPDX-License-Identifier: GPL-2.0-or-later
// The why report for programs: every cause of every row.
#pragma once

#include <string_view>
#include <vector>

#include "model/names/who_table.hpp"
#include "view/report.hpp"
#include "view/table.hpp"
#include "view/why/rows.hpp"

namespace hoodtrace {

// The schema's `threads`.
Json why_json(const std::vector<WhyRow>& rows, const WhoTable& names);

// The keys of a cause: part, cause, call, object, relation, by. `object` may be "".
Json cause_json(const WhyCause& cause, std::string_view object, const WhoTable& names);

// A row per row and cause.
Table why_table(const std::vector<WhyRow>& rows, const WhoTable& names);

}  // namespace hoodtrace
