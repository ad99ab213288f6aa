/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers that a task has in the pid namespaces that it is in: one per level, the initial's 0. */
#ifndef HT_PID_NUMBERS_BPF_H
#define HT_PID_NUMBERS_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/* The level of its own namespace, the innermost. */
static __always_inline __u32 pid_level(struct task_struct *task)
{
	return BPF_CORE_READ(task, thread_pid, level);
}

/* `level` must not exceed the level of the task's own namespace. */
static __always_inline void read_upid(struct task_struct *task, __u32 level, struct upid *upid)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	void *numbers = (void *)__builtin_preserve_access_index(&pid->numbers);

	upid->nr = 0;
	upid->ns = 0;
	numbers += level * bpf_core_type_size(struct upid);
	upid->nr = BPF_CORE_READ((struct upid *)numbers, nr);
	upid->ns = BPF_CORE_READ((struct upid *)numbers, ns);
}

#endif
