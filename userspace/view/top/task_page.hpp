// SPDX-License-Identifier: GPL-2.0-or-later
// All that an interval knows of one task: the parts of its time as bars, its waits and culprits, the
// causes of its sleeps, its faults, its life, its last events.
#pragma once

#include <cstddef>

#include "view/top/history.hpp"
#include "view/top/page_lines.hpp"

namespace hoodtrace {

// `columns`: of the screen.
PageLines task_page(const TaskOfRow& task, const History& history, bool is_utf8,
                    std::size_t columns);

}  // namespace hoodtrace
