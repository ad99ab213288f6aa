/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a fork itself took: from the entry of the system call to its return in the parent, which no
 * cheaper hook shows at both ends. Every system call of every task passes here, so that these are
 * attached only when forks are asked for; what is not traced, or no clone, leaves at once.
 */
#include "faults/own_page.bpf.h"
#include "faults/state.bpf.h"
#include "syscall.bpf.h"
#include "unpreempted.bpf.h"
#include <bpf/bpf_tracing.h>

#define CLONE_VFORK 0x00004000 /* include/uapi/linux/sched.h */
#define CLONE_THREAD 0x00010000

#define MM_ANONPAGES 1 /* include/linux/mm_types_task.h */

#if defined(__TARGET_ARCH_x86)
#define NR_CLONE 56
#define NR_FORK 57
#define NR_VFORK 58
#else
#define NR_CLONE 220
#define NR_FORK NR_CLONE
#define NR_VFORK NR_CLONE
#endif
#define NR_CLONE3 435

#if defined(__TARGET_ARCH_x86)
#define NR_EXECVE 59
#define NR_EXIT 60
#define NR_EXIT_GROUP 231
#define NR_EXECVEAT 322
#else
#define NR_EXECVE 221
#define NR_EXIT 93
#define NR_EXIT_GROUP 94
#define NR_EXECVEAT 281
#endif

static __always_inline bool is_clone(long nr)
{
	return nr == NR_CLONE || nr == NR_FORK || nr == NR_VFORK || nr == NR_CLONE3;
}

/* exec replaces the task's memory. */
static __always_inline bool is_leave(long nr)
{
	return nr == NR_EXECVE || nr == NR_EXECVEAT || nr == NR_EXIT || nr == NR_EXIT_GROUP;
}

static __always_inline __u64 hugetlb_bytes(struct mm_struct *mm)
{
	if (!mm || !bpf_core_field_exists(mm->hugetlb_usage))
		return 0;
	return (__u64)BPF_CORE_READ(mm, hugetlb_usage.counter) << settings.page_shift;
}

/* The mm's own estimate, without the last few pages that each CPU has not yet added. */
static __always_inline __u64 anon_bytes(struct mm_struct *mm)
{
	struct mm_struct___counts *older = (void *)mm;
	__s64 pages;

	if (!mm)
		return 0;
	if (bpf_core_field_exists(older->rss_stat.count))
		pages = BPF_CORE_READ(older, rss_stat.count[MM_ANONPAGES].counter);
	else
		pages = BPF_CORE_READ(mm, rss_stat[MM_ANONPAGES].count);
	return pages > 0 ? (__u64)pages << settings.page_shift : 0;
}

static __always_inline void emit_fork(struct task_struct *task, struct ht_fault_state *state)
{
	struct ht_fork *record;
	struct emitter e;

	record = EMIT_BEGIN(&e, FORK, task->pid);
	if (record) {
		record->fork_ns = HT_UNKNOWN_NS;
		if (state->clone_ns && record->head.time_ns > state->clone_ns)
			record->fork_ns = record->head.time_ns - state->clone_ns;
		record->anon_bytes = state->anon_bytes;
		record->clone_flags = state->clone_flags;
		record->child_pid = state->child_pid;
		record->pid = task->tgid;
		record->hugetlb_bytes = state->hugetlb_bytes;
		record->copied_bytes = (__u64)state->clone_copies << settings.page_shift;
		record->copied_pages = state->clone_copies;
		record->flags = HT_FORK_OWN | (settings.fault_rss ? HT_FORK_SWAP : 0) |
				(reads_page_tables() ? HT_FORK_TABLES : 0) |
				/* The allocator of hugetlb has no hook; handle_mm_fault sees them. */
				(reads_page_tables() && settings.fault_fentry ? HT_FORK_OWN_HUGETLB : 0) |
				(knows_ksm() ? HT_FORK_KSM : 0);
		EMIT_END(&e, record);
	}
	state->clone_ns = 0;
	state->child_pid = 0;
}

static __always_inline bool begins_clone(__u64 *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return (is_clone(ctx[1]) || is_leave(ctx[1])) && is_traced_task(task) &&
	       syscall_of(task, (void *)ctx[0]) != NO_SYSCALL;
}

/* struct pt_regs *regs, long id */
HT_UNPREEMPTED_IF("?tp_btf/sys_enter", on_clone_enter, AT_CLONE_ENTER, begins_clone(ctx))
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct ht_fault_state *state;

	state = make_fault_state(task);
	if (!state)
		return 0;
	settle_own_page(task, state);
	if (!is_clone(ctx[1]))
		return 0;
	state->clone_ns = bpf_ktime_get_boot_ns();
	state->child_pid = 0;
	state->clone_copies = 0;
	return 0;
}

/* struct task_struct *task, unsigned long clone_flags; runs in the task that called clone */
HT_UNPREEMPTED("?tp_btf/task_newtask", on_clone_made)
{
	struct task_struct *child = (void *)ctx[0], *task = bpf_get_current_task_btf();
	struct ht_fault_state *state;

	if (ctx[1] & CLONE_THREAD || !is_traced_task(task))
		return 0;
	state = make_fault_state(task);
	if (!state)
		return 0;
	state->clone_flags = ctx[1];
	state->child_pid = child->pid;
	state->anon_bytes = anon_bytes(task->mm);
	state->hugetlb_bytes = hugetlb_bytes(task->mm);
	/* A vfork's parent sleeps until its child executes a program: record its time now. */
	if (ctx[1] & CLONE_VFORK || !state->clone_ns)
		emit_fork(task, state);
	return 0;
}

static __always_inline bool ends_clone(__u64 *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return is_traced_task(task) && is_clone(syscall_of(task, (void *)ctx[0]));
}

/* struct pt_regs *regs, long ret */
HT_UNPREEMPTED_IF("?tp_btf/sys_exit", on_clone_exit, AT_CLONE_EXIT, ends_clone(ctx))
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct ht_fault_state *state;

	state = fault_state(task);
	if (!state)
		return 0;
	if (state->child_pid)
		emit_fork(task, state);
	state->clone_ns = 0;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
