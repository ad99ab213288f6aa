/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the life-cycle family awaits of each task, as four bits per tid: its switch hook has to ask
 * at every switch, and must be done in a few instructions when there is nothing.
 */
#ifndef HT_LIFE_BPF_H
#define HT_LIFE_BPF_H

#include "emit.bpf.h"
#include "filter.bpf.h"
#include "pid_numbers.bpf.h"

/* A bitmap, HT_LIFE_BITS per tid: HT_LIFE_* */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* the loader: HT_PID_LIMIT * HT_LIFE_BITS / 64 when the family is loaded */
	__type(key, __u32);
	__type(value, __u64);
} life_bits __weak SEC(".maps");

static __always_inline __u32 life_awaits(__u32 tid)
{
	__u64 *word = word_of_bit(&life_bits, tid * HT_LIFE_BITS);

	return word ? *word >> (tid * HT_LIFE_BITS % 64) & 0xf : 0;
}

static __always_inline void life_await(__u32 tid, __u64 what)
{
	set_bits(&life_bits, tid * HT_LIFE_BITS, what);
}

static __always_inline void life_settle(__u32 tid, __u64 what)
{
	clear_bits(&life_bits, tid * HT_LIFE_BITS, what);
}

/* False when the task is in the initial namespace: no record is needed. */
static __always_inline bool fill_task_pids(struct ht_task_pids *to, struct task_struct *task)
{
	__u32 level = pid_level(task);
	struct upid own, leader;

	read_upid(task, level, &own);
	if (!level || !own.ns)
		return false;
	read_upid(task->group_leader, level, &leader);
	to->pid = task->tgid;
	to->ns_tid = own.nr;
	to->ns_pid = leader.nr;
	to->ns_inode = BPF_CORE_READ(own.ns, ns.inum);
	to->level = level;
	to->pad = 0;
	return true;
}

/* A birth: `traced` is settled, and task->real_parent is who will have to reap it. */
static __always_inline void life_born(struct task_struct *task, bool traced)
{
	__u32 tid = task->pid;
	struct ht_task_pids pids, *record;
	struct emitter e;

	life_settle(tid, 0xf);
	if (!traced)
		return;
	life_await(tid, HT_LIFE_FRESH);
	if (!fill_task_pids(&pids, task))
		return;
	record = EMIT_BEGIN(&e, TASK_PIDS, tid);
	if (!record)
		return;
	pids.head = record->head;
	*record = pids;
	EMIT_END(&e, record);
}

#endif
