/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forks, execs and exits of `serve`, by the cgroup of the task that does it. */
#include "slots.bpf.h"
#include "totals/states.bpf.h"
#include <bpf/bpf_tracing.h>

#define CLONE_THREAD 0x00010000 /* include/uapi/linux/sched.h */
#define SIGNAL_GROUP_EXIT 0x00000004 /* include/linux/sched/signal.h */

#define COUNT(sums, field) ADD_SUM(sums, field, 1)

SEC("?tp_btf/task_newtask")
int BPF_PROG(on_totals_fork, struct task_struct *task, unsigned long clone_flags)
{
	struct ht_sums *sums = current_sums();

	if (!sums)
		return 0;
	if (clone_flags & CLONE_THREAD)
		COUNT(sums, threads);
	else
		COUNT(sums, forks);
	return 0;
}

/* struct task_struct *task, pid_t old_pid, struct linux_binprm *bprm */
SEC("?tp_btf/sched_process_exec")
int on_totals_exec(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];
	__u32 old_tid = (__u32)ctx[1], tid = task->pid;
	struct ht_sums *sums = current_sums();
	struct ht_totals_task *from, *to;
	struct ht_totals_cpu *here;
	__u32 cpu;

	/* A thread took over its leader's tid (de_thread(), fs/exec.c): its state goes with it. */
	if (old_tid != tid) {
		cpu = bpf_get_smp_processor_id();
		here = bpf_map_lookup_elem(&totals_cpus, &cpu);
		if (here && here->tid == old_tid)
			here->tid = tid;
		from = find_state(old_tid, 0);
		to = find_state(tid, 0);
		if (from && to && from->who == (__u64)task && to->who != from->who) {
			*to = *from;
			to->tid = tid;
		}
	}
	if (sums)
		COUNT(sums, execs);
	return 0;
}

/* struct task_struct *task, and from 6.16 on bool group_dead */
SEC("?tp_btf/sched_process_exit")
int on_totals_exit(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];
	struct signal_struct *signal = task->signal;
	struct ht_sums *sums;
	__u32 status;

	/* When two threads exit at once, both may read 0; the hook's argument (6.16 on) is exact. */
	if (settings.group_dead_is_arg ? !(ctx[1] & 0xff) : signal->live.counter != 0)
		return 0;
	sums = current_sums();
	if (!sums)
		return 0;
	/* kernel/exit.c, wait_task_zombie() */
	status = signal->flags & SIGNAL_GROUP_EXIT ? signal->group_exit_code :
						      task->group_leader->exit_code;
	if (status & 0x7f)
		COUNT(sums, exits[HT_EXIT_SIGNAL]);
	else if (status)
		COUNT(sums, exits[HT_EXIT_FAILURE]);
	else
		COUNT(sums, exits[HT_EXIT_SUCCESS]);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
