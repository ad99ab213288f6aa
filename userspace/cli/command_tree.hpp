// SPDX-License-Identifier: GPL-2.0-or-later
// The whole command line as JSON: what man pages and shell completion are made from.
#pragma once

#include <string>

namespace hoodtrace {

// {"summary", "commands": [{"name", "summary", "examples", "starts_program", "commands": [...],
//   "options": [{"names", "text_name", "type", "text", "group", "words"}]}]}
// "names" is empty for a word without dashes, and "text_name" its name then; "words" has all that the
// option takes, if these are few. Hidden options and actions are left out.
std::string command_tree();

}  // namespace hoodtrace
