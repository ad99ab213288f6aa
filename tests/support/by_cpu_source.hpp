// SPDX-License-Identifier: GPL-2.0-or-later
// A stream in order of time, with its switches CPU by CPU, as a live source of many CPUs yields them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "stream/record_buffer.hpp"
#include "stream/source.hpp"

namespace hoodtrace {

class ByCpuSource : public Source {
 public:
  // At most so many switches at a time. The buffer must outlive the source and not change.
  ByCpuSource(const RecordBuffer& records, std::size_t most) : records_(records), most_(most) {}

  Result<std::span<const RecordView>> next() override {
    batch_.clear();
    while (next_ < records_.size() && batch_.size() < most_ &&
           records_.at(next_).head->type == HT_SWITCH)
      batch_.push_back(records_.at(next_++));
    is_by_cpu_ = !batch_.empty();
    std::stable_sort(batch_.begin(), batch_.end(), [](const RecordView& a, const RecordView& b) {
      return a.head->cpu < b.head->cpu;
    });
    if (!is_by_cpu_ && next_ < records_.size()) batch_.push_back(records_.at(next_++));
    return std::span<const RecordView>(batch_);
  }
  [[nodiscard]] bool is_by_cpu() const override { return is_by_cpu_; }

 private:
  const RecordBuffer& records_;
  std::size_t most_;
  std::size_t next_ = 0;
  std::vector<RecordView> batch_;
  bool is_by_cpu_ = false;
};

}  // namespace hoodtrace
