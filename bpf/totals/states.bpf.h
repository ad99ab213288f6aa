/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is remembered of each task between two switches: its counters of the kernel. A sum is the growth
 * of such a counter, so that a switch that the kernel did not report is made up for by the next one.
 */
#ifndef HT_TOTALS_STATES_BPF_H
#define HT_TOTALS_STATES_BPF_H

#include "maps.bpf.h"

/* By the low bits of the tid. With as many ways in all as there are tids, no task displaces another. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the loader: a power of two */
	__type(key, __u32);
	__type(value, struct ht_totals_set);
} totals_tasks __weak SEC(".maps");

static __always_inline struct ht_totals_task *find_state(__u32 tid, struct ht_totals_cpu *here)
{
	__u32 number = tid & settings.totals_set_mask;
	struct ht_totals_set *set = bpf_map_lookup_elem(&totals_tasks, &number);
	struct ht_totals_task *found;
	__u32 displaced;

	if (!set)
		return 0;
	/* Way by way, for the verifier: an index into a set would have to be bounded each time. */
	if (set->ways[0].tid == tid)
		return &set->ways[0];
	if (set->ways[1].tid == tid)
		return &set->ways[1];
	if (set->ways[2].tid == tid)
		return &set->ways[2];
	if (set->ways[3].tid == tid)
		return &set->ways[3];
	if (!set->ways[0].tid)
		found = &set->ways[0];
	else if (!set->ways[1].tid)
		found = &set->ways[1];
	else if (!set->ways[2].tid)
		found = &set->ways[2];
	else {
		found = &set->ways[3];
		if (found->tid && here)
			here->forgotten++;
	}
	displaced = found->displaced | found->tid;
	__builtin_memset(found, 0, sizeof(*found));
	found->tid = tid;
	found->displaced = displaced;
	return found;
}

/* The state is that of this task from now on, with nothing known of earlier times. */
static __always_inline void begin_state(struct ht_totals_task *state, struct task_struct *task)
{
	__u32 tid = state->tid, displaced = state->displaced;

	__builtin_memset(state, 0, sizeof(*state));
	state->tid = tid;
	state->displaced = displaced;
	state->who = (__u64)task;
}

/*
 * Of a task without a state: is all that it has run not counted yet? It is when the task is younger than
 * the sums, unless its state was displaced. The kernel does not report the switch to a task now and then
 * (docs/kernel-notes.md, 44): a new task is then seen first when it leaves its CPU.
 */
static __always_inline bool counts_from_0(const struct ht_totals_cpu *here, struct task_struct *task)
{
	__u32 number = (__u32)task->pid & settings.totals_set_mask;
	struct ht_totals_set *set = bpf_map_lookup_elem(&totals_tasks, &number);

	return set && !set->ways[HT_TOTALS_WAYS - 1].displaced &&
	       task->start_boottime >= here->begin_ns;
}

/* The counters that sums are the growth of, as they are now. */
static __always_inline void remember_counters(struct ht_totals_task *state, struct task_struct *task)
{
	state->exec_ns = task->se.sum_exec_runtime;
	state->run_delay_ns = task->sched_info.run_delay;
	state->pcount = task->sched_info.pcount;
	state->nvcsw = task->nvcsw;
	state->nivcsw = task->nivcsw;
	state->min_flt = task->min_flt;
	state->maj_flt = task->maj_flt;
}

#endif
