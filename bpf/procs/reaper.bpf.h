/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The waits of a parent are wanted from the moment on at which it has a traced child: a birth, or a
 * task that joins the target by its name or its cgroup.
 */
#ifndef HT_REAPER_BPF_H
#define HT_REAPER_BPF_H

#include "procs/wait.bpf.h"

/* The number of the process that the parent would give to wait4. */
static __always_inline __u32 number_for(struct task_struct *parent, struct task_struct *task)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	struct upid upid;

	read_upid(leader, pid_level(parent), &upid);
	return upid.nr;
}

/*
 * The task is traced from now on, and its parent may not be. A parent that sleeps in wait4 already
 * (a shell, as a rule) entered it unseen: the record of that is made now. Of a parent with several
 * threads only the one that forked is looked at.
 */
static __noinline int expect_reaper(struct task_struct *task)
{
	__u32 options = WEXITED, selected_pid, which = P_PID;
	struct task_struct *parent;
	struct pt_regs *regs;
	__s32 number;
	long nr;

	if (!task)
		return 0;
	parent = task->real_parent;
	if (!parent)
		return 0;
	life_await(parent->tgid, HT_LIFE_REAPER);
	if (life_awaits(parent->pid) & HT_LIFE_WAITING)
		return 0;
	regs = (struct pt_regs *)bpf_task_pt_regs(parent);
	nr = syscall_of(parent, regs);
	if (nr != NR_WAIT4 && nr != NR_WAITID)
		return 0;
	if (nr == NR_WAIT4) {
		number = (__s32)syscall_argument(regs, 0);
		options |= (__u32)syscall_argument(regs, 2);
	} else {
		which = (__u32)syscall_argument(regs, 0);
		number = (__s32)syscall_argument(regs, 1);
		options = (__u32)syscall_argument(regs, 3);
	}
	selected_pid = HT_WAIT_ANY;
	if (which == P_PIDFD)
		selected_pid = task->tgid; /* whose it is, is not read */
	else if (which == P_PGID || (nr == NR_WAIT4 && (!number || number < -1)))
		selected_pid = HT_WAIT_GROUP;
	else if (which == P_PID && number > 0)
		selected_pid = task->tgid;
	if (which == P_PID && number > 0 && (__u32)number != number_for(parent, task))
		return 0; /* it waits for another one; its next wait will be seen */
	life_await(parent->pid, HT_LIFE_WAITING);
	emit_wait(parent, HT_WAIT_LOOKS, selected_pid, options);
	return 0;
}

#endif
