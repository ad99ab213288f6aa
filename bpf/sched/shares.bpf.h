/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual time of the queues of the fair class: what a unit of weight was due.
 *
 * On each CPU the root queue's virtual time grows by the time that fair tasks had (rq->clock_task),
 * divided by the queue's load.weight. A group's queue gets, of the growth of the queue that the group
 * is on, the group's weight divided by its own load.weight. So nobody needs to know who is queued: a
 * task was due its weight times the growth between two moments at which it was on the same queue.
 *
 * Queues are brought up to date when one of their tasks switches or wakes up. Between these moments
 * the weights are those of the last one; the kernel changes them in between only when it moves tasks
 * between CPUs, ends a delayed dequeue, or follows a group's load at a tick.
 *
 * All of it is called with the run queue locked, so each value has one writer at a time.
 */
#ifndef HT_SCHED_SHARES_BPF_H
#define HT_SCHED_SHARES_BPF_H

#include "compat.bpf.h"
#include "maps.bpf.h"

struct fair_cpu {
	__u64 clock_ns;	  /* rq->clock_task when last looked at */
	__u64 virtual;	  /* of the root queue */
	__u64 load;	  /* of the root queue */
	__u64 virtual_in; /* of the queue of the task that runs, at its switch-in */
	__u64 exec_ns;	  /* that task's se.sum_exec_runtime then */
	__u64 vruntime_ns;
	__u32 tid;	  /* that task; 0 = none of the fair class, or not known */
	__u32 queue_in;
	__u32 groups;	  /* queues of groups that were numbered */
	__u32 fair_runs;  /* a task of the fair class runs */
};

struct fair_queue {
	__u64 virtual;
	__u64 parent_virtual; /* of the queue above, when last looked at */
	__u64 load;
	__u64 weight; /* of the group, on the queue above */
	__u64 parent; /* that queue */
	__u32 number;
	__u32 pad;
};

/* CPU → its root queue, and its run. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the loader: possible CPUs */
	__type(key, __u32);
	__type(value, struct fair_cpu);
} fair_cpus SEC(".maps");

/* A group's cfs_rq → its virtual time. The kernel frees them with their groups: the oldest go. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1); /* the loader: HT_FAIR_QUEUES */
	__type(key, __u64);
	__type(value, struct fair_queue);
} fair_queues SEC(".maps");

struct fair_level {
	__u64 queue;  /* a cfs_rq */
	__u64 load;   /* its load.weight */
	__u64 weight; /* of the entity on it: the task's on level 0, else that of the level below */
};

struct fair_place {
	__u64 virtual;	/* of the task's queue */
	__u64 clock_ns; /* rq->clock_task */
	__u32 queue;	/* its number; 0 = not known */
	__u32 pad;
};

#define CPU_BITS 13 /* HT_CPU_LIMIT */

/* ns of fair time, shared among load; without overflow, and exact for less than 4 s. */
static __always_inline __u64 per_weight(__u64 ns, __u64 load)
{
	if (ns >> 32)
		return (ns << 12) / load << 20;
	return (ns << 32) / load;
}

/* The part of a group of this weight, shared among load. */
static __always_inline __u64 passed_on(__u64 virtual, __u64 weight, __u64 load)
{
	if (virtual >> 48 || weight >> 28)
		return virtual / load * weight;
	if (virtual >> 36)
		return (virtual >> 12) * weight / load << 12;
	return virtual * weight / load;
}

/* Accounts the time since the last look, under the weights of then. */
static __always_inline void advance_root(struct fair_cpu *cpu, struct rq *rq)
{
	__u64 now = rq->clock_task;

	if (cpu->clock_ns && now > cpu->clock_ns && cpu->fair_runs && cpu->load)
		cpu->virtual += per_weight(now - cpu->clock_ns, cpu->load);
	if (now > cpu->clock_ns)
		cpu->clock_ns = now;
	cpu->load = rq->cfs.load.weight;
}

static __always_inline void advance_group(struct fair_cpu *cpu, __u32 cpu_id,
					  struct fair_level *levels, __u32 i, struct fair_place *at)
{
	__u64 key = levels[i].queue;
	struct fair_queue *queue = bpf_map_lookup_elem(&fair_queues, &key);

	if (!queue || queue->parent != levels[i + 1].queue) {
		struct fair_queue fresh = {
			.parent_virtual = at->virtual,
			.load = levels[i].load,
			.weight = levels[i + 1].weight,
			.parent = levels[i + 1].queue,
			.number = ++cpu->groups << CPU_BITS | cpu_id,
		};

		if (bpf_map_update_elem(&fair_queues, &key, &fresh, BPF_ANY))
			count_full_map();
		at->virtual = 0;
		at->queue = fresh.number;
		return;
	}
	if (queue->load)
		queue->virtual +=
			passed_on(at->virtual - queue->parent_virtual, queue->weight, queue->load);
	queue->parent_virtual = at->virtual;
	queue->load = levels[i].load;
	queue->weight = levels[i + 1].weight;
	at->virtual = queue->virtual;
	at->queue = queue->number;
}

/*
 * Brings the queue of the task, and those above it, up to date; the root's are. False when it is below
 * too many groups.
 */
static __noinline int find_place(struct task_struct *task, struct fair_cpu *cpu, __u32 cpu_id,
				 struct fair_place *at)
{
	struct fair_level levels[HT_FAIR_LEVELS] = {};
	struct sched_entity *se = &task->se;
	__u32 depth = 0;
	int i;

	at->virtual = 0;
	at->queue = 0;
	if (!cpu)
		return 0;
#pragma unroll
	for (i = 0; i < HT_FAIR_LEVELS; i++) {
		struct cfs_rq *queue = se->cfs_rq;

		if (!queue)
			return 0;
		levels[i].queue = (__u64)queue;
		levels[i].load = queue->load.weight;
		levels[i].weight = se->load.weight;
		depth = i + 1;
		se = se->parent;
		if (!se)
			break;
	}
	if (se)
		return 0;
	at->virtual = cpu->virtual;
	at->clock_ns = cpu->clock_ns;
	at->queue = 1 << 31 | cpu_id; /* groups get there after 2^18 of them on one CPU */
#pragma unroll
	for (i = HT_FAIR_LEVELS - 2; i >= 0; i--)
		if (i + 1 < depth)
			advance_group(cpu, cpu_id, levels, i, at);
	return 1;
}

#endif
