/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of each traced task between the parts of a fault. Task storage: it is freed with
 * the task, and a fault can sleep and move to another CPU.
 */
#ifndef HT_FAULT_STATE_BPF_H
#define HT_FAULT_STATE_BPF_H

#include "emit.bpf.h"
#include "filter.bpf.h"
#include "faults/page_table.bpf.h"
#include "faults/sums.bpf.h"

/* A fault that has been entered. */
struct ht_open_fault {
	__u64 start_ns; /* 0 = none */
	__u64 address;
	__u64 page; /* page_entry() at the entry; where page tables are read */
	__u32 facts;
	__u32 bytes;
	__u32 flt; /* task's min_flt + maj_flt at the entry */
	__u32 maj_flt;
};

#define HT_KNOWN_VMAS 4 /* a power of two */

/* A mapping that was looked up. */
struct ht_known_vma {
	__u64 start;
	__u64 end;
	__u64 inode;
	__u64 mm; /* mm_identity() */
	__u32 dev;
	__u32 writes; /* mm_writes() then */
	__u32 facts;  /* HT_FAULT_SHARED; which faults wait for another thread: HT_FAULT_UFFD, _WP */
	__u16 place;  /* HT_PLACE_* */
	__u16 unnamed; /* the name of its file is not recorded yet */
	__u32 generation;
	__u32 deleted; /* the file had no name any more */
	__u64 inode_at; /* the kernel's, of a file; a cache line each */
};

/* The path by which the file of a mapping was opened, which a rename changes. */
struct ht_known_path {
	__u64 dentry; /* the kernel's; the file holds it. 0 = no file */
	__u64 hash;
};

/*
 * A fault of user mode is always the outermost. The kernel's own accesses may come inside it (and
 * then end inside it), or alone.
 */
struct ht_fault_state {
	/* What every fault touches is one cache line, with the kernel's 8 bytes before it. */
	struct ht_open_fault user;
	__u32 recorded_flt; /* task_flt() at the last fault that was recorded */
	__u8 met;       /* its first counters are recorded */
	__u8 vma;       /* of vmas: the last one that a fault was in */
	__u8 next_vma;  /* of vmas: the one to replace */
	__u8 owns;      /* own_page is one that the kernel may have allocated for itself */
	struct ht_open_fault kernel; /* its start_ns is in that line too */
	__u64 more_pad[4];
	struct ht_known_vma vmas[HT_KNOWN_VMAS];
	__u64 clone_ns; /* entry of the clone that it is in; 0 = in none */
	__u64 clone_flags;
	__u64 anon_bytes;
	__u64 hugetlb_bytes;
	__u32 child_pid;
	__u32 clone_copies; /* pages that it has copied so far */
	__u64 own_page; /* own_page.bpf.h */
	__u32 own_flt;  /* task_flt() when it was allocated */
	__u32 own_facts; /* HT_FAULT_RSS_*, until it was counted */
	__u64 files[HT_KNOWN_VMAS]; /* the kernel's struct file of each of vmas */
	/* Of the file in memory that an open fault is in: its pages at the entry. */
	__u64 user_file_pages;
	__u64 kernel_file_pages;
	struct ht_known_path paths[HT_KNOWN_VMAS];
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct ht_fault_state);
} fault_states __weak SEC(".maps");

/* Is `task`, the current one, traced? Asked first in every hook. */
static __always_inline bool is_traced_task(struct task_struct *task)
{
	if (settings.totals)
		return !settings.filter || current_sums();
	if (!settings.filter)
		return task->tgid != settings.self_pid;
	return is_traced(task->pid);
}

static __always_inline struct ht_fault_state *fault_state(struct task_struct *task)
{
	return bpf_task_storage_get(&fault_states, task, 0, 0);
}

static __always_inline struct ht_fault_state *make_fault_state(struct task_struct *task)
{
	struct ht_fault_state *state;

	state = bpf_task_storage_get(&fault_states, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!state)
		count_full_map();
	return state;
}

#define NO_FILE_PAGES (~0ULL)

/* Pages of shared memory so far: of tmpfs, or of hugetlb; NO_FILE_PAGES for other mappings. */
static __always_inline __u64 file_pages_of(struct ht_known_vma *vma)
{
	struct inode *inode = (void *)vma->inode_at;

	if (!inode || !(vma->facts & HT_FAULT_SHARED) ||
	    (vma->place != HT_PLACE_SHMEM && vma->place != HT_PLACE_HUGETLB))
		return NO_FILE_PAGES;
	return settings.rdonly_cast ? at_address(struct inode, vma->inode_at)->i_mapping->nrpages :
				      BPF_CORE_READ(inode, i_mapping, nrpages);
}

static __always_inline __u64 *file_pages_at_entry(struct ht_fault_state *state,
						  struct ht_open_fault *fault)
{
	return fault == &state->user ? &state->user_file_pages : &state->kernel_file_pages;
}

/* Before the fault is handled; when it is tried again it has been. */
static __always_inline void note_file_pages(struct ht_fault_state *state,
					    struct ht_open_fault *fault, struct ht_known_vma *vma)
{
	if (!(fault->facts & HT_FAULT_RETRIED))
		*file_pages_at_entry(state, fault) = file_pages_of(vma);
}

/* Has the file more pages than at the entry? Another task may have added one at that very moment. */
static __always_inline bool file_has_grown(struct ht_fault_state *state,
					   struct ht_open_fault *fault, struct ht_known_vma *vma)
{
	__u64 before = *file_pages_at_entry(state, fault), now = file_pages_of(vma);

	return before != NO_FILE_PAGES && now != NO_FILE_PAGES && now > before;
}

/* The innermost fault that is open. */
static __always_inline struct ht_open_fault *innermost(struct ht_fault_state *state)
{
	if (state->kernel.start_ns)
		return &state->kernel;
	return state->user.start_ns ? &state->user : 0;
}

static __always_inline __u32 task_flt(struct task_struct *task)
{
	return (__u32)task->min_flt + (__u32)task->maj_flt;
}

/* What the kernel has counted; nothing where it keeps no delays (kernel.task_delayacct). */
static __always_inline void emit_fault_counters(struct task_struct *task, __u32 flags)
{
	struct task_delay_info *delays = 0;
	struct ht_fault_books *counters;
	struct emitter e;

	if (settings.totals)
		return;
	if (!bpf_core_field_exists(task->delays) || !bpf_core_field_exists(delays->wpcopy_count))
		return;
	delays = task->delays;
	if (!delays)
		return;
	counters = EMIT_BEGIN(&e, FAULT_BOOKS, task->pid);
	if (!counters)
		return;
	counters->min_flt = task->min_flt;
	counters->maj_flt = task->maj_flt;
	counters->wpcopy_count = delays->wpcopy_count;
	counters->flags = HT_FAULT_BOOKS_WPCOPY | flags;
	EMIT_END(&e, counters);
}

/* Before a task's first fault. */
static __always_inline void begin_task(struct task_struct *task, struct ht_fault_state *state)
{
	if (state->met)
		return;
	state->met = 1;
	emit_fault_counters(task, HT_FAULT_BOOKS_FIRST);
}

/*
 * Of a fault in a mapping of userfaultfd: did it wait for another thread? Where the hook sees
 * handle_mm_fault, a fault that waited was tried again. By the page table a page that is missing has
 * no entry, and one that was write-protected says so; without it a fault that was tried again is
 * major (mm_account_fault()).
 */
static __always_inline __u32 waited_for_userfault(struct ht_open_fault *fault, __u32 facts, __u32 may)
{
	__u32 was_protected = facts & HT_FAULT_UFFD_WP;

	if (!may || (settings.fault_fentry && !(facts & HT_FAULT_RETRIED)))
		return was_protected;
	if (reads_page_tables()) {
		if (was_protected && may & HT_FAULT_UFFD_WP)
			return HT_FAULT_UFFD | HT_FAULT_UFFD_WP;
		/* A swap entry, say, is not missing. */
		return fault->page ? was_protected : may & HT_FAULT_UFFD;
	}
	if (!(facts & HT_FAULT_PRESENT))
		return may & HT_FAULT_UFFD;
	if (facts & HT_FAULT_WRITE && facts & HT_FAULT_MAJOR && may & HT_FAULT_UFFD_WP)
		return HT_FAULT_UFFD | HT_FAULT_UFFD_WP;
	return 0;
}

/* All but the header; `vma` may be null. */
static __always_inline void fill_fault(struct ht_fault *record, struct task_struct *task,
				       struct ht_open_fault *fault, struct ht_known_vma *vma,
				       __u64 end_ns, __u32 facts, __u8 signal)
{
	__u32 of_vma = vma ? vma->facts : 0, userfaults = HT_FAULT_UFFD | HT_FAULT_UFFD_WP;

	facts |= fault->facts;
	record->address = fault->address;
	record->took_ns = HT_UNKNOWN_NS;
	if (fault->start_ns && !(facts & HT_FAULT_LATE))
		record->took_ns = end_ns - fault->start_ns;
	record->inode = vma ? vma->inode : 0;
	record->dev = vma ? vma->dev : 0;
	record->flt = task_flt(task);
	record->bytes = fault->bytes;
	record->facts = (facts & ~userfaults) | (of_vma & ~userfaults) |
			waited_for_userfault(fault, facts, of_vma & userfaults) |
			(settings.fault_rss ? HT_FAULT_RSS : 0);
	record->place = vma ? vma->place : HT_PLACE_UNKNOWN;
	record->signal = signal;
	record->pad = 0;
	record->generation = vma ? vma->generation : 0;
}

/* For `serve`: counts what would be a record otherwise. */
static __always_inline void sum_fault(struct task_struct *task, struct ht_open_fault *fault,
				      struct ht_known_vma *vma, __u64 end_ns, __u32 facts, __u8 signal)
{
	struct ht_fault record = {};

	fill_fault(&record, task, fault, vma, end_ns, facts, signal);
	add_fault(&record);
}

/* Records a fault; `vma` may be null. */
static __always_inline void emit_fault(struct task_struct *task, struct ht_open_fault *fault,
				       struct ht_known_vma *vma, __u32 facts, __u8 signal)
{
	struct ht_fault *record;
	struct emitter e;

	if (settings.totals) {
		sum_fault(task, fault, vma, bpf_ktime_get_boot_ns(), facts, signal);
		return;
	}
	record = EMIT_BEGIN(&e, FAULT, task->pid);
	if (!record)
		return;
	fill_fault(record, task, fault, vma, record->head.time_ns, facts, signal);
	EMIT_END(&e, record);
}

/*
 * A fault that was counted while one of user mode is open is not that one's: the one of user mode was
 * interrupted by a signal, and the kernel wrote the signal's frame to a page of the stack that was not
 * there. Or it came inside it.
 */
static __always_inline void counted_apart(struct ht_fault_state *state, struct ht_open_fault *fault,
					  __u32 facts)
{
	if (fault == &state->user || !state->user.start_ns)
		return;
	state->user.flt++;
	if (facts & HT_FAULT_MAJOR)
		state->user.maj_flt++;
}

/*
 * A fault is still open although something shows that it is over: its end was not reported, or it had
 * none (it failed). The task's counters show which.
 */
static __always_inline void give_up_fault(struct task_struct *task, struct ht_fault_state *state,
					  struct ht_open_fault *fault, __u32 facts)
{
	struct ht_known_vma *vma = &state->vmas[state->vma & (HT_KNOWN_VMAS - 1)];

	if (!fault->start_ns)
		return;
	if (task_flt(task) != fault->flt) {
		facts |= HT_FAULT_DONE | HT_FAULT_LATE;
		if ((__u32)task->maj_flt != fault->maj_flt)
			facts |= HT_FAULT_MAJOR;
	} else {
		facts |= HT_FAULT_LATE;
	}
	/* Where page tables are read its mapping was looked up at its entry. */
	if (!reads_page_tables() || fault->address < vma->start || fault->address >= vma->end)
		vma = 0;
	emit_fault(task, fault, vma, facts, 0);
	fault->start_ns = 0;
	if (facts & HT_FAULT_DONE)
		counted_apart(state, fault, facts);
}

/*
 * By the page table a page was present when it is and what was asked is not allowed. (The CPU may
 * have said so of what another thread has changed since.)
 */
static __always_inline __u32 see_entry(__u64 page, __u32 facts)
{
	bool forbids = !(facts & HT_FAULT_WRITE) || !(page & ENTRY_WRITABLE);

	facts &= ~HT_FAULT_PRESENT;
	if (!(page & ENTRY_PRESENT) || !forbids)
		return facts;
	if (facts & HT_FAULT_WRITE && is_ksm_page(page))
		facts |= HT_FAULT_KSM;
	if (facts & HT_FAULT_WRITE && page & ENTRY_UFFD_WP)
		facts |= HT_FAULT_UFFD_WP;
	return facts | HT_FAULT_PRESENT;
}

/*
 * When the fault that is open is of the same page, and the kernel has counted none since, it was
 * interrupted, and is tried again: one fault.
 */
static __always_inline bool is_tried_again(struct task_struct *task, struct ht_open_fault *fault,
					   __u64 address)
{
	return fault->start_ns && task_flt(task) == fault->flt &&
	       !((fault->address ^ address) >> settings.page_shift);
}

/* A fault begins. */
static __always_inline void open_fault(struct task_struct *task, struct mm_struct *mm,
				       struct ht_fault_state *state, struct ht_open_fault *fault,
				       __u64 address, __u32 facts, __u64 start_ns)
{
	if (is_tried_again(task, fault, address)) {
		start_ns = fault->start_ns;
		facts |= HT_FAULT_RETRIED;
	} else {
		give_up_fault(task, state, fault, 0);
		if (reads_page_tables())
			fault->page = mm ? page_entry(mm, address) : 0;
	}
	if (reads_page_tables())
		facts = see_entry(fault->page, facts);
	fault->start_ns = start_ns;
	fault->address = address;
	fault->facts = facts;
	fault->bytes = 0;
	fault->flt = task_flt(task);
	fault->maj_flt = task->maj_flt;
}

#endif
