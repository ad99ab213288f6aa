// SPDX-License-Identifier: GPL-2.0-or-later
// The processes that lived in an interval, the youngest first, with their age and how they ended.
#pragma once

#include <cstdint>

#include "model/names/task_table.hpp"
#include "model/procs/tracker.hpp"
#include "view/table.hpp"

namespace hoodtrace {

Table lives_list(const LifecycleTracker& tracker, const TaskTable& tasks, std::uint64_t now_ns);

}  // namespace hoodtrace
