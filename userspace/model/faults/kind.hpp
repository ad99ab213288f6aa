// SPDX-License-Identifier: GPL-2.0-or-later
// The kind of a page fault, from its record: what bpf/faults/kind.h concludes, with names.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "event/event.hpp"
#include "faults/kind.h"

namespace hoodtrace {

enum class FaultKind : std::uint8_t {
  kDemandZero = HT_KIND_DEMAND_ZERO,
  kZeroPageRead = HT_KIND_ZERO_PAGE_READ,
  kZeroPageUpgrade = HT_KIND_ZERO_PAGE_UPGRADE,
  kFileMinor = HT_KIND_FILE_MINOR,
  kFileMajor = HT_KIND_FILE_MAJOR,
  kFileCow = HT_KIND_FILE_COW,
  kCowCopy = HT_KIND_COW_COPY,
  kCowReuse = HT_KIND_COW_REUSE,
  kSharedWrite = HT_KIND_SHARED_WRITE,
  kShmem = HT_KIND_SHMEM,
  kSwapMinor = HT_KIND_SWAP_MINOR,
  kSwapMajor = HT_KIND_SWAP_MAJOR,
  kHuge = HT_KIND_HUGE,
  kUserfault = HT_KIND_USERFAULT,
  kKernelAccess = HT_KIND_KERNEL_ACCESS,
  kInvalid = HT_KIND_INVALID,
  kGup = HT_KIND_GUP,
  kOther = HT_KIND_OTHER,
  kUnresolved = HT_KIND_UNRESOLVED,
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
static_assert(kFaultKindCount == HT_FAULT_KINDS);

inline std::string_view key_of(FaultKind kind) {
  return kFaultKinds[static_cast<std::size_t>(kind)].key;
}

// The kind as views count it.
FaultKind kind_of(const ht_fault& fault);

// How the access was resolved, whoever made it: the kind, but never kernel_access or gup.
FaultKind outcome_of(const ht_fault& fault);

// What a fault did with a page that a fork had made shared.
enum class CowOutcome : std::uint8_t {
  kNone = HT_COW_NONE,
  kCopied = HT_COW_COPIED,  // for the access, or by the kernel for itself
  kReused = HT_COW_REUSED,  // made writable in place: no other process had it any more
};

CowOutcome cow_outcome_of(const ht_fault& fault);

// Was a page copied on a write as the kernel counts it (task_delay_info.wpcopy_count)?
bool is_counted_copy(const ht_fault& fault);

// Bytes of memory that the task was given: zeroed, copied, or of shared memory. Pages of the page
// cache are shared by everybody and add no bytes, whether they were allocated for the fault or not.
std::uint64_t given_bytes(const ht_fault& fault);

}  // namespace hoodtrace
