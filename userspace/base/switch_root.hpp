// SPDX-License-Identifier: GPL-2.0-or-later
// For a process that is started in the initrd and outlives the switch to the root file system.
#pragma once

#include <string>

namespace hoodtrace {

// A path that such a process finds, too: ".." of a root that another file system has been moved
// onto leads into that one; elsewhere it is the root itself. `path` is absolute.
std::string beyond_switch_root(const std::string& path);

// The switch is still to come.
bool is_in_initrd();

}  // namespace hoodtrace
