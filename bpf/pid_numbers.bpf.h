/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers that a task has in the pid namespaces that it is in: one per level, the initial's 0. */
#ifndef HT_PID_NUMBERS_BPF_H
#define HT_PID_NUMBERS_BPF_H

#include "xarray.bpf.h"
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

/*
 * The kernel's number of the thread that this one calls `nr`: what its pid namespace has at that number
 * (find_pid_ns(), kernel/pid.c). 0 = nobody. Global: it is verified once, not at each call.
 */
__weak __noinline __u32 tid_of_number(__u64 namespace, __u32 nr)
{
	struct pid_namespace *ns = (void *)namespace;
	struct xa_node *lowest;
	struct pid *pid;
	void *numbers;
	__u32 shift;

	if (!ns || !bpf_core_field_exists(ns->idr) || !xarray_is_known())
		return 0;
	pid = (void *)xa_find_below((__u64)BPF_CORE_READ(ns, idr.idr_rt.xa_head), nr, &lowest, &shift);
	if (!pid)
		return 0;
	numbers = (void *)__builtin_preserve_access_index(&pid->numbers);
	return BPF_CORE_READ((struct upid *)numbers, nr);
}

#endif
