// SPDX-License-Identifier: GPL-2.0-or-later
// The first record of a live run: what is traced, how, and on which machine.
#pragma once

#include <cstdint>
#include <set>

#include "probe/plan.hpp"
#include "probe/trace_request.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

void add_session(const TraceRequest& request, const Plan& plan, const KernelFilter& filter,
                 const std::set<std::uint32_t>& online_cpus, std::uint64_t now_ns,
                 RecordBuffer& out);

}  // namespace hoodtrace
