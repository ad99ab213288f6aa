// SPDX-License-Identifier: GPL-2.0-or-later
// How the time of a process's phases divides into running, waiting and sleeping: from switches.
#pragma once

#include "model/procs/process_life.hpp"
#include "model/times/task_spans.hpp"

namespace hoodtrace {

// Adds it to the phases that it lies in: each gets its part.
void add_span(ProcessLife& life, const TaskSpan& span);

}  // namespace hoodtrace
