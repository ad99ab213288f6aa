// SPDX-License-Identifier: GPL-2.0-or-later
// A value for ranges of bytes of files; a later value takes the place of an earlier one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <unordered_map>
#include <vector>

#include "model/names/file_key.hpp"

namespace hoodtrace {

template <class Value>
class ByteRanges {
 public:
  // With more than `most` ranges all are forgotten.
  explicit ByteRanges(std::size_t most) : most_(most) {}

  void set(FileId file, std::uint64_t first, std::uint64_t bytes, const Value& value) {
    if (bytes == 0) return;
    if (count_ >= most_) forget_all();
    Ranges& ranges = files_[file];
    const std::uint64_t end = first + bytes;
    cut(ranges, first, end, [](const Value&, std::uint64_t) {});
    const auto after = ranges.lower_bound(first);
    if (after != ranges.begin()) {
      Range& before = std::prev(after)->second;
      if (before.end == first && before.value == value) {
        before.end = end;
        return;
      }
    }
    ranges[first] = {end, value};
    count_++;
  }

  // Forgets these bytes; calls visit(value, bytes) for each range among them.
  template <class Visit>
  void take(FileId file, std::uint64_t first, std::uint64_t bytes, const Visit& visit) {
    const auto found = files_.find(file);
    if (found == files_.end()) return;
    cut(found->second, first, first + bytes, visit);
    if (found->second.empty()) files_.erase(found);
  }

  template <class Visitor>
  void each_file(const Visitor& visit) const {
    for (const auto& [file, ranges] : files_) visit(file);
  }

  void forget_all() {
    files_.clear();
    count_ = 0;
  }
  // Forgets the files for which gone[file].
  void forget(const std::vector<bool>& gone) {
    std::erase_if(files_, [&](const auto& one) {
      if (one.first >= gone.size() || !gone[one.first]) return false;
      count_ -= one.second.size();
      return true;
    });
  }
  void forget_value(const Value& value) {
    for (auto& [file, ranges] : files_)
      count_ -= std::erase_if(ranges, [&](const auto& one) { return one.second.value == value; });
  }

 private:
  struct Range {
    std::uint64_t end = 0;
    Value value{};
  };
  using Ranges = std::map<std::uint64_t, Range>;  // by first byte

  template <class Visit>
  void cut(Ranges& ranges, std::uint64_t first, std::uint64_t end, const Visit& visit) {
    auto at = ranges.upper_bound(first);
    if (at != ranges.begin() && std::prev(at)->second.end > first) --at;
    while (at != ranges.end() && at->first < end) {
      const std::uint64_t from = at->first;
      const Range range = at->second;
      at = ranges.erase(at);
      count_--;
      if (from < first) {
        ranges[from] = {first, range.value};
        count_++;
      }
      if (range.end > end) {
        at = ranges.insert_or_assign(end, Range{range.end, range.value}).first;
        count_++;
      }
      visit(range.value, std::min(range.end, end) - std::max(from, first));
    }
  }

  std::size_t most_;
  std::size_t count_ = 0;
  std::unordered_map<FileId, Ranges> files_;
};

}  // namespace hoodtrace
