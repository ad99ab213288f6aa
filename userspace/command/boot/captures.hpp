// SPDX-License-Identifier: GPL-2.0-or-later
// Finds the captures on disk, and deletes the oldest ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hoodtrace {

struct BootCapture {
  std::string path;
  std::uint64_t bytes = 0;
  std::int64_t written_s = 0;  // CLOCK_REALTIME, of its last change
};

// Newest first; of /var/log/hoodtrace and /run/hoodtrace below the root.
std::vector<BootCapture> find_captures(const std::string& root);

// Keeps the newest `keep`, and `mine` in any case.
void drop_old_captures(const std::string& root, std::size_t keep, const std::string& mine);

}  // namespace hoodtrace
