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

constexpr std::uint32_t kRssAny =
    HT_FAULT_RSS_FILE | HT_FAULT_RSS_ANON | HT_FAULT_RSS_SWAP | HT_FAULT_RSS_SHMEM;

// The HT_FAULT_* bits of one fault, by name.
struct Facts {
  std::uint32_t bits;
  [[nodiscard]] bool has(std::uint32_t fact) const { return (bits & fact) != 0; }
  // Of a counter of the mm: did it move? `otherwise` where that is not known.
  [[nodiscard]] bool moved(std::uint32_t counter, bool otherwise) const {
    return has(HT_FAULT_RSS) ? has(counter) : otherwise;
  }
};

// wp_page_copy() against wp_page_reuse(): another page is there, or the same (mm/memory.c).
FaultKind write_on_present(Facts facts, bool may_be_file) {
  if (facts.has(HT_FAULT_GONE)) return FaultKind::kOther;
  // Write-protected by userfaultfd, and writable now: a fork need not be the cause.
  if (!facts.has(HT_FAULT_ALLOC))
    return facts.has(HT_FAULT_UFFD_WP) ? FaultKind::kOther : FaultKind::kCowReuse;
  // A file's page becomes an anonymous one: both counters move. Between anonymous ones none does.
  if (may_be_file && facts.moved(HT_FAULT_RSS_FILE | HT_FAULT_RSS_SHMEM, true))
    return FaultKind::kFileCow;
  if (facts.has(HT_FAULT_ZEROED)) return FaultKind::kZeroPageUpgrade;
  return FaultKind::kCowCopy;
}

FaultKind in_anonymous(Facts facts) {
  const bool alloc = facts.has(HT_FAULT_ALLOC);
  if (facts.has(HT_FAULT_MAJOR)) {
    // What is read from swap is read into a page that this task allocated. A fault that somebody
    // else resolved (userfaultfd) counts as major too: any that was retried does.
    const bool read = facts.moved(HT_FAULT_RSS_SWAP, alloc && !facts.has(HT_FAULT_ZEROED));
    return read ? FaultKind::kSwapMajor : FaultKind::kOther;
  }
  if (facts.has(HT_FAULT_RSS_SWAP)) return FaultKind::kSwapMinor;
  if (!facts.has(HT_FAULT_ACCESS)) {
    if (!alloc) return FaultKind::kOther;
    return facts.has(HT_FAULT_ZEROED) || facts.moved(HT_FAULT_RSS_ANON, false)
               ? FaultKind::kDemandZero
               : FaultKind::kCowCopy;
  }
  const bool write = facts.has(HT_FAULT_WRITE);
  if (facts.has(HT_FAULT_PRESENT))
    return write ? write_on_present(facts, false) : FaultKind::kOther;
  if (facts.has(HT_FAULT_GONE)) return FaultKind::kOther;
  // Without a new anonymous page: a NUMA hint, or another thread was faster.
  if (alloc)
    return facts.moved(HT_FAULT_RSS_ANON, true) ? FaultKind::kDemandZero : FaultKind::kOther;
  return write ? FaultKind::kOther : FaultKind::kZeroPageRead;
}

FaultKind in_private_file(Facts facts, FaultKind minor, FaultKind major) {
  if (facts.has(HT_FAULT_RSS_SWAP))
    return facts.has(HT_FAULT_MAJOR) ? FaultKind::kSwapMajor : FaultKind::kSwapMinor;
  if (facts.has(HT_FAULT_MAJOR)) return major;
  if (!facts.has(HT_FAULT_ACCESS)) {
    if (!facts.has(HT_FAULT_ALLOC)) return minor;
    return facts.has(HT_FAULT_RSS) && !facts.has(kRssAny) ? FaultKind::kCowCopy
                                                          : FaultKind::kFileCow;
  }
  if (!facts.has(HT_FAULT_WRITE)) return minor;
  if (facts.has(HT_FAULT_PRESENT)) return write_on_present(facts, true);
  // Without a trace of it (GONE): what a write to a private page is resolved by.
  return facts.has(HT_FAULT_ALLOC | HT_FAULT_GONE) ? FaultKind::kFileCow : minor;
}

// The mapping could not be looked up: what the other bits show for certain.
FaultKind in_unknown(Facts facts) {
  if (!facts.has(HT_FAULT_RSS)) return FaultKind::kOther;
  if (facts.has(HT_FAULT_RSS_SWAP))
    return facts.has(HT_FAULT_MAJOR) ? FaultKind::kSwapMajor : FaultKind::kSwapMinor;
  if (facts.has(HT_FAULT_RSS_ANON)) {
    if (facts.has(HT_FAULT_MAJOR)) return FaultKind::kOther;
    if (facts.has(HT_FAULT_RSS_FILE | HT_FAULT_RSS_SHMEM)) return FaultKind::kFileCow;
    if (!facts.has(HT_FAULT_ZEROED)) return FaultKind::kOther;
    return facts.has(HT_FAULT_PRESENT) ? FaultKind::kZeroPageUpgrade : FaultKind::kDemandZero;
  }
  if (facts.has(HT_FAULT_RSS_SHMEM)) return FaultKind::kShmem;
  if (facts.has(HT_FAULT_RSS_FILE))
    return facts.has(HT_FAULT_MAJOR) ? FaultKind::kFileMajor : FaultKind::kFileMinor;
  const std::uint32_t copy = HT_FAULT_PRESENT | HT_FAULT_WRITE | HT_FAULT_ALLOC;
  return (facts.bits & copy) == copy ? FaultKind::kCowCopy : FaultKind::kOther;
}

// Did another thread have to resolve it (userfaultfd)?
bool waited_for_userfault(Facts facts) {
  if (!facts.has(HT_FAULT_UFFD)) return false;
  if (facts.has(HT_FAULT_UFFD_WP)) return true;
  // Another thread put the page there. The fault was retried, which counts as major
  // (mm_account_fault()), but not where the first try was under the lock of the mapping alone (6.4
  // on, do_user_addr_fault()).
  return !facts.has(HT_FAULT_PRESENT | HT_FAULT_RSS_SWAP) &&
         (facts.has(HT_FAULT_MAJOR) || !facts.has(kRssAny));
}

// What was done in the end, by whomever it waited for.
FaultKind result_of(const ht_fault& fault) {
  const Facts facts{fault.facts};
  if (!facts.has(HT_FAULT_DONE)) {
    if (fault.signal != 0) return FaultKind::kInvalid;
    // The kernel's access failed (EFAULT), unless it was only tried, or the task was killed.
    const bool failed = facts.has(HT_FAULT_KERNEL) && !facts.has(HT_FAULT_NOFAULT | HT_FAULT_DIED);
    return failed ? FaultKind::kInvalid : FaultKind::kUnresolved;
  }
  if (facts.has(HT_FAULT_HUGE)) return FaultKind::kHuge;
  const bool shared = facts.has(HT_FAULT_SHARED);
  switch (fault.place) {
    case HT_PLACE_ANON:
    case HT_PLACE_HEAP:
    case HT_PLACE_STACK:
      return in_anonymous(facts);
    case HT_PLACE_FILE:
      if (!shared) return in_private_file(facts, FaultKind::kFileMinor, FaultKind::kFileMajor);
      if (facts.has(HT_FAULT_MAJOR)) return FaultKind::kFileMajor;
      return facts.has(HT_FAULT_WRITE) ? FaultKind::kSharedWrite : FaultKind::kFileMinor;
    case HT_PLACE_SHMEM:
      return shared ? FaultKind::kShmem
                    : in_private_file(facts, FaultKind::kShmem, FaultKind::kShmem);
    case HT_PLACE_HUGETLB:
      return FaultKind::kHuge;
    case HT_PLACE_UNKNOWN:
      return in_unknown(facts);
    default:
      return FaultKind::kOther;
  }
}

}  // namespace

FaultKind outcome_of(const ht_fault& fault) {
  const bool done = (fault.facts & HT_FAULT_DONE) != 0;
  return done && waited_for_userfault({fault.facts}) ? FaultKind::kUserfault : result_of(fault);
}

CowOutcome cow_outcome_of(const ht_fault& fault) {
  const Facts facts{fault.facts};
  if (!facts.has(HT_FAULT_DONE)) return CowOutcome::kNone;
  // A page that another thread supplied is no copy; one that was write-protected may be.
  if (facts.has(HT_FAULT_UFFD) && !facts.has(HT_FAULT_UFFD_WP) && waited_for_userfault(facts))
    return CowOutcome::kNone;
  if (facts.has(HT_FAULT_COPIED)) return CowOutcome::kCopied;
  if (facts.has(HT_FAULT_HUGE)) {
    // Transparent huge pages are split for a copy; a whole one that is new replaced the zero page.
    const bool on_present = facts.has(HT_FAULT_PRESENT) && facts.has(HT_FAULT_WRITE);
    if (fault.place != HT_PLACE_HUGETLB || !on_present) return CowOutcome::kNone;
    if (facts.has(HT_FAULT_ALLOC)) return CowOutcome::kCopied;
    return facts.has(HT_FAULT_UFFD_WP) ? CowOutcome::kNone : CowOutcome::kReused;
  }
  switch (result_of(fault)) {
    case FaultKind::kCowCopy:
      return CowOutcome::kCopied;
    case FaultKind::kCowReuse:
      return CowOutcome::kReused;
    default:
      return CowOutcome::kNone;
  }
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

FaultKind kind_of(const ht_fault& fault) {
  if ((fault.facts & HT_FAULT_DONE) != 0) {
    if ((fault.facts & HT_FAULT_GUP) != 0) return FaultKind::kGup;
    if ((fault.facts & HT_FAULT_KERNEL) != 0) return FaultKind::kKernelAccess;
  }
  return outcome_of(fault);
}

}  // namespace hoodtrace
