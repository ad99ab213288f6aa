// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/disk/dirty_pages.hpp"

#include <algorithm>

namespace hoodtrace {

// Removes [first, end) from the ranges, adding what was there to `shares`.
void DirtyPages::cut(Ranges& ranges, std::uint64_t first, std::uint64_t end,
                     std::vector<Share>* shares) {
  auto at = ranges.upper_bound(first);
  if (at != ranges.begin() && std::prev(at)->second.end > first) --at;
  while (at != ranges.end() && at->first < end) {
    const std::uint64_t from = at->first;
    const Range range = at->second;
    at = ranges.erase(at);
    count_--;
    if (from < first) {
      ranges[from] = {first, range.task};
      count_++;
    }
    if (range.end > end) {
      at = ranges.insert_or_assign(end, Range{range.end, range.task}).first;
      count_++;
    }
    if (shares == nullptr) continue;
    const std::uint64_t bytes = std::min(range.end, end) - std::max(from, first);
    const auto share = std::find_if(shares->begin(), shares->end(),
                                    [&range](const Share& one) { return one.task == range.task; });
    if (share == shares->end())
      shares->push_back({range.task, bytes});
    else
      share->bytes += bytes;
  }
}

void DirtyPages::dirty(FileId file, std::uint64_t first, std::uint64_t bytes, TaskId task) {
  if (bytes == 0) return;
  if (count_ >= most_) forget_all();
  Ranges& ranges = files_[file];
  const std::uint64_t end = first + bytes;
  cut(ranges, first, end, nullptr);
  const auto after = ranges.lower_bound(first);
  if (after != ranges.begin()) {
    Range& before = std::prev(after)->second;
    if (before.end == first && before.task == task) {
      before.end = end;
      return;
    }
  }
  ranges[first] = {end, task};
  count_++;
}

std::vector<DirtyPages::Share> DirtyPages::take(FileId file, std::uint64_t first,
                                                std::uint64_t bytes) {
  std::vector<Share> shares;
  const auto found = files_.find(file);
  if (found == files_.end()) return shares;
  cut(found->second, first, first + bytes, &shares);
  if (found->second.empty()) files_.erase(found);
  return shares;
}

void DirtyPages::forget_all() {
  files_.clear();
  count_ = 0;
}

void DirtyPages::forget(TaskId task) {
  for (auto& [file, ranges] : files_)
    for (auto at = ranges.begin(); at != ranges.end();) {
      if (at->second.task == task) {
        at = ranges.erase(at);
        count_--;
      } else {
        ++at;
      }
    }
}

}  // namespace hoodtrace
