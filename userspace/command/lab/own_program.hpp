// SPDX-License-Identifier: GPL-2.0-or-later
// Runs this program again, with other words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace hoodtrace {

struct OwnRun {
  int exit_code = -1;  // as a shell has it
  bool timed_out = false;
  std::string message;  // the last line of its standard error; hostile
};

// Its path.
Result<std::string> own_program();

// Standard output and error go to the file `errors`. After `limit_ms` it is killed.
Result<OwnRun> run_own_program(const std::string& program, const std::vector<std::string>& words,
                               const std::string& errors, std::uint64_t limit_ms);

}  // namespace hoodtrace
