/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a fault did, from the page table before and after it: when a write to a mapped page leaves
 * another page there, it was a copy; when it leaves the same page, it was a reuse in place. So no hook
 * in the allocator is needed, which would slow down every allocation of the system.
 *
 * Another thread that faults on the same page within the same microsecond can be faster. Its page is
 * then counted for both, as the kernel counts both faults.
 */
#ifndef HT_FAULT_PAGE_BPF_H
#define HT_FAULT_PAGE_BPF_H

#include "faults/state.bpf.h"

/* Was the zero page there, which a write replaces by a zeroed one? */
static __always_inline bool was_zero_page(struct ht_open_fault *fault, struct mm_struct *mm,
					  __u64 after)
{
	if (!(fault->page & ENTRY_HUGE))
		return fault->page & ENTRY_SPECIAL;
	/* A huge zero page is first split into small ones: the neighbouring page is still a zero page. */
	return !(after & ENTRY_HUGE) && page_entry(mm, fault->address ^ SMALL_PAGE_SIZE) & ENTRY_SPECIAL;
}

static __always_inline __u32 bytes_of(__u64 entry)
{
	if (entry & ENTRY_GIANT)
		return GIANT_PAGE_SIZE;
	return entry & ENTRY_HUGE ? HUGE_PAGE_SIZE : SMALL_PAGE_SIZE;
}

/* A resolved fault: sets HT_FAULT_ALLOC and what depends on it. */
static __always_inline void see_given_page(struct ht_fault_state *state,
					   struct ht_open_fault *fault, struct mm_struct *mm,
					   struct ht_known_vma *vma)
{
	bool shared = vma->facts & HT_FAULT_SHARED;
	__u64 after;

	switch (vma->place) {
	case HT_PLACE_SPECIAL:
		return;
	case HT_PLACE_HUGETLB:
	case HT_PLACE_FILE:
	case HT_PLACE_SHMEM:
		/*
		 * Pages of the page cache are shared, so they are not looked up. A write
		 * to a private mapping gets a page of its own, and shared memory counts as the
		 * memory of the task whose fault adds it to the file.
		 */
		if (shared ? !file_has_grown(state, fault, vma) :
			     vma->place != HT_PLACE_HUGETLB && !(fault->facts & HT_FAULT_WRITE))
			return;
	}
	after = page_entry(mm, fault->address);
	if (!is_mapped(after)) {
		fault->facts |= HT_FAULT_GONE;
		return;
	}
	if (is_mapped(fault->page)) {
		if (frame_of(fault->page, fault->address) == frame_of(after, fault->address)) {
			if (vma->place == HT_PLACE_HUGETLB)
				fault->facts |= HT_FAULT_HUGE;
			return;
		}
		if (was_zero_page(fault, mm, after))
			fault->facts |= HT_FAULT_ZEROED;
		else if (fault->page & ENTRY_HUGE && !(after & ENTRY_HUGE))
			fault->facts |= HT_FAULT_SPLIT;
	} else if (vma->place == HT_PLACE_ANON || vma->place == HT_PLACE_HEAP ||
		   vma->place == HT_PLACE_STACK) {
		/* Of a read: the zero page, a huge one is the one that is clean. */
		if (after & ENTRY_HUGE ? !(after & ENTRY_DIRTY) : after & ENTRY_SPECIAL)
			return;
		if (!fault->page)
			fault->facts |= HT_FAULT_ZEROED;
	} else if (vma->place == HT_PLACE_UNKNOWN) {
		return;
	}
	fault->facts |= HT_FAULT_ALLOC;
	if (after & ENTRY_HUGE)
		fault->facts |= HT_FAULT_HUGE;
	fault->bytes = bytes_of(after);
}

#endif
