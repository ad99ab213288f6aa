/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The faults family, base tier: the entry from the exception's tracepoints, the end from the perf
 * software events that the kernel raises when it accounts a fault (mm_account_fault, mm/memory.c),
 * and what happened in between from the page table or the page allocator, and the mm's counters.
 *
 * Kernel code that may not fault (reads by BPF among it) is recognized by pagefault_disabled.
 */
#include "faults/own_page.bpf.h"
#include "faults/page.bpf.h"
#include "faults/place.bpf.h"
#include "faults/ring.bpf.h"
#include "faults/state.bpf.h"
#include "signal.bpf.h"
#include "task_end.bpf.h"
#include "unpreempted.bpf.h"
#include <bpf/bpf_tracing.h>

/* arch/x86/include/asm/trap_pf.h */
#define PF_PROT 0x01
#define PF_WRITE 0x02
#define PF_INSTR 0x10

#define USER_ADDRESS_BITS 56 /* five levels; the kernel's own are negative */

/* include/linux/gfp_types.h */
#define GFP_MOVABLE 0x08
#define GFP_ZERO 0x100

/* A page table's entries have 8 bytes, and fill a page. */
#define PMD_ORDER (settings.page_shift - 3)

/* include/linux/mm_types_task.h */
#define MM_COUNTERS 4

#define SIGBUS 7
#define SIGSEGV 11

static __always_inline int fault_begins(__u64 address, __u64 code, __u32 facts)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct ht_fault_state *state;
	struct ht_open_fault *fault;
	struct ht_known_vma *vma;
	__u64 start_ns;

	if (!is_traced_task(task))
		return 0;
	if (address >> USER_ADDRESS_BITS)
		return 0;
	state = make_fault_state(task);
	if (!state)
		return 0;
	begin_task(task, state);
	settle_own_page(task, state);
	if (code & PF_PROT)
		facts |= HT_FAULT_PRESENT;
	if (code & PF_WRITE)
		facts |= HT_FAULT_WRITE;
	if (code & PF_INSTR)
		facts |= HT_FAULT_EXEC;
	if (facts & HT_FAULT_KERNEL && task->pagefault_disabled) {
		struct ht_open_fault tried = {.address = address, .facts = facts};

		emit_fault(task, &tried, 0, HT_FAULT_NOFAULT, 0);
		return 0;
	}
	fault = facts & HT_FAULT_KERNEL ? &state->kernel : &state->user;
	/* Before another mapping is looked up. */
	if (!(facts & HT_FAULT_KERNEL) || !is_tried_again(task, &state->kernel, address))
		give_up_fault(task, state, &state->kernel, 0);
	/* How many pages has the file? The look-up, which the end of the fault needs too, is not its
	 * time. */
	vma = reads_page_tables() ? look_up_place(task, task->mm, state, address, &start_ns, true) :
				    0;
	start_ns = bpf_ktime_get_boot_ns();
	open_fault(task, task->mm, state, fault, address, facts, start_ns);
	if (vma)
		note_file_pages(state, fault, vma);
	return 0;
}

SEC("?tp_btf/page_fault_user")
int BPF_PROG(on_page_fault_user, __u64 address, struct pt_regs *regs, __u64 error_code)
{
	return fault_begins(address, error_code, HT_FAULT_ACCESS);
}

SEC("?tp_btf/page_fault_kernel")
int BPF_PROG(on_page_fault_kernel, __u64 address, struct pt_regs *regs, __u64 error_code)
{
	return fault_begins(address, error_code, HT_FAULT_ACCESS | HT_FAULT_KERNEL);
}

/*
 * User pages and the page cache's; an interrupt allocates none of them. Where page tables are read,
 * those that may be copies: one page, not zeroed.
 */
static __always_inline bool takes_a_page(__u64 *ctx)
{
	if (!(ctx[2] & GFP_MOVABLE) || !ctx[0])
		return false;
	if (reads_page_tables() && (ctx[2] & GFP_ZERO || (__u32)ctx[1]))
		return false;
	return is_traced_task(bpf_get_current_task_btf());
}

/* struct page *page, unsigned int order, gfp_t gfp_flags, int migratetype */
HT_UNPREEMPTED_IF("?tp_btf/mm_page_alloc", on_mm_page_alloc, AT_PAGE_ALLOC, takes_a_page(ctx))
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u32 order = ctx[1], gfp = ctx[2];
	struct ht_fault_state *state;
	struct ht_open_fault *fault;

	state = fault_state(task);
	if (!state)
		return 0;
	fault = innermost(state);
	if (!fault) {
		if (settings.fault_forks && !order && !(gfp & GFP_ZERO))
			note_own_page(task, state, ctx[0]);
		return 0;
	}
	/* The page read from swap is mapped already, so this page is a copy of it. */
	if (fault->facts & HT_FAULT_RSS_SWAP && !(gfp & GFP_ZERO))
		fault->facts |= HT_FAULT_COPIED;
	if (reads_page_tables())
		return 0;
	fault->facts &= ~HT_FAULT_ZEROED;
	fault->facts |= HT_FAULT_ALLOC;
	if (gfp & GFP_ZERO)
		fault->facts |= HT_FAULT_ZEROED;
	if (order >= PMD_ORDER)
		fault->facts |= HT_FAULT_HUGE;
	fault->bytes += 1u << (settings.page_shift + (order & 15));
	return 0;
}

static __always_inline bool counts_of_traced(__u64 *ctx)
{
	return (__u32)ctx[1] < MM_COUNTERS && is_traced_task(bpf_get_current_task_btf());
}

/* struct mm_struct *mm, int member */
HT_UNPREEMPTED_IF("?tp_btf/rss_stat", on_rss_stat, AT_RSS_STAT, counts_of_traced(ctx))
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct ht_fault_state *state;
	struct ht_open_fault *fault;
	__u32 member = ctx[1];

	state = fault_state(task);
	if (!state)
		return 0;
	fault = innermost(state);
	if (fault)
		fault->facts |= HT_FAULT_RSS_FILE << member;
	else
		note_own_counter(task, state, HT_FAULT_RSS_FILE << member);
	return 0;
}

/* What a perf event's program is handed: struct bpf_perf_event_data. */
struct fault_event {
#if defined(__TARGET_ARCH_x86)
	__u64 regs[21]; /* arch/x86/include/uapi/asm/ptrace.h */
#else
	__u64 regs[34]; /* struct user_pt_regs, arch/arm64/include/uapi/asm/ptrace.h */
#endif
	__u64 sample_period;
	__u64 addr;
};

#if defined(__TARGET_ARCH_x86)
#define IN_USER_MODE(event) ((event)->regs[17] & 3) /* cs */
#else
#define IN_USER_MODE(event) (!((event)->regs[33] & 0xf)) /* pstate */
#endif

/* The entry where there is no page_fault_user: raised before the mapping is looked for. */
SEC("?perf_event")
int on_page_fault(struct fault_event *ctx)
{
	return fault_begins(ctx->addr, 0, IN_USER_MODE(ctx) ? 0 : HT_FAULT_KERNEL);
}

static __always_inline int fault_ends(struct fault_event *ctx, __u32 facts)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct ht_fault_state *state;
	struct ht_open_fault *fault;
	struct ht_known_vma *vma;
	__u64 address, end_ns = 0;
	struct mm_struct *mm;

	if (!is_traced_task(task))
		return 0;
	state = make_fault_state(task);
	if (!state)
		return 0;
	mm = task->mm;
	address = ctx->addr;
	fault = innermost(state);
	if (fault == &state->kernel && fault->address != address && state->user.start_ns) {
		give_up_fault(task, state, fault, 0);
		fault = &state->user;
	}
	vma = find_named_place(task, mm, state, address, &end_ns, !reads_page_tables());
	if (!fault || fault->address != address) {
		/* Its entry was not recorded: tracing began in between. Or it was recorded already: a
		 * thread that was created while we attached has two of the events. */
		struct ht_open_fault unseen = {.address = address};

		if (state->recorded_flt == task_flt(task))
			return 0;
		state->recorded_flt = task_flt(task);
		emit_ended_fault(task, &unseen, vma, 0, facts | HT_FAULT_DONE);
		counted_apart(state, 0, facts);
		return 0;
	}
	if (reads_page_tables() && mm)
		see_given_page(state, fault, mm, vma);
	emit_ended_fault(task, fault, vma, end_ns, facts | HT_FAULT_DONE);
	fault->start_ns = 0;
	counted_apart(state, fault, facts);
	state->recorded_flt = task_flt(task);
	return 0;
}

SEC("?perf_event")
int on_minor_fault(struct fault_event *ctx)
{
	return fault_ends(ctx, 0);
}

SEC("?perf_event")
int on_major_fault(struct fault_event *ctx)
{
	return fault_ends(ctx, HT_FAULT_MAJOR);
}

SEC("?tp_btf/signal_generate")
int BPF_PROG(on_fault_signal, int signal, struct kernel_siginfo *info, struct task_struct *to)
{
	struct ht_fault_state *state;
	struct task_struct *task;
	struct ht_known_vma *vma;
	__u64 end_ns = 0;
	int code;

	if (signal != SIGSEGV && signal != SIGBUS)
		return 0;
	task = bpf_get_current_task_btf();
	if (task->pid != to->pid || !is_traced_task(task))
		return 0;
	/* SEND_SIG_NOINFO and SEND_SIG_PRIV are 0 and 1; sent by a user: no fault. */
	if ((__u64)info <= 1)
		return 0;
	code = BPF_CORE_READ(info, si_code);
	if (code <= 0)
		return 0;
	state = fault_state(task);
	if (state && state->user.start_ns && code != SI_KERNEL) {
		give_up_fault(task, state, &state->kernel, 0);
		vma = find_place(task, task->mm, state, state->user.address, &end_ns);
		emit_fault(task, &state->user, vma, 0, signal);
		state->user.start_ns = 0;
	} else {
		/* Of an address of the kernel's, or of none (#GP); by fentry also in no mapping, or not
		 * allowed: handle_mm_fault was not even called. */
		struct ht_open_fault nowhere = {};

		if (code == SI_KERNEL) {
			nowhere.facts = HT_FAULT_NO_ADDRESS;
			emit_fault(task, &nowhere, 0, 0, signal);
			return 0;
		}
		nowhere.address = (__u64)BPF_CORE_READ(info, _sifields._sigfault._addr);
		vma = state ? find_place(task, task->mm, state, nowhere.address, &end_ns) : 0;
		emit_fault(task, &nowhere, vma, 0, signal);
	}
	return 0;
}

/* struct task_struct *task: the current one */
HT_UNPREEMPTED("?tp_btf/sched_process_exit", on_fault_exit)
{
	struct task_struct *task = (void *)ctx[0];
	struct ht_fault_state *state;

	if (!is_traced_task(task))
		return 0;
	state = fault_state(task);
	if (state) {
		settle_own_page(task, state);
		name_renamed_files(task, state);
		give_up_fault(task, state, &state->kernel, HT_FAULT_DIED);
		give_up_fault(task, state, &state->user, HT_FAULT_DIED);
	}
	if (settings.task_ends == HT_ENDS_FAULTS)
		emit_task_end(task);
	emit_fault_counters(task, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
