// SPDX-License-Identifier: GPL-2.0-or-later
// The text of --version, and of --version -v.
#pragma once

#include <string>

namespace hoodtrace {

std::string version_text(bool is_verbose);

// "0.1.0"
std::string program_version();

}  // namespace hoodtrace
