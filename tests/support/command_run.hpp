// SPDX-License-Identifier: GPL-2.0-or-later
// Runs a command line on a stream, as main does, and returns what it wrote.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {

struct CommandRun {
  std::string error;  // empty = fine
  int code = 0;       // what the process would exit with
  std::string output;
};

// `words` are the arguments after "hoodtrace": {"sched", "--format", "json"}. The stream takes the
// place of the live kernel, unless --from is among the words. `width` is the number of columns of a
// text report; 0 = no limit.
CommandRun run_command(const std::vector<std::string>& words, const StreamBuilder& scenario,
                       std::size_t width = 0);

}  // namespace hoodtrace
