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

#define LIFE_PER_WORD (64 / HT_LIFE_BITS)

/* tid / LIFE_PER_WORD → HT_LIFE_* of so many tasks */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* the loader: tids / LIFE_PER_WORD when the family is loaded */
	__type(key, __u32);
	__type(value, __u64);
} life_bits __weak SEC(".maps");

static __always_inline __u32 life_awaits(__u32 tid)
{
	__u32 word = tid / LIFE_PER_WORD;
	__u64 *bits = bpf_map_lookup_elem(&life_bits, &word);

	return bits ? *bits >> (tid % LIFE_PER_WORD * HT_LIFE_BITS) & 0xf : 0;
}

static __always_inline void life_await(__u32 tid, __u64 what)
{
	__u32 word = tid / LIFE_PER_WORD;
	__u64 *bits = bpf_map_lookup_elem(&life_bits, &word);

	if (bits)
		__sync_fetch_and_or(bits, what << (tid % LIFE_PER_WORD * HT_LIFE_BITS));
}

static __always_inline void life_settle(__u32 tid, __u64 what)
{
	__u32 word = tid / LIFE_PER_WORD;
	__u64 *bits = bpf_map_lookup_elem(&life_bits, &word);

	if (bits)
		__sync_fetch_and_and(bits, ~(what << (tid % LIFE_PER_WORD * HT_LIFE_BITS)));
}

/* False when the task is in the initial namespace: nothing to tell. */
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
	if (settings.filter)
		life_await(BPF_CORE_READ(task, real_parent, tgid), HT_LIFE_REAPER);
	if (!fill_task_pids(&pids, task))
		return;
	record = emit_begin(&e, HT_TASK_PIDS, sizeof(*record), tid);
	if (!record)
		return;
	pids.head = record->head;
	*record = pids;
	emit_end(&e, record, sizeof(*record));
}

#endif
