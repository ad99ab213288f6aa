// SPDX-License-Identifier: GPL-2.0-or-later
// Rows of the faults report as the schema hoodtrace.faults/1 has them.
#pragma once

#include "view/faults/rows.hpp"
#include "view/report.hpp"

namespace hoodtrace {

Json fault_task_json(const FaultRow& row);
Json fault_mapping_json(const FaultRow& row);
// A mapping with start and end: rows of --by address.
Json fault_range_json(const FaultRow& row);

}  // namespace hoodtrace
