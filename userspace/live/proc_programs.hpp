// SPDX-License-Identifier: GPL-2.0-or-later
// What the processes that exist already execute, and with which arguments: from /proc.
#pragma once

#include <cstdint>

#include "live/own_pids.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

// For each traced process among `seen` (ht_task_seen records) but our own children, an ht_program
// (HT_PROGRAM_BEFORE) with its ht_argv records, of at most `argv_bytes`. What cannot be read is
// left out.
void add_programs(const RecordBuffer& seen, const OwnPids& pids, std::uint32_t self_pid,
                  std::uint32_t argv_bytes, RecordBuffer& out);

}  // namespace hoodtrace
