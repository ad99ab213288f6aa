// SPDX-License-Identifier: GPL-2.0-or-later
// For a process that is started in the initrd and outlives the switch to the root file system.
#pragma once

#include <string>

namespace hoodtrace {

// A path that such a process can use: ".." of a root onto which another file system was moved leads
// into that file system; otherwise ".." of the root is the root. `path` is absolute.
std::string beyond_switch_root(const std::string& path);

// The switch has not happened yet.
bool is_in_initrd();

}  // namespace hoodtrace
