/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a task: its last switch off a CPU, after which the kernel's counters are final. */
#ifndef HT_TASK_END_BPF_H
#define HT_TASK_END_BPF_H

#include "emit.bpf.h"
#include "task.bpf.h"

#define TASK_DEAD 0x80 /* include/linux/sched.h */

static __always_inline void emit_task_end_at(struct task_struct *task, __u64 now)
{
	struct ht_task_end *end;
	struct emitter e;

	end = EMIT_BEGIN_AT(&e, TASK_END, task->pid, now);
	if (!end)
		return;
	fill_task(&end->task, task, true);
	EMIT_END(&e, end);
}

static __always_inline void emit_task_end(struct task_struct *task)
{
	emit_task_end_at(task, bpf_ktime_get_boot_ns());
}

#endif
