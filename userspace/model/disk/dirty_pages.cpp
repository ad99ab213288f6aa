// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/disk/dirty_pages.hpp"

#include <algorithm>

namespace hoodtrace {

std::vector<DirtyPages::Share> DirtyPages::take(FileId file, std::uint64_t first,
                                                std::uint64_t bytes) {
  std::vector<Share> shares;
  ranges_.take(file, first, bytes, [&shares](TaskId task, std::uint64_t taken) {
    const auto share = std::find_if(shares.begin(), shares.end(),
                                    [task](const Share& one) { return one.task == task; });
    if (share == shares.end())
      shares.push_back({task, taken});
    else
      share->bytes += taken;
  });
  return shares;
}

}  // namespace hoodtrace
