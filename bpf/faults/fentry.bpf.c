/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The faults family where fentry attaches: handle_mm_fault has the mapping as an argument and the result,
 * so that retries are visible, and faults of get_user_pages (without registers) are recorded with
 * their time. The page table, or a call of do_wp_page, shows that a page was present.
 */
#include "faults/page.bpf.h"
#include "faults/place.bpf.h"
#include "faults/ring.bpf.h"
#include "faults/state.bpf.h"
#include "unpreempted.bpf.h"
#include <bpf/bpf_tracing.h>

/* include/linux/mm_types.h, enum fault_flag */
#define FAULT_FLAG_WRITE 0x001
#define FAULT_FLAG_USER 0x040
#define FAULT_FLAG_INSTRUCTION 0x100

/* include/linux/mm_types.h, enum vm_fault_reason */
#define VM_FAULT_SIGBUS 0x000002
#define VM_FAULT_MAJOR 0x000004
#define VM_FAULT_RETRY 0x000400
#define VM_FAULT_ERROR 0x000873 /* OOM, SIGBUS, SIGSEGV, HWPOISON, HWPOISON_LARGE, FALLBACK */

/* Which of state->vmas is an open fault's. */
static __always_inline struct ht_known_vma *place_of(struct ht_fault_state *state,
						     struct ht_open_fault *fault)
{
	return fault == &state->user ? &state->vmas[0] : &state->vmas[1];
}

/* In another process's memory? That of the program that exec is about to start has no exe_file yet. */
static __always_inline bool is_remote(struct task_struct *task, struct mm_struct *mm)
{
	return mm != task->mm && mm->exe_file;
}

static __always_inline void take_place(struct ht_fault_state *state, struct ht_open_fault *fault,
				       struct vm_area_struct *area, __u64 address, __u64 now)
{
	struct ht_known_path *path = fault == &state->user ? &state->paths[0] : &state->paths[1];
	struct ht_known_vma *vma = place_of(state, fault);
	struct vma_look look = {.vma = vma, .mm = area->vm_mm};
	__u64 identity = mm_identity(look.mm);
	__u32 writes = mm_writes(look.mm);

	/* The task's last fault of this sort was there too. */
	if (holds(vma, identity, writes, address) && !has_other_name(vma, path))
		return;
	vma->writes = writes;
	vma->mm = identity;
	read_vma(&look, area);
	remember_path(path, look.file);
	name_mapped_file(&look, path, now);
}

/* struct vm_area_struct *vma, unsigned long address, unsigned int flags, struct pt_regs *regs */
HT_UNPREEMPTED_THRICE("?fentry/handle_mm_fault", on_handle_fault,
		      is_traced_task(bpf_get_current_task_btf()))
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct vm_area_struct *area = (void *)ctx[0];
	__u32 flags = ctx[2], facts = HT_FAULT_ACCESS;
	struct ht_fault_state *state;
	struct ht_open_fault *fault;
	__u64 address = ctx[1];
	__u64 start_ns;

	if (!is_traced_task(task))
		return 0;
	state = make_fault_state(task);
	if (!state)
		return 0;
	begin_task(task, state);
	start_ns = bpf_ktime_get_boot_ns();
	if (flags & FAULT_FLAG_WRITE)
		facts |= HT_FAULT_WRITE;
	if (flags & FAULT_FLAG_INSTRUCTION)
		facts |= HT_FAULT_EXEC;
	if (!ctx[3])
		facts |= HT_FAULT_GUP | (is_remote(task, area->vm_mm) ? HT_FAULT_REMOTE : 0);
	else if (!(flags & FAULT_FLAG_USER))
		facts |= HT_FAULT_KERNEL;
	fault = facts & (HT_FAULT_GUP | HT_FAULT_KERNEL) ? &state->kernel : &state->user;
	if (fault == &state->user)
		give_up_fault(task, state, &state->kernel, 0);
	open_fault(task, area->vm_mm, state, fault, address, facts, start_ns);
	take_place(state, fault, area, address, start_ns);
	note_file_pages(state, fault, place_of(state, fault));
	return 0;
}

/* The same, and vm_fault_t ret */
HT_UNPREEMPTED_THRICE("?fexit/handle_mm_fault", on_handled_fault,
		      is_traced_task(bpf_get_current_task_btf()))
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct ht_fault_state *state;
	struct ht_open_fault *fault;
	__u32 ret = ctx[4], facts;

	if (!is_traced_task(task))
		return 0;
	state = fault_state(task);
	fault = state ? innermost(state) : 0;
	/* Retried, or failed: the next entry or a signal shows which. */
	if (!fault || fault->address != ctx[1] || ret & (VM_FAULT_RETRY | VM_FAULT_ERROR))
		return 0;
	/* mm_account_fault() has counted it: as major too when an earlier try was. */
	if (reads_page_tables())
		see_given_page(state, fault, ((struct vm_area_struct *)ctx[0])->vm_mm,
			       place_of(state, fault));
	facts = HT_FAULT_DONE | ((__u32)task->maj_flt != fault->maj_flt ? HT_FAULT_MAJOR : 0);
	emit_ended_fault(task, fault, place_of(state, fault), 0, facts);
	fault->start_ns = 0;
	counted_apart(state, fault, facts);
	return 0;
}

static __always_inline int page_was_present(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct ht_fault_state *state;
	struct ht_open_fault *fault;

	if (!is_traced_task(task))
		return 0;
	state = fault_state(task);
	fault = state ? innermost(state) : 0;
	if (fault)
		fault->facts |= HT_FAULT_PRESENT;
	return 0;
}

HT_UNPREEMPTED("?fentry/do_wp_page", on_wp_page)
{
	return page_was_present();
}

HT_UNPREEMPTED("?fentry/do_huge_pmd_wp_page", on_huge_wp_page)
{
	return page_was_present();
}

char LICENSE[] SEC("license") = "GPL";
