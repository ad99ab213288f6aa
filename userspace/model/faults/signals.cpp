// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/faults/signals.hpp"

namespace hoodtrace {

void FaultSignals::on(const ht_fault& fault) {
  if (fault.signal == 0) return;
  const TaskId task = tasks_.find(fault.head.tid);
  if (task == kNoTask) return;
  const Key key{tasks_[task].pid, fault.signal, fault.place, FileKey(fault)};
  auto found = list_.find(key);
  if (found == list_.end()) {
    if (list_.size() >= kMost) {
      left_out_++;
      return;
    }
    found = list_.try_emplace(key).first;
    found->second.first_address = fault.address;
    found->second.first_tid = fault.head.tid;
  }
  found->second.count++;
}

void FaultSignals::begin_interval() {
  list_.clear();
  left_out_ = 0;
}

}  // namespace hoodtrace
