// SPDX-License-Identifier: GPL-2.0-or-later
// The kind of a page fault, from its record.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "event/event.hpp"

namespace hoodtrace {

enum class FaultKind : std::uint8_t {
  kDemandZero,
  kZeroPageRead,
  kZeroPageUpgrade,
  kFileMinor,
  kFileMajor,
  kFileCow,
  kCowCopy,
  kCowReuse,
  kSharedWrite,
  kShmem,
  kSwapMinor,
  kSwapMajor,
  kHuge,
  kUserfault,
  kKernelAccess,
  kInvalid,
  kGup,
  kOther,
  kUnresolved,
};

struct FaultKindName {
  FaultKind kind;
  std::string_view key;      // as in JSON
  std::string_view heading;  // of a column
};

// In the order of FaultKind.
inline constexpr std::array kFaultKinds = {
    FaultKindName{FaultKind::kDemandZero, "demand_zero", "ZEROED"},
    FaultKindName{FaultKind::kZeroPageRead, "zero_page_read", "ZERO-READ"},
    FaultKindName{FaultKind::kZeroPageUpgrade, "zero_page_upgrade", "ZERO-UPGR"},
    FaultKindName{FaultKind::kFileMinor, "file_minor", "FILE"},
    FaultKindName{FaultKind::kFileMajor, "file_major", "DISK"},
    FaultKindName{FaultKind::kFileCow, "file_cow", "FILE-COW"},
    FaultKindName{FaultKind::kCowCopy, "cow_copy", "COW-COPY"},
    FaultKindName{FaultKind::kCowReuse, "cow_reuse", "COW-REUSE"},
    FaultKindName{FaultKind::kSharedWrite, "shared_write", "SHARED-WR"},
    FaultKindName{FaultKind::kShmem, "shmem", "SHMEM"},
    FaultKindName{FaultKind::kSwapMinor, "swap_minor", "SWAP-MIN"},
    FaultKindName{FaultKind::kSwapMajor, "swap_major", "SWAP-MAJ"},
    FaultKindName{FaultKind::kHuge, "huge", "HUGE"},
    FaultKindName{FaultKind::kUserfault, "userfault", "USERFAULT"},
    FaultKindName{FaultKind::kKernelAccess, "kernel_access", "KERNEL"},
    FaultKindName{FaultKind::kInvalid, "invalid", "INVALID"},
    FaultKindName{FaultKind::kGup, "gup", "GUP"},
    FaultKindName{FaultKind::kOther, "other", "OTHER"},
    FaultKindName{FaultKind::kUnresolved, "unresolved", "UNRESOLVED"},
};
inline constexpr std::size_t kFaultKindCount = kFaultKinds.size();

inline std::string_view key_of(FaultKind kind) {
  return kFaultKinds[static_cast<std::size_t>(kind)].key;
}

// The kind as views count it.
FaultKind kind_of(const ht_fault& fault);

// How the access was resolved, whoever made it: the kind, but never kernel_access or gup.
FaultKind outcome_of(const ht_fault& fault);

// What a fault did with a page that a fork had made shared.
enum class CowOutcome : std::uint8_t {
  kNone,
  kCopied,  // for the access, or by the kernel for itself
  kReused,  // made writable in place: no other process had it any more
};

CowOutcome cow_outcome_of(const ht_fault& fault);

// Was a page copied on a write as the kernel counts it (task_delay_info.wpcopy_count)?
bool is_counted_copy(const ht_fault& fault);

// Bytes of memory that the task was given: zeroed, copied, or of shared memory. Pages of the page
// cache are shared by everybody and add no bytes, whether they were allocated for the fault or not.
std::uint64_t given_bytes(const ht_fault& fault);

}  // namespace hoodtrace
