/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a task is moved to another CPU, from what is true while it is (sched_migrate_task). */
#ifndef HT_SCHED_MOVE_BPF_H
#define HT_SCHED_MOVE_BPF_H

#include "compat.bpf.h"
#include "asleep.bpf.h"
#include "events.h"

static __always_inline bool may_run_on(struct task_struct *task, __u32 cpu)
{
	const void *mask = BPF_CORE_READ(task, cpus_ptr);
	__u64 word = ~0ULL;

	bpf_probe_read_kernel(&word, sizeof(word), mask + cpu / 64 * sizeof(word));
	return word >> (cpu % 64) & 1;
}

static __always_inline __u8 move_reason(struct task_struct *task, __u32 to_cpu)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct rq *rq = task_rq(current);

	/* First: a task that changes its own affinity sleeps, and is moved by its wake-up (affine_move_task). */
	if (!may_run_on(task, task_cpu(task)))
		return HT_MOVE_AFFINITY;
	if (task_state(task) == TASK_WAKING)
		return HT_MOVE_WAKEUP;
	if (is_stopper(current)) {
		if (bpf_core_field_exists(task->in_execve) &&
		    BPF_CORE_READ_BITFIELD_PROBED(task, in_execve))
			return HT_MOVE_EXEC;
		return HT_MOVE_STOPPER;
	}
	if (task->prio < 100)
		return to_cpu == bpf_get_smp_processor_id() ? HT_MOVE_PULL : HT_MOVE_PUSH;
	/* newidle_balance() runs before the CPU's task is replaced; the balancing of an idle CPU on top of its idle task. */
	if (to_cpu == bpf_get_smp_processor_id() && current->pid && rq && !rq->nr_running)
		return HT_MOVE_PULL;
	return HT_MOVE_BALANCE;
}

#endif
