/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a task: its last switch off a CPU, when the kernel's books about it are final. */
#ifndef HT_TASK_END_BPF_H
#define HT_TASK_END_BPF_H

#include "emit.bpf.h"
#include "task.bpf.h"

#define TASK_DEAD 0x80 /* include/linux/sched.h */

static __always_inline void emit_task_end(struct task_struct *task)
{
	struct ht_task_end *end;
	struct emitter e;

	end = emit_begin(&e, HT_TASK_END, sizeof(*end), task->pid);
	if (!end)
		return;
	fill_task(&end->task, task, true);
	emit_end(&e, end, sizeof(*end));
}

#endif
