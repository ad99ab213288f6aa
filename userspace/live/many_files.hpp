// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace hoodtrace {

// Raises this process's limit of open files as far as it may: some descriptors per CPU are more than
// the usual 1024 on a large machine.
void allow_many_files();

}  // namespace hoodtrace
