/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sleeps that had begun before tracing did. The others are recorded by sched.bpf.c, whose hooks
 * they share (why/sleep.bpf.h): a second program at sched_switch would take longer than what it does.
 */
#include "task_end.bpf.h"
#include "why/sleep.bpf.h"
#include <bpf/bpf_tracing.h>

SEC("?iter/task")
int scan_sleeps(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct emitter e;
	__u32 state;

	if (!task || !is_traced(task->pid) || task->on_cpu || task->on_rq)
		return 0;
	state = task_state(task);
	if (state && !(state & TASK_DEAD) && emitter_find_cpu(&e))
		record_sleep(&e, ctx, task, state, false, bpf_ktime_get_boot_ns());
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
