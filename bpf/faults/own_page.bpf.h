/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies that the kernel makes for itself: in get_user_pages (O_DIRECT, mlock, MADV_POPULATE_WRITE,
 * io_uring's buffers), where a fault is handled without an exception and without a perf event
 * (mm_account_fault() with no registers raises min_flt and nothing else, mm/memory.c), and in fork,
 * which copies pinned pages at once (copy_present_page()).
 *
 * The page of a copy is allocated without zeroing, and each such fault is counted in min_flt or
 * maj_flt right after. So a page that the task allocated while no fault was open is remembered. When
 * the counters have moved by the time that the task allocates the next one, faults, calls clone, exec
 * or exit, or ends, and the page is an anonymous one by then, a fault by the kernel itself put it
 * there. Its folio says at which address (folio.index, linear_page_index()).
 */
#ifndef HT_FAULT_OWN_PAGE_BPF_H
#define HT_FAULT_OWN_PAGE_BPF_H

#include "faults/place.bpf.h"
#include "faults/state.bpf.h"

/* Is it anonymous memory of this task? Of a page that is free again this is not known any more. */
static __always_inline bool is_own_anonymous(struct task_struct *task, struct folio *folio)
{
	__u64 mapping = (__u64)BPF_CORE_READ(folio, mapping);

	return (mapping & PAGE_KSM) == PAGE_ANON || (!mapping && !task->mm);
}

/* Does the task's own page table have the page? Where that cannot be seen, yes. */
static __always_inline bool is_mapped_here(struct task_struct *task, struct ht_fault_state *state,
					   __u64 address)
{
	__u64 entry, page;

	if (!reads_page_tables() || !settings.vmemmap || !task->mm)
		return true;
	entry = page_entry(task->mm, address);
	page = settings.vmemmap + (frame_of(entry, address) >> SMALL_PAGE_SHIFT) *
					  bpf_core_type_size(struct page);
	return is_mapped(entry) && page == state->own_page;
}

static __always_inline int record_own_copy(struct task_struct *task, struct ht_fault_state *state)
{
	struct folio *folio = (void *)state->own_page;
	struct ht_open_fault fault = {};
	struct ht_known_vma *vma;
	__u64 end_ns = 0;

	if (!is_own_anonymous(task, folio))
		return 0;
	fault.address = BPF_CORE_READ(folio, index) << settings.page_shift;
	fault.bytes = 1U << settings.page_shift;
	fault.facts = state->own_facts | HT_FAULT_GUP | HT_FAULT_ACCESS | HT_FAULT_WRITE |
		      HT_FAULT_ALLOC;
	/* A page that was not there raises the count of anonymous pages; a copy does not, unless it
	 * replaces a page of a file. */
	if (!(fault.facts & HT_FAULT_RSS_ANON) ||
	    fault.facts & (HT_FAULT_RSS_FILE | HT_FAULT_RSS_SHMEM))
		fault.facts |= HT_FAULT_PRESENT;
	if (!is_mapped_here(task, state, fault.address)) {
		struct ht_known_vma elsewhere = {.place = HT_PLACE_ANON};

		emit_fault(task, &fault, &elsewhere, HT_FAULT_DONE | HT_FAULT_REMOTE, 0);
		return 0;
	}
	vma = find_place(task, task->mm, state, fault.address, &end_ns);
	emit_fault(task, &fault, vma, HT_FAULT_DONE, 0);
	return 0;
}

/* Whatever the remembered page was for is over. */
static __always_inline void settle_own_page(struct task_struct *task, struct ht_fault_state *state)
{
	if (!state->owns)
		return;
	state->owns = 0;
	if (task_flt(task) != state->own_flt)
		record_own_copy(task, state);
}

/* The task has allocated a page that is not zeroed, and no fault is open. */
static __always_inline void note_own_page(struct task_struct *task, struct ht_fault_state *state,
					  __u64 page)
{
	if (state->clone_ns) {
		state->clone_copies++;
		return;
	}
	settle_own_page(task, state);
	state->owns = 1;
	state->own_page = page;
	state->own_flt = task_flt(task);
	state->own_facts = 0;
}

/* A counter of the mm moves while no fault is open. */
static __always_inline void note_own_counter(struct task_struct *task,
					     struct ht_fault_state *state, __u32 fact)
{
	if (state->owns && task_flt(task) == state->own_flt)
		state->own_facts |= fact;
}

#endif
