// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/faults/kind.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "support/fault_scenario.hpp"

namespace hoodtrace {
namespace {

std::string_view kind(const TouchFields& touch) { return key_of(kind_of(fault_record(touch))); }

constexpr std::uint32_t kAnon = HT_FAULT_RSS_ANON;
constexpr std::uint32_t kFilePages = HT_FAULT_RSS_FILE;
constexpr std::uint32_t kSwap = HT_FAULT_RSS_SWAP;
constexpr std::uint32_t kShmem = HT_FAULT_RSS_SHMEM;

TEST(FaultKind, AnonymousMemory) {
  EXPECT_EQ(kind({.write = true, .alloc = true, .zeroed = true, .rss = kAnon}), "demand_zero");
  EXPECT_EQ(kind({}), "zero_page_read");
  EXPECT_EQ(kind({.present = true, .write = true, .alloc = true, .zeroed = true, .rss = kAnon}),
            "zero_page_upgrade");
  EXPECT_EQ(kind({.write = true, .alloc = true, .rss = kAnon, .place = HT_PLACE_HEAP}),
            "demand_zero");
  EXPECT_EQ(kind({.write = true, .alloc = true, .rss = kAnon, .place = HT_PLACE_STACK}),
            "demand_zero");
}

// docs/kernel-notes.md, note 14: present, write, user is four different things.
TEST(FaultKind, TheSameErrorCodeIsACopyAReuseAnUpgradeOrASharedWrite) {
  const TouchFields code_7{.present = true, .write = true};
  TouchFields copy = code_7;
  copy.alloc = true;
  EXPECT_EQ(kind(copy), "cow_copy");
  EXPECT_EQ(kind(code_7), "cow_reuse");
  TouchFields upgrade = copy;
  upgrade.zeroed = true;
  upgrade.rss = kAnon;
  EXPECT_EQ(kind(upgrade), "zero_page_upgrade");
  TouchFields shared = code_7;
  shared.facts = HT_FAULT_SHARED;
  shared.place = HT_PLACE_FILE;
  EXPECT_EQ(kind(shared), "shared_write");
}

TEST(FaultKind, FilesMappedPrivately) {
  const auto in_file = [](TouchFields touch) {
    touch.place = HT_PLACE_FILE;
    return kind(touch);
  };
  EXPECT_EQ(in_file({.rss = kFilePages}), "file_minor");
  EXPECT_EQ(in_file({.major = true, .alloc = true, .rss = kFilePages}), "file_major");
  EXPECT_EQ(in_file({.write = true, .alloc = true, .rss = kAnon}), "file_cow");
  EXPECT_EQ(in_file({.present = true, .write = true, .alloc = true, .rss = kFilePages | kAnon}),
            "file_cow");
  // A page of .data that was written before the fork is anonymous: no counter moves.
  EXPECT_EQ(in_file({.present = true, .write = true, .alloc = true}), "cow_copy");
  EXPECT_EQ(in_file({.present = true, .write = true}), "cow_reuse");
  EXPECT_EQ(in_file({.rss = kAnon | kSwap}), "swap_minor");
}

TEST(FaultKind, FilesMappedShared) {
  const auto in_file = [](TouchFields touch) {
    touch.place = HT_PLACE_FILE;
    touch.facts = HT_FAULT_SHARED;
    return kind(touch);
  };
  EXPECT_EQ(in_file({.rss = kFilePages}), "file_minor");
  EXPECT_EQ(in_file({.write = true, .rss = kFilePages}), "shared_write");
  EXPECT_EQ(in_file({.major = true, .write = true, .rss = kFilePages}), "file_major");
}

TEST(FaultKind, SharedMemory) {
  EXPECT_EQ(kind({.write = true,
                  .alloc = true,
                  .rss = kShmem,
                  .facts = HT_FAULT_SHARED,
                  .place = HT_PLACE_SHMEM}),
            "shmem");
  EXPECT_EQ(kind({.rss = kShmem, .place = HT_PLACE_SHMEM}), "shmem");
  EXPECT_EQ(kind({.write = true, .alloc = true, .rss = kAnon, .place = HT_PLACE_SHMEM}),
            "file_cow");
}

TEST(FaultKind, Swap) {
  EXPECT_EQ(kind({.major = true, .alloc = true, .rss = kAnon | kSwap}), "swap_major");
  EXPECT_EQ(kind({.major = true, .alloc = true, .knows_rss = false}), "swap_major");
  EXPECT_EQ(kind({.rss = kAnon | kSwap}), "swap_minor");
  EXPECT_EQ(kind({.write = true, .rss = kAnon | kSwap}), "swap_minor");
}

// userfaultfd: the kernel counts every retried fault as major (mm_account_fault()).
TEST(FaultKind, AMajorFaultThatReadNothingIsNoSwapIn) {
  EXPECT_EQ(kind({.major = true, .write = true, .rss = kAnon}), "other");
  EXPECT_EQ(kind({.major = true, .write = true, .knows_rss = false}), "other");
}

TEST(FaultKind, WritesToWriteProtectedPagesWaitForUserfaultfd) {
  constexpr std::uint32_t kWaited = HT_FAULT_UFFD | HT_FAULT_UFFD_WP;
  const TouchFields in_place{.present = true, .write = true, .facts = kWaited};
  EXPECT_EQ(kind(in_place), "userfault");
  EXPECT_EQ(cow_outcome_of(fault_record(in_place)), CowOutcome::kNone)
      << "a fork need not be the cause";
  const TouchFields copied{.present = true, .write = true, .alloc = true, .facts = kWaited};
  EXPECT_EQ(kind(copied), "userfault");
  EXPECT_EQ(cow_outcome_of(fault_record(copied)), CowOutcome::kCopied);
  // UFFD_FEATURE_WP_ASYNC: nobody waits.
  EXPECT_EQ(kind({.present = true, .write = true, .facts = HT_FAULT_UFFD_WP}), "other");
  EXPECT_EQ(kind({.present = true, .write = true, .alloc = true, .facts = HT_FAULT_UFFD_WP}),
            "cow_copy");
  TouchFields huge = in_place;
  huge.place = HT_PLACE_HUGETLB;
  huge.facts |= HT_FAULT_HUGE;
  EXPECT_EQ(kind(huge), "userfault");
  EXPECT_EQ(cow_outcome_of(fault_record(huge)), CowOutcome::kNone);
}

// UFFDIO_CONTINUE: the other thread maps the page.
TEST(FaultKind, APageOfAFileThatAnotherThreadMapsIsAUserfault) {
  constexpr std::uint32_t kShared = HT_FAULT_SHARED | HT_FAULT_UFFD;
  EXPECT_EQ(kind({.write = true, .facts = kShared, .place = HT_PLACE_SHMEM}), "userfault");
  EXPECT_EQ(kind({.write = true, .rss = kShmem, .facts = kShared, .place = HT_PLACE_SHMEM}),
            "shmem")
      << "it did not wait";
}

TEST(FaultKind, HugePages) {
  EXPECT_EQ(
      kind({.write = true, .alloc = true, .rss = kAnon, .facts = HT_FAULT_HUGE, .bytes = 2U << 20}),
      "huge");
  EXPECT_EQ(kind({.write = true, .place = HT_PLACE_HUGETLB}), "huge");
}

TEST(FaultKind, TheKernelsOwnAccessIsOneKindWhateverItDid) {
  const ht_fault copy =
      fault_record({.present = true, .write = true, .kernel = true, .alloc = true});
  EXPECT_EQ(key_of(kind_of(copy)), "kernel_access");
  EXPECT_EQ(key_of(outcome_of(copy)), "cow_copy");
  EXPECT_EQ(kind({.facts = HT_FAULT_GUP}), "gup");
}

TEST(FaultKind, UnresolvedOnes) {
  EXPECT_EQ(kind({.done = false, .signal = 11}), "invalid");
  EXPECT_EQ(kind({.done = false, .place = HT_PLACE_FILE, .signal = 7}), "invalid");
  EXPECT_EQ(kind({.done = false, .kernel = true}), "invalid") << "EFAULT";
  EXPECT_EQ(kind({.done = false, .kernel = true, .facts = HT_FAULT_NOFAULT}), "unresolved");
  EXPECT_EQ(kind({.done = false}), "unresolved") << "interrupted by a signal";
  EXPECT_EQ(kind({.done = false, .facts = HT_FAULT_DIED}), "unresolved");
}

TEST(FaultKind, ANumaHintOrALostRaceIsNoDemandZero) {
  EXPECT_EQ(kind({.write = true, .alloc = true}), "other");
  EXPECT_EQ(kind({.write = true}), "other");
}

// Whether the allocator was watched or the page table: the same number.
TEST(FaultKind, PagesReadIntoThePageCacheAddNoBytes) {
  const auto given = [](const TouchFields& touch) { return given_bytes(fault_record(touch)); };
  EXPECT_EQ(given({.major = true,
                   .alloc = true,
                   .rss = kFilePages,
                   .place = HT_PLACE_FILE,
                   .bytes = 65536}),
            0U);
  EXPECT_EQ(given({.kernel = true, .alloc = true, .rss = kFilePages, .place = HT_PLACE_FILE}), 0U);
  EXPECT_EQ(given({.write = true, .alloc = true, .rss = kAnon, .place = HT_PLACE_FILE}), 4096U);
  EXPECT_EQ(given({.write = true, .kernel = true, .alloc = true, .zeroed = true, .rss = kAnon}),
            4096U);
}

// Another thread took it away before its page table was looked at.
TEST(FaultKind, APageThatIsGoneIsNeitherCopiedNorReused) {
  EXPECT_EQ(kind({.present = true, .write = true, .facts = HT_FAULT_GONE}), "other");
  EXPECT_EQ(kind({.facts = HT_FAULT_GONE}), "other") << "no zero page was seen";
  EXPECT_EQ(kind({.write = true, .facts = HT_FAULT_GONE, .place = HT_PLACE_FILE}), "file_cow");
  EXPECT_EQ(kind({.facts = HT_FAULT_GONE, .place = HT_PLACE_FILE}), "file_minor");
}

TEST(FaultKind, WithoutTheCountersTheKindIsOther) {
  const auto without = [](TouchFields touch) {
    touch.knows_rss = false;
    return kind(touch);
  };
  EXPECT_EQ(without({.write = true, .alloc = true, .zeroed = true}), "demand_zero");
  EXPECT_EQ(without({.present = true, .write = true, .alloc = true}), "cow_copy");
  EXPECT_EQ(without({.write = true}), "other") << "swap_minor is folded into other";
  EXPECT_EQ(without({.present = true, .write = true, .alloc = true, .place = HT_PLACE_FILE}),
            "file_cow");
}

TEST(FaultKind, WithoutTheAccessTheCountersDecide) {
  const auto without = [](TouchFields touch) {
    touch.knows_access = false;
    return kind(touch);
  };
  EXPECT_EQ(without({.alloc = true, .zeroed = true, .rss = kAnon}), "demand_zero");
  EXPECT_EQ(without({.alloc = true}), "cow_copy");
  EXPECT_EQ(without({}), "other") << "a read of the zero page or a reuse";
  EXPECT_EQ(without({.rss = kFilePages, .place = HT_PLACE_FILE}), "file_minor");
  EXPECT_EQ(without({.alloc = true, .rss = kAnon, .place = HT_PLACE_FILE}), "file_cow");
  EXPECT_EQ(without({.alloc = true, .place = HT_PLACE_FILE}), "cow_copy");
}

TEST(FaultKind, WithoutTheMappingOtherFactsDecideOrTheKindIsOther) {
  const auto nowhere = [](TouchFields touch) {
    touch.place = HT_PLACE_UNKNOWN;
    return kind(touch);
  };
  EXPECT_EQ(nowhere({.write = true, .alloc = true, .zeroed = true, .rss = kAnon}), "demand_zero");
  EXPECT_EQ(nowhere({.present = true, .write = true, .alloc = true}), "cow_copy");
  EXPECT_EQ(nowhere({.present = true, .write = true}), "other") << "a reuse or a shared write";
  EXPECT_EQ(nowhere({.rss = kFilePages}), "file_minor");
  EXPECT_EQ(nowhere({.present = true, .write = true, .alloc = true, .knows_rss = false}), "other");
}

TEST(FaultKind, EveryKindHasItsOwnKey) {
  std::set<std::string_view> keys;
  for (const FaultKindName& name : kFaultKinds) keys.insert(name.key);
  EXPECT_EQ(keys.size(), kFaultKindCount);
}

// Resolved by another thread, which the kernel counts as major, or, with per-VMA locks, as minor.
TEST(FaultKind, InAMappingOfUserfaultfd) {
  TouchFields touch{.major = true, .write = true, .alloc = true, .zeroed = true, .rss = kAnon};
  touch.facts = HT_FAULT_UFFD;
  EXPECT_EQ(kind(touch), "userfault");
  touch.knows_rss = false;
  EXPECT_EQ(kind(touch), "userfault");
  touch = {.write = true, .alloc = true, .zeroed = true, .facts = HT_FAULT_UFFD};
  EXPECT_EQ(kind(touch), "userfault");
  touch.rss = kAnon;  // this task put the page there itself
  EXPECT_EQ(kind(touch), "demand_zero");
  touch = {.present = true, .write = true, .alloc = true, .facts = HT_FAULT_UFFD};
  EXPECT_EQ(kind(touch), "cow_copy");
  touch = {.major = true, .rss = kSwap | kAnon, .facts = HT_FAULT_UFFD};
  EXPECT_EQ(kind(touch), "swap_major");
}

CowOutcome cow(const TouchFields& touch) { return cow_outcome_of(fault_record(touch)); }

TEST(CowOutcomes, CopiesByTheKernelAreCopies) {
  const TouchFields gup{.present = true, .write = true, .alloc = true, .facts = HT_FAULT_GUP};
  EXPECT_EQ(kind(gup), "gup");
  EXPECT_EQ(cow(gup), CowOutcome::kCopied);
  TouchFields fresh = gup;
  fresh.present = false;
  fresh.rss = kAnon;
  EXPECT_EQ(cow(fresh), CowOutcome::kNone);
}

TEST(CowOutcomes, APageThatIsReadFromSwapMayBeCopiedInTheSameFault) {
  TouchFields swap{.major = true, .write = true, .alloc = true, .rss = kSwap | kAnon};
  EXPECT_EQ(cow(swap), CowOutcome::kNone);
  swap.facts = HT_FAULT_COPIED;
  EXPECT_EQ(kind(swap), "swap_major");
  EXPECT_EQ(cow(swap), CowOutcome::kCopied);
  EXPECT_TRUE(is_counted_copy(fault_record(swap)));
}

TEST(CowOutcomes, HugePagesThatAreCopiedAreHugetlb) {
  TouchFields huge{.present = true, .write = true, .alloc = true, .facts = HT_FAULT_HUGE};
  huge.bytes = 2 << 20;
  EXPECT_EQ(cow(huge), CowOutcome::kNone) << "the huge zero page was replaced";
  huge.place = HT_PLACE_HUGETLB;
  EXPECT_EQ(cow(huge), CowOutcome::kCopied);
  huge.alloc = false;
  EXPECT_EQ(cow(huge), CowOutcome::kReused);
  huge.facts = 0;  // an older recording, or page tables were not read
  EXPECT_EQ(cow(huge), CowOutcome::kNone);
}

}  // namespace
}  // namespace hoodtrace
