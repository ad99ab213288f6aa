/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sched --realtime: how real-time and deadline tasks leave their CPU; and, for sched --by cpu, how many
 * tasks of each class are queued.
 */
#include "emit.bpf.h"
#include "filter.bpf.h"
#include "task.bpf.h"
#include <bpf/bpf_tracing.h>

#define MAX_RT_PRIO 100 /* include/linux/sched/prio.h */
#define SCHED_DEADLINE 6 /* include/uapi/linux/sched.h */

static __always_inline void fill_deadline(struct ht_realtime *record, struct task_struct *task,
					  __u64 clock_ns)
{
	record->dl_runtime_ns = BPF_CORE_READ(task, dl.dl_runtime);
	record->dl_deadline_ns = BPF_CORE_READ(task, dl.dl_deadline);
	record->dl_period_ns = BPF_CORE_READ(task, dl.dl_period);
	record->dl_left_ns = BPF_CORE_READ(task, dl.runtime);
	record->late_ns = clock_ns - BPF_CORE_READ(task, dl.deadline);
	record->flags |= HT_REALTIME_DEADLINE;
	/* When it is throttled, its deadline was moved to the next period already. */
	if (BPF_CORE_READ_BITFIELD_PROBED(task, dl.dl_throttled))
		record->flags |= HT_REALTIME_DL_THROTTLED;
	else if (record->late_ns > 0)
		record->flags |= HT_REALTIME_LATE;
}

/* bool preempt, struct task_struct *prev, *next, and from 5.18 on unsigned int prev_state */
SEC("?tp_btf/sched_switch")
int on_realtime_switch(__u64 *ctx)
{
	bool preempt = ctx[0];
	struct task_struct *prev = (void *)ctx[1], *next = (void *)ctx[2];
	struct rq *rq = task_rq(next);
	struct rq___share *share = (void *)rq;
	struct ht_realtime *record;
	struct emitter e;
	__u32 state;

	if (!prev->pid || prev->prio >= MAX_RT_PRIO || !rq || !is_traced(prev->pid) ||
	    prev->tgid == settings.self_pid)
		return 0;
	record = EMIT_BEGIN(&e, REALTIME, prev->pid);
	if (!record)
		return 0;
	state = settings.state_is_arg ? (__u32)ctx[3] : task_state(prev);
	record->flags = preempt || !state ? HT_REALTIME_RUNNABLE : 0;
	record->dl_runtime_ns = 0;
	record->dl_deadline_ns = 0;
	record->dl_period_ns = 0;
	record->dl_left_ns = 0;
	record->late_ns = 0;
	record->rt_time_ns = 0;
	record->rt_runtime_ns = 0;
	if (prev->policy == SCHED_DEADLINE)
		fill_deadline(record, prev, rq->clock);
	if (bpf_core_field_exists(share->rt.rt_throttled)) {
		record->flags |= HT_REALTIME_SHARE;
		record->rt_time_ns = BPF_CORE_READ(share, rt.rt_time);
		record->rt_runtime_ns = BPF_CORE_READ(share, rt.rt_runtime);
		if (BPF_CORE_READ(share, rt.rt_throttled))
			record->flags |= HT_REALTIME_RT_THROTTLED;
	}
	if (next->pid && next->prio >= MAX_RT_PRIO && is_served(next))
		record->flags |= HT_REALTIME_SERVER;
	record->exec_ns = prev->se.sum_exec_runtime;
	record->prio = prev->prio;
	record->policy = prev->policy;
	EMIT_END(&e, record);
	return 0;
}

struct queue_counts {
	__u64 counts; /* those of the last ht_queue, 16 bits each */
	__u32 other;
	__u32 known;
};

/* CPU → what was recorded last. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the loader: possible CPUs */
	__type(key, __u32);
	__type(value, struct queue_counts);
} queue_cpus SEC(".maps");

SEC("?tp_btf/sched_switch")
int on_queue_switch(__u64 *ctx)
{
	__u32 cpu_id = bpf_get_smp_processor_id();
	struct queue_counts *last = bpf_map_lookup_elem(&queue_cpus, &cpu_id);
	struct task_struct *next = (void *)ctx[2];
	struct rq *rq = task_rq(next);
	struct fair_counts fair;
	struct ht_queue *record;
	__u32 real_time, deadline, known, all, rest;
	struct emitter e;
	__u64 counts;

	if (!last || !rq)
		return 0;
	fair = count_fair(rq);
	real_time = rq->rt.rt_nr_running;
	all = rq->nr_running;
	known = fair.runnable + fair.delayed + real_time;
	/* The fair server is in dl_nr_running and not in nr_running. */
	rest = all > known ? all - known : 0;
	deadline = rq->dl.dl_nr_running;
	if (deadline > rest)
		deadline = rest;
	rest -= deadline;
	counts = (__u64)(__u16)fair.runnable | (__u64)(__u16)fair.delayed << 16 |
		 (__u64)(__u16)real_time << 32 | (__u64)deadline << 48;
	if (last->known && last->counts == counts && last->other == rest)
		return 0;
	record = EMIT_BEGIN(&e, QUEUE, 0);
	if (!record)
		return 0;
	record->fair = fair.runnable;
	record->delayed = fair.delayed;
	record->real_time = real_time;
	record->deadline = deadline;
	record->other = rest;
	record->pad[0] = 0;
	record->pad[1] = 0;
	record->pad[2] = 0;
	last->counts = counts;
	last->other = rest;
	last->known = 1;
	EMIT_END(&e, record);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
