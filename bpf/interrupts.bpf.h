/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is this a task's own code, or an interrupt on top of it? */
#ifndef HT_INTERRUPTS_BPF_H
#define HT_INTERRUPTS_BPF_H

#include "compat.bpf.h"
#include "kernel_memory.bpf.h"

/* include/linux/preempt.h */
#define SOFTIRQ_SERVED 0x00000100 /* the bits above count local_bh_disable */
#define HARDIRQ_MASK 0x00ff0000 /* and NMI_MASK */

/* arm64: in thread_info */
struct thread_info___count {
	u64 preempt_count;
} __attribute__((preserve_access_index));

struct task_struct___count {
	struct thread_info___count thread_info;
} __attribute__((preserve_access_index));

/* HT_CONTEXT_* of this CPU; 0 = not known. */
static __always_inline __u8 waking_context(struct task_struct *current)
{
	struct task_struct___count *task = (void *)current;
	__u32 count, hardirqs = HARDIRQ_MASK;

	if (settings.preempt_count) {
		__u64 queue = (__u64)task_rq(current);

		if (!queue)
			return 0;
		count = read_word(queue + settings.preempt_count);
		hardirqs = settings.hardirq_mask;
	} else if (bpf_core_field_exists(task->thread_info.preempt_count)) {
		count = BPF_CORE_READ(task, thread_info.preempt_count);
	} else {
		return 0;
	}
	if (count & hardirqs)
		return HT_CONTEXT_HARDIRQ;
	return count & SOFTIRQ_SERVED ? HT_CONTEXT_SOFTIRQ : HT_CONTEXT_TASK;
}

#endif
