/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kind of a page fault, concluded from its record. Userspace asks for the kind of a record, and so do
 * the programs of `serve`, which sum faults up by kind and make no records: both compile this file.
 */
#ifndef HT_FAULTS_KIND_H
#define HT_FAULTS_KIND_H

#include "events/faults.h"

#define HT_FAULT_RSS_ANY \
	(HT_FAULT_RSS_FILE | HT_FAULT_RSS_ANON | HT_FAULT_RSS_SWAP | HT_FAULT_RSS_SHMEM)

/* Is one of these bits set? */
static inline bool fault_has(__u32 facts, __u32 fact)
{
	return (facts & fact) != 0;
}

/* Of a counter of the mm: did it move? `otherwise` where that is not known. */
static inline bool fault_moved(__u32 facts, __u32 counter, bool otherwise)
{
	return fault_has(facts, HT_FAULT_RSS) ? fault_has(facts, counter) : otherwise;
}

/* wp_page_copy() against wp_page_reuse(): another page is there, or the same (mm/memory.c). */
static inline __u32 fault_write_on_present(__u32 facts, bool may_be_file)
{
	if (fault_has(facts, HT_FAULT_GONE))
		return HT_KIND_OTHER;
	/* Write-protected by userfaultfd, and writable now: a fork need not be the cause. */
	if (!fault_has(facts, HT_FAULT_ALLOC))
		return fault_has(facts, HT_FAULT_UFFD_WP) ? HT_KIND_OTHER : HT_KIND_COW_REUSE;
	/* A file's page becomes an anonymous one: both counters move. Between anonymous ones none does. */
	if (may_be_file && fault_moved(facts, HT_FAULT_RSS_FILE | HT_FAULT_RSS_SHMEM, true))
		return HT_KIND_FILE_COW;
	if (fault_has(facts, HT_FAULT_ZEROED))
		return HT_KIND_ZERO_PAGE_UPGRADE;
	return HT_KIND_COW_COPY;
}

static inline __u32 fault_in_anonymous(__u32 facts)
{
	bool alloc = fault_has(facts, HT_FAULT_ALLOC), write = fault_has(facts, HT_FAULT_WRITE);
	bool zeroed = fault_has(facts, HT_FAULT_ZEROED);

	/*
	 * What is read from swap is read into a page that this task allocated. A fault that somebody
	 * else resolved (userfaultfd) counts as major too: any that was retried does.
	 */
	if (fault_has(facts, HT_FAULT_MAJOR))
		return fault_moved(facts, HT_FAULT_RSS_SWAP, alloc && !zeroed) ? HT_KIND_SWAP_MAJOR :
									       HT_KIND_OTHER;
	if (fault_has(facts, HT_FAULT_RSS_SWAP))
		return HT_KIND_SWAP_MINOR;
	if (!fault_has(facts, HT_FAULT_ACCESS)) {
		if (!alloc)
			return HT_KIND_OTHER;
		return zeroed || fault_moved(facts, HT_FAULT_RSS_ANON, false) ?
			       HT_KIND_DEMAND_ZERO :
			       HT_KIND_COW_COPY;
	}
	if (fault_has(facts, HT_FAULT_PRESENT) && write)
		return fault_write_on_present(facts, false);
	if (fault_has(facts, HT_FAULT_PRESENT | HT_FAULT_GONE))
		return HT_KIND_OTHER;
	/* Without a new anonymous page: a NUMA hint, or another thread was faster. */
	if (alloc)
		return fault_moved(facts, HT_FAULT_RSS_ANON, true) ? HT_KIND_DEMAND_ZERO :
								     HT_KIND_OTHER;
	return write ? HT_KIND_OTHER : HT_KIND_ZERO_PAGE_READ;
}

static inline __u32 fault_in_private_file(__u32 facts, __u32 minor, __u32 major)
{
	if (fault_has(facts, HT_FAULT_RSS_SWAP))
		return fault_has(facts, HT_FAULT_MAJOR) ? HT_KIND_SWAP_MAJOR : HT_KIND_SWAP_MINOR;
	if (fault_has(facts, HT_FAULT_MAJOR))
		return major;
	if (!fault_has(facts, HT_FAULT_ACCESS)) {
		if (!fault_has(facts, HT_FAULT_ALLOC))
			return minor;
		return fault_has(facts, HT_FAULT_RSS) && !fault_has(facts, HT_FAULT_RSS_ANY) ?
			       HT_KIND_COW_COPY :
			       HT_KIND_FILE_COW;
	}
	if (!fault_has(facts, HT_FAULT_WRITE))
		return minor;
	if (fault_has(facts, HT_FAULT_PRESENT))
		return fault_write_on_present(facts, true);
	/* Without a trace of it (GONE): what a write to a private page is resolved by. */
	if (fault_has(facts, HT_FAULT_ALLOC | HT_FAULT_GONE))
		return HT_KIND_FILE_COW;
	return minor;
}

/* The mapping could not be looked up: what the other bits show for certain. */
static inline __u32 fault_in_unknown(__u32 facts)
{
	__u32 copy = HT_FAULT_PRESENT | HT_FAULT_WRITE | HT_FAULT_ALLOC;

	if (!fault_has(facts, HT_FAULT_RSS))
		return HT_KIND_OTHER;
	if (fault_has(facts, HT_FAULT_RSS_SWAP))
		return fault_has(facts, HT_FAULT_MAJOR) ? HT_KIND_SWAP_MAJOR : HT_KIND_SWAP_MINOR;
	if (fault_has(facts, HT_FAULT_RSS_ANON)) {
		if (fault_has(facts, HT_FAULT_MAJOR))
			return HT_KIND_OTHER;
		if (fault_has(facts, HT_FAULT_RSS_FILE | HT_FAULT_RSS_SHMEM))
			return HT_KIND_FILE_COW;
		if (!fault_has(facts, HT_FAULT_ZEROED))
			return HT_KIND_OTHER;
		return fault_has(facts, HT_FAULT_PRESENT) ? HT_KIND_ZERO_PAGE_UPGRADE :
							    HT_KIND_DEMAND_ZERO;
	}
	if (fault_has(facts, HT_FAULT_RSS_SHMEM))
		return HT_KIND_SHMEM;
	if (fault_has(facts, HT_FAULT_RSS_FILE))
		return fault_has(facts, HT_FAULT_MAJOR) ? HT_KIND_FILE_MAJOR : HT_KIND_FILE_MINOR;
	return (facts & copy) == copy ? HT_KIND_COW_COPY : HT_KIND_OTHER;
}

/* Did another thread have to resolve it (userfaultfd)? */
static inline bool fault_waited_for_thread(__u32 facts)
{
	if (!fault_has(facts, HT_FAULT_UFFD))
		return false;
	if (fault_has(facts, HT_FAULT_UFFD_WP))
		return true;
	/*
	 * Another thread put the page there. The fault was retried, which counts as major
	 * (mm_account_fault()), but not where the first try was under the lock of the mapping alone
	 * (6.4 on, do_user_addr_fault()).
	 */
	return !fault_has(facts, HT_FAULT_PRESENT | HT_FAULT_RSS_SWAP) &&
	       (fault_has(facts, HT_FAULT_MAJOR) || !fault_has(facts, HT_FAULT_RSS_ANY));
}

/* What was done in the end, by whomever it waited for. */
static inline __u32 fault_result(const struct ht_fault *fault)
{
	__u32 facts = fault->facts;

	if (!fault_has(facts, HT_FAULT_DONE)) {
		if (fault->signal != 0)
			return HT_KIND_INVALID;
		/* The kernel's access failed (EFAULT), unless it was only tried, or the task was killed. */
		return fault_has(facts, HT_FAULT_KERNEL) &&
				       !fault_has(facts, HT_FAULT_NOFAULT | HT_FAULT_DIED) ?
			       HT_KIND_INVALID :
			       HT_KIND_UNRESOLVED;
	}
	if (fault_has(facts, HT_FAULT_HUGE))
		return HT_KIND_HUGE;
	switch (fault->place) {
	case HT_PLACE_ANON:
	case HT_PLACE_HEAP:
	case HT_PLACE_STACK:
		return fault_in_anonymous(facts);
	case HT_PLACE_FILE:
		if (!fault_has(facts, HT_FAULT_SHARED))
			return fault_in_private_file(facts, HT_KIND_FILE_MINOR, HT_KIND_FILE_MAJOR);
		if (fault_has(facts, HT_FAULT_MAJOR))
			return HT_KIND_FILE_MAJOR;
		return fault_has(facts, HT_FAULT_WRITE) ? HT_KIND_SHARED_WRITE : HT_KIND_FILE_MINOR;
	case HT_PLACE_SHMEM:
		if (fault_has(facts, HT_FAULT_SHARED))
			return HT_KIND_SHMEM;
		return fault_in_private_file(facts, HT_KIND_SHMEM, HT_KIND_SHMEM);
	case HT_PLACE_HUGETLB:
		return HT_KIND_HUGE;
	case HT_PLACE_UNKNOWN:
		return fault_in_unknown(facts);
	default:
		return HT_KIND_OTHER;
	}
}

/* How the access was resolved, whoever made it: the kind, but never KERNEL_ACCESS or GUP. */
static inline __u32 fault_outcome(const struct ht_fault *fault)
{
	if (fault_has(fault->facts, HT_FAULT_DONE) && fault_waited_for_thread(fault->facts))
		return HT_KIND_USERFAULT;
	return fault_result(fault);
}

/* The kind as it is counted: HT_KIND_*. */
static inline __u32 fault_kind(const struct ht_fault *fault)
{
	if (fault_has(fault->facts, HT_FAULT_DONE)) {
		if (fault_has(fault->facts, HT_FAULT_GUP))
			return HT_KIND_GUP;
		if (fault_has(fault->facts, HT_FAULT_KERNEL))
			return HT_KIND_KERNEL_ACCESS;
	}
	return fault_outcome(fault);
}

/* fault_cow(): what a fault did with a page that a fork had made shared */
#define HT_COW_NONE 0
#define HT_COW_COPIED 1 /* for the access, or by the kernel for itself */
#define HT_COW_REUSED 2 /* made writable in place: no other process had it any more */

static inline __u32 fault_cow(const struct ht_fault *fault)
{
	__u32 facts = fault->facts, result;

	if (!fault_has(facts, HT_FAULT_DONE))
		return HT_COW_NONE;
	/* A page that another thread supplied is no copy; one that was write-protected may be. */
	if (fault_has(facts, HT_FAULT_UFFD) && !fault_has(facts, HT_FAULT_UFFD_WP) &&
	    fault_waited_for_thread(facts))
		return HT_COW_NONE;
	if (fault_has(facts, HT_FAULT_COPIED))
		return HT_COW_COPIED;
	if (fault_has(facts, HT_FAULT_HUGE)) {
		/* Transparent huge pages are split for a copy; a whole one that is new replaced the
		 * zero page. */
		if (fault->place != HT_PLACE_HUGETLB || !fault_has(facts, HT_FAULT_PRESENT) ||
		    !fault_has(facts, HT_FAULT_WRITE))
			return HT_COW_NONE;
		if (fault_has(facts, HT_FAULT_ALLOC))
			return HT_COW_COPIED;
		return fault_has(facts, HT_FAULT_UFFD_WP) ? HT_COW_NONE : HT_COW_REUSED;
	}
	result = fault_result(fault);
	if (result == HT_KIND_COW_COPY)
		return HT_COW_COPIED;
	return result == HT_KIND_COW_REUSE ? HT_COW_REUSED : HT_COW_NONE;
}

#endif
