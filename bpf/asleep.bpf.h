/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A task that is moved to another CPU in its sleep: HT_MIGRATE_ASLEEP. */
#ifndef HT_ASLEEP_BPF_H
#define HT_ASLEEP_BPF_H

#include "syscall.bpf.h"
#include "task.bpf.h"

/* migration/N, of the stop class: it moves a task that must not run meanwhile (kernel/stop_machine.c). */
static __always_inline bool is_stopper(struct task_struct *task)
{
	return task->flags & PF_KTHREAD && task->prio == 0 && task->comm[0] == 'm' &&
	       task->comm[1] == 'i' && task->comm[2] == 'g';
}

/*
 * It asked for the move itself, by an affinity or an exec, and sleeps until the stopper has moved it: that
 * wakes it a moment later (affine_move_task(), sched_exec(), kernel/sched/core.c).
 */
static __always_inline bool is_moved_as_asked(struct task_struct *task)
{
	long call;

	if (!(task_state(task) & TASK_UNINTERRUPTIBLE) || task->flags & PF_KTHREAD ||
	    !is_stopper(bpf_get_current_task_btf()) || is_in_compat_call(task))
		return false;
	call = CALL_IN((struct pt_regs *)bpf_task_pt_regs(task));
	return call == NR_SCHED_SETAFFINITY || call == NR_EXECVE || call == NR_EXECVEAT;
}

/* At sched_migrate_task. A task that its wake-up moves has on_rq 0. */
static __always_inline bool is_moved_asleep(struct task_struct *task)
{
	return task->on_rq && is_dequeue_delayed(task) && !is_moved_as_asked(task);
}

#endif
