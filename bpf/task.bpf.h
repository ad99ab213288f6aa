/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fills an ht_task: which task it is, and the kernel's counters of it. */
#ifndef HT_TASK_BPF_H
#define HT_TASK_BPF_H

#include "compat.bpf.h"
#include "filter.bpf.h"

#define PF_EXITING 0x00000004 /* include/linux/sched.h */
#define PF_IO_WORKER 0x00000010
#define PF_KTHREAD 0x00200000
#define DEFAULT_PRIO 120      /* include/linux/sched/prio.h: nice 0 */

static __always_inline __s8 task_nice(struct task_struct *task)
{
	return task->static_prio - DEFAULT_PRIO;
}

#define TASK_UNINTERRUPTIBLE 0x0002 /* include/linux/sched.h */
#define TASK_STOPPED_OR_TRACED 0x000c
#define TASK_TRACED 0x0008
#define TASK_WAKING 0x0200 /* try_to_wake_up() sets it before it chooses a CPU */
#define TASK_NOLOAD 0x0400

/*
 * D is not disk: vfork parents, mmap_lock and RCU waits are D too. io_schedule() (kernel/sched/core.c)
 * marks the sleep that the kernel itself counts as I/O wait. The verifier refuses a direct load of
 * this bit-field, so only D sleeps pay for the probing read.
 */
static __always_inline bool sleeps_for_io(struct task_struct *task, __u32 state)
{
	if ((state & (TASK_UNINTERRUPTIBLE | TASK_NOLOAD)) != TASK_UNINTERRUPTIBLE)
		return false;
	return BPF_CORE_READ_BITFIELD_PROBED(task, in_iowait);
}

/* It sleeps, but is on its run queue until it is chosen there (6.12 on). */
static __always_inline bool is_dequeue_delayed(struct task_struct *task)
{
	struct sched_entity___delayed *entity = (void *)&task->se;

	return bpf_core_field_exists(entity->sched_delayed) && BPF_CORE_READ(entity, sched_delayed);
}

/*
 * It sleeps, and the kernel counts a wait: it was moved before (HT_MIGRATE_ASLEEP). A wake-up sets last_queued a
 * moment before on_rq.
 */
static __always_inline bool was_moved_asleep(struct task_struct *task, __u32 state)
{
	return has_sched_info() && !task->on_cpu && state && state != TASK_WAKING &&
	       (!task->on_rq || is_dequeue_delayed(task)) && task->sched_info.last_queued;
}

/* Everything but the header. */
static __always_inline void fill_task(struct ht_task *to, struct task_struct *task, bool traced)
{
	__u8 flags = traced ? HT_TASK_TRACED : 0;
	bool on_cpu = task->on_cpu, queued = !on_cpu && task->on_rq && !is_dequeue_delayed(task);

	if (on_cpu)
		flags |= HT_TASK_ON_CPU;
	else if (queued)
		flags |= HT_TASK_QUEUED;
	if (task->flags & PF_KTHREAD)
		flags |= HT_TASK_KTHREAD;
	to->start_boottime_ns = task->start_boottime;
	to->cgroup_id = task_cgroup_id(task);
	to->run_delay_ns = 0;
	to->pcount = 0;
	if (has_sched_info()) {
		to->run_delay_ns = task->sched_info.run_delay;
		to->pcount = task->sched_info.pcount;
		flags |= HT_TASK_EXACT;
	}
	to->nvcsw = task->nvcsw;
	to->nivcsw = task->nivcsw;
	to->min_flt = task->min_flt;
	to->maj_flt = task->maj_flt;
	to->exec_runtime_ns = task->se.sum_exec_runtime;
	to->pid = task->tgid;
	to->parent_pid = BPF_CORE_READ(task, real_parent, tgid);
	to->state = task_state(task);
	if (sleeps_for_io(task, to->state))
		flags |= HT_TASK_IOWAIT;
	if (was_moved_asleep(task, to->state))
		flags |= HT_TASK_MOVED_ASLEEP;
	to->prio = task->prio;
	to->nice = task_nice(task);
	to->policy = task->policy;
	to->flags = flags;
	to->pad[0] = to->pad[1] = 0;
	bpf_probe_read_kernel_str(to->comm, sizeof(to->comm), task->comm);
}

#endif
