/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits for children: wait4 and waitid. */
#ifndef HT_WAIT_BPF_H
#define HT_WAIT_BPF_H

#include "procs/life.bpf.h"
#include "syscall.bpf.h"
#include <bpf/bpf_tracing.h>

/* include/uapi/linux/wait.h */
#define WNOHANG 0x1
#define WEXITED 0x4
#define P_PID 1
#define P_PGID 2
#define P_PIDFD 3

static __always_inline bool is_in_wait(struct task_struct *task)
{
	long nr = syscall_of(task, (struct pt_regs *)bpf_task_pt_regs(task));

	return nr == NR_WAIT4 || nr == NR_WAITID;
}

static __always_inline void emit_wait(struct task_struct *task, __u32 kind, __u32 selected_pid,
				      __u32 options)
{
	struct ht_wait *wait;
	struct emitter e;

	wait = EMIT_BEGIN(&e, WAIT, task->pid);
	if (!wait)
		return;
	wait->pid = task->tgid;
	wait->selected_pid = selected_pid;
	wait->options = options;
	wait->kind = kind;
	EMIT_END(&e, wait);
}

#endif
