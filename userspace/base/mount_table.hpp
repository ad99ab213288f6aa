// SPDX-License-Identifier: GPL-2.0-or-later
// The mounts of a process, as /proc/PID/mountinfo lists them (proc(5)).
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace hoodtrace {

struct MountEntry {
  unsigned major = 0;
  unsigned minor = 0;
  std::string root;   // of the mount, in its file system
  std::string point;  // where it is mounted
  std::string type;   // "ext4"
};

// One line of mountinfo; nothing when it is malformed.
std::optional<MountEntry> parse_mount(const std::string& line);

// All lines of a mountinfo file, in order; empty when it cannot be read.
std::vector<MountEntry> read_mounts(const std::string& mountinfo);

}  // namespace hoodtrace
