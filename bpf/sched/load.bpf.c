/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sched --load: which uninterruptible sleeps are waits for the mmap_lock of the task's own address space.
 *
 * A task that has to wait for an rw_semaphore sleeps between contention_begin and contention_end
 * (rwsem_down_read_slowpath(), rwsem_down_write_slowpath(), kernel/locking/rwsem.c; 5.19 on), and for
 * nothing else. Without contention neither tracepoint fires.
 */
#include "emit.bpf.h"
#include "filter.bpf.h"
#include "unpreempted.bpf.h"
#include <bpf/bpf_tracing.h>

static __always_inline bool is_own_mmap_lock(__u64 lock)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct mm_struct *mm = task->mm;

	return mm && lock == (__u64)mm + bpf_core_field_offset(struct mm_struct, mmap_lock) &&
	       is_traced(task->pid);
}

static __always_inline int emit_mmap_wait(__u32 kind)
{
	struct ht_mmap_wait *record;
	struct emitter e;

	record = EMIT_BEGIN(&e, MMAP_WAIT, (__u32)bpf_get_current_pid_tgid());
	if (!record)
		return 0;
	record->kind = kind;
	record->pad = 0;
	EMIT_END(&e, record);
	return 0;
}

/* void *lock, unsigned int flags */
HT_UNPREEMPTED_IF("?tp_btf/contention_begin", on_mmap_wait, AT_MMAP_WAIT, is_own_mmap_lock(ctx[0]))
{
	return emit_mmap_wait(HT_MMAP_WAIT_BEGINS);
}

/* void *lock, int ret */
HT_UNPREEMPTED_IF("?tp_btf/contention_end", on_mmap_waited, AT_MMAP_WAITED, is_own_mmap_lock(ctx[0]))
{
	return emit_mmap_wait(HT_MMAP_WAIT_ENDS);
}

char LICENSE[] SEC("license") = "GPL";
