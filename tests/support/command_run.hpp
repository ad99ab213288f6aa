// SPDX-License-Identifier: GPL-2.0-or-later
// Runs a command line over a story, as main does, and hands back what it wrote.
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

// `words` is what follows "hoodtrace": {"sched", "--format", "json"}. The story stands in for the
// live kernel, unless the words say --from. A text report is so many columns wide (0 = any).
CommandRun run_command(const std::vector<std::string>& words, const StreamBuilder& story,
                       std::size_t width = 0);

}  // namespace hoodtrace
