// SPDX-License-Identifier: GPL-2.0-or-later
// Where tests put files that are read from a disk. Debian 13 mounts a tmpfs over /tmp, which has no
// page cache to miss, no major faults and no I/O. In a container /tmp is an overlay: its files are those of
// a file system below, with other device numbers.
#pragma once

#include <string>

namespace hoodtrace::testing {

// Whether the file system of a folder is neither in memory nor an overlay. False when there is none.
bool is_on_disk(const std::string& folder);

// The first that is on a disk and that we may write to: TMPDIR or /tmp, /var/tmp, the build, and /mnt, the
// disk of our guests. If none is, the first.
std::string disk_place();

}  // namespace hoodtrace::testing
