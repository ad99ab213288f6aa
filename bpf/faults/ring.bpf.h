/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records a fault that has ended. A group ring is used where the program cannot be preempted, nor be
 * interrupted by another one that records a fault: in programs of perf events (bpf_overflow_handler(),
 * kernel/events/core.c), and in those of fentry where they can disable preemption.
 */
#ifndef HT_FAULT_RING_BPF_H
#define HT_FAULT_RING_BPF_H

#include "faults/state.bpf.h"
#include "group_ring.bpf.h"

HT_GROUP_RING(fault, FAULT)

/* `vma` may be null; `end_ns` 0 = now */
static __always_inline void emit_ended_fault(struct task_struct *task, struct ht_open_fault *fault,
					     struct ht_known_vma *vma, __u64 end_ns, __u32 facts)
{
	struct ht_fault_ring *ring;
	struct ht_fault *record;
	struct emitter e;
	__u64 now;

	if (settings.totals) {
		sum_fault(task, fault, vma, end_ns ? end_ns : bpf_ktime_get_boot_ns(), facts, 0);
		return;
	}
	if (!settings.fault_groups) {
		emit_fault(task, fault, vma, facts, 0);
		return;
	}
	now = bpf_ktime_get_boot_ns();
	if (!emitter_find_cpu(&e))
		return;
	record = begin_fault(&e, &ring, now);
	if (!record)
		return;
	fill_fault(record, task, fault, vma, end_ns ? end_ns : now, facts, 0);
	end_fault(&e, ring, record, task->pid, now);
}

#endif
