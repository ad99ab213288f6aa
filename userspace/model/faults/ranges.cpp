// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/faults/ranges.hpp"

namespace hoodtrace {

void FaultRanges::on(const ht_fault& fault) {
  const TaskId task = tasks_.find(fault.head.tid);
  if (task == kNoTask) return;
  const MappingKey mapping = mapping_key(tasks_[task].pid, fault);
  const Key key{mapping.pid, mapping.place, mapping.file, fault.address >> kBlockShift};
  auto block = blocks_.find(key);
  if (block == blocks_.end()) {
    if (blocks_.size() >= kMaxBlocks) {
      left_out_++;
      return;
    }
    block = blocks_.try_emplace(key).first;
  }
  block->second.add(fault, kind_of(fault));
}

std::vector<FaultRange> FaultRanges::ranges() const {
  std::vector<FaultRange> list;
  for (const auto& [key, stats] : blocks_) {
    const auto& [pid, place, file, block] = key;
    const MappingKey mapping{pid, place, file};
    const std::uint64_t start = block << kBlockShift;
    if (list.empty() || !(list.back().mapping == mapping) || list.back().end != start)
      list.push_back({mapping, start, start, {}});
    list.back().end = (block + 1) << kBlockShift;
    list.back().stats.merge(stats);
  }
  return list;
}

void FaultRanges::begin_interval() {
  blocks_.clear();
  left_out_ = 0;
}

}  // namespace hoodtrace
