// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/faults/kind.hpp"

namespace hoodtrace {
namespace {

constexpr bool order_is_kept() {
  for (std::size_t i = 0; i < kFaultKinds.size(); i++)
    if (static_cast<std::size_t>(kFaultKinds[i].kind) != i) return false;
  return true;
}
static_assert(order_is_kept());

}  // namespace

FaultKind outcome_of(const ht_fault& fault) {
  return static_cast<FaultKind>(::fault_outcome(&fault));
}

CowOutcome cow_outcome_of(const ht_fault& fault) {
  return static_cast<CowOutcome>(::fault_cow(&fault));
}

bool is_counted_copy(const ht_fault& fault) {
  constexpr std::uint32_t kCopy =
      HT_FAULT_DONE | HT_FAULT_PRESENT | HT_FAULT_WRITE | HT_FAULT_ALLOC;
  if ((fault.facts & HT_FAULT_COPIED) != 0) return true;
  return (fault.facts & (kCopy | HT_FAULT_HUGE)) == kCopy;
}

std::uint64_t given_bytes(const ht_fault& fault) {
  // Another process was given them.
  if ((fault.facts & HT_FAULT_REMOTE) != 0) return 0;
  switch (outcome_of(fault)) {
    case FaultKind::kFileMinor:
    case FaultKind::kFileMajor:
    case FaultKind::kSharedWrite:
      return 0;
    default:
      return fault.bytes;
  }
}

FaultKind kind_of(const ht_fault& fault) { return static_cast<FaultKind>(::fault_kind(&fault)); }

}  // namespace hoodtrace
