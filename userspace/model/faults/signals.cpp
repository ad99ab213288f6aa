// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/faults/signals.hpp"

namespace hoodtrace {

void FaultSignals::on(const ht_fault& fault) {
  if (fault.signal == 0) return;
  const TaskId task = tasks_.find(fault.head.tid);
  if (task == kNoTask) return;
  const bool has_address = (fault.facts & HT_FAULT_NO_ADDRESS) == 0;
  const Key key{tasks_[task].pid, fault.signal, fault.place, has_address, FileKey(fault)};
  auto found = list_.find(key);
  if (found == list_.end()) {
    if (list_.size() >= kMost) {
      left_out_++;
      return;
    }
    found = list_.try_emplace(key).first;
    if (has_address) found->second.first_address = fault.address;
    found->second.first_tid = fault.head.tid;
  }
  found->second.count++;
}

void FaultSignals::begin_interval() {
  list_.clear();
  left_out_ = 0;
}

}  // namespace hoodtrace
