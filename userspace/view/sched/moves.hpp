// SPDX-License-Identifier: GPL-2.0-or-later
// Of sched --by cpu: migrations by reason.
#pragma once

#include "model/sched/moves.hpp"
#include "view/report.hpp"
#include "view/view_options.hpp"

namespace hoodtrace {

void add_moves(const MoveTracker& tracker, const ViewOptions& options, Report& report);

}  // namespace hoodtrace
