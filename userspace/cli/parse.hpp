// SPDX-License-Identifier: GPL-2.0-or-later
// The command line → Options. Only cli/ uses CLI11.
#pragma once

#include <variant>

#include "base/result.hpp"
#include "command/options.hpp"

namespace hoodtrace {

// Text to print instead of a run: --help, --version.
struct HelpText {
  std::string text;
  int exit_code = 0;  // not 0: it is an error message, for standard error
};

// A wrong command line is an error of kind kUsage.
Result<std::variant<Options, HelpText>> parse_command_line(int argc, const char* const* argv);

}  // namespace hoodtrace
