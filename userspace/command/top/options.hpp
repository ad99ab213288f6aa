// SPDX-License-Identifier: GPL-2.0-or-later
// What `hoodtrace top` was asked for; plain data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hoodtrace {

struct TopOptions {
  std::vector<std::string> families;  // attached at once; empty = sched, or all of a recording
  std::uint64_t interval_ns = 1'000'000'000;  // live, and of a recording
  std::uint64_t keep_ns = 300'000'000'000;    // how far back one can go
};

}  // namespace hoodtrace
