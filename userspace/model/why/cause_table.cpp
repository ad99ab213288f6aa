// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/why/cause_table.hpp"

namespace hoodtrace {

WhyCauseId CauseTable::at(WhyCause cause) {
  if (const auto known = ids_.find(cause); known != ids_.end()) return known->second;
  if (causes_.size() >= kLimit) {
    cause.object_kind = WhyObjectKind::kNone;
    cause.object = 0;
    cause.by_tid = 0;
    cause.by = WhoTable::kOther;
  }
  const auto [at, is_new] = ids_.try_emplace(cause, static_cast<WhyCauseId>(causes_.size()));
  if (is_new) causes_.push_back(cause);
  return at->second;
}

}  // namespace hoodtrace
