// SPDX-License-Identifier: GPL-2.0-or-later
// The faults report: which process was sent SIGSEGV or SIGBUS, for which address, in which mapping.
#pragma once

#include "model/faults/signals.hpp"
#include "model/names/file_table.hpp"
#include "view/report.hpp"

namespace hoodtrace {

// A line per process and mapping.
void add_fault_signals(const FaultSignals& signals, const TaskTable& tasks, const FileTable& files,
                       Report& report);

// The schema's `signals`.
void add_fault_signals_json(const FaultSignals& signals, const TaskTable& tasks,
                            const FileTable& files, Report& report);

}  // namespace hoodtrace
