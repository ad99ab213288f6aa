/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Telling of a fault that has ended: in a ring of groups where the program that does cannot lose its
 * CPU, nor be interrupted by one that tells of another. Programs of perf events cannot
 * (bpf_overflow_handler(), kernel/events/core.c), those of fentry where they can turn preemption off.
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
