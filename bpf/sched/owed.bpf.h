/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a fair task is owed by the kernel's own account: its lag, as CPU time.
 *
 * lag = weight * (V - vruntime), where V is the average of all vruntimes on the queue, by weight
 * (avg_vruntime(), kernel/sched/fair.c). The kernel keeps two sums over the entities in its tree: of
 * weights, and of weights times keys (vruntime minus a reference). The entity that is on the CPU is not
 * in the tree. What a group is owed is owed to its tasks, to each by its weight.
 *
 * Called with the run queue locked.
 */
#ifndef HT_SCHED_OWED_BPF_H
#define HT_SCHED_OWED_BPF_H

#include "compat.bpf.h"
#include "maps.bpf.h"

#define WEIGHT_SHIFT 10 /* scale_load_down(), 64 bit */
#define NICE_0_WEIGHT 1024
#define PART_SHIFT 20

static __always_inline bool can_know_owed(void)
{
	struct sched_entity___eevdf *eevdf = 0;
	struct cfs_rq___shift *shift = 0;

	return bpf_core_field_exists(eevdf->vlag) && !bpf_core_field_exists(shift->sum_shift);
}

static __always_inline bool is_queued(struct sched_entity *se)
{
	struct sched_entity___on_rq *own = (void *)se;

	return own->on_rq;
}

static __always_inline __u64 weight_in_sums(struct sched_entity *se)
{
	__u64 weight = se->load.weight >> WEIGHT_SHIFT;

	return weight < 2 ? 2 : weight;
}

/* BPF has no signed division before its fourth instruction set. */
static __always_inline __s64 divide(__s64 value, __u64 by)
{
	if (!by)
		return 0;
	return value < 0 ? -(__s64)((__u64)-value / by) : (__s64)((__u64)value / by);
}

/* That of an entity on the CPU was brought up to date at exec_start. */
static __always_inline __u64 vruntime_at(struct sched_entity *se, bool runs, __u64 clock_ns)
{
	__u64 ran_ns = clock_ns - se->exec_start;

	if (!runs || (__s64)ran_ns < 0 || ran_ns >> 32)
		return se->vruntime;
	return se->vruntime + ran_ns * NICE_0_WEIGHT / weight_in_sums(se);
}

static __always_inline __u64 reference_of(struct cfs_rq *queue)
{
	struct cfs_rq___zero *zero = (void *)queue;
	struct cfs_rq___eevdf *first = (void *)queue;

	if (bpf_core_field_exists(zero->zero_vruntime))
		return zero->zero_vruntime;
	return first->min_vruntime;
}

/* V minus the reference. */
static __always_inline __s64 average_key(struct cfs_rq *queue, __u64 clock_ns)
{
	struct cfs_rq___eevdf *first = (void *)queue;
	struct cfs_rq___sums *sums = (void *)queue;
	struct sched_entity *curr = queue->curr;
	__u64 weights, weight;
	__s64 sum;

	if (bpf_core_field_exists(sums->sum_w_vruntime))
		sum = sums->sum_w_vruntime;
	else
		sum = first->avg_vruntime;
	if (bpf_core_field_exists(sums->sum_weight))
		weights = sums->sum_weight;
	else
		weights = first->avg_load;
	if (is_queued(curr)) {
		weight = weight_in_sums(curr);
		weights += weight;
		sum += (__s64)(vruntime_at(curr, true, clock_ns) - reference_of(queue)) *
		       (__s64)weight;
	}
	return divide(sum, weights);
}

/* Where it is not queued, it keeps the lag with which it left. */
static __always_inline __s64 lag_ns(struct sched_entity *se, struct cfs_rq *queue, __u64 clock_ns)
{
	struct sched_entity___eevdf *eevdf = (void *)se;
	__s64 lag = eevdf->vlag;
	__u64 vruntime;

	if (is_queued(se)) {
		vruntime = vruntime_at(se, queue->curr == se, clock_ns);
		lag = average_key(queue, clock_ns) - (__s64)(vruntime - reference_of(queue));
	}
	return divide(lag * (__s64)(se->load.weight >> WEIGHT_SHIFT), NICE_0_WEIGHT);
}

static __noinline __s64 owed_ns(struct task_struct *task, __u64 clock_ns)
{
	struct sched_entity *se = &task->se;
	__u64 part = 1 << PART_SHIFT, load;
	__s64 owed = 0;
	int i;

#pragma unroll
	for (i = 0; i < HT_FAIR_LEVELS; i++) {
		struct cfs_rq *queue = se->cfs_rq;

		if (!queue)
			break;
		owed += lag_ns(se, queue, clock_ns) * (__s64)part >> PART_SHIFT;
		load = queue->load.weight;
		if (!is_queued(se))
			load += se->load.weight;
		if (load)
			part = part * se->load.weight / load;
		se = se->parent;
		if (!se)
			break;
	}
	return owed;
}

#endif
