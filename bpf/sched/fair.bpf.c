/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sched --fair: at each switch and wake-up of the fair class, what the scheduler gave the task and
 * what it was due.
 *
 * sched_switch and sched_wakeup fire with the run queue locked and its clock up to date, after the task
 * was dequeued or enqueued (__schedule, ttwu_do_activate, kernel/sched/core.c).
 */
#include "emit.bpf.h"
#include "sched/owed.bpf.h"
#include "sched/shares.bpf.h"
#include "task.bpf.h"
#include <bpf/bpf_tracing.h>

#define MAX_RT_PRIO 100 /* include/linux/sched/prio.h; fair tasks from here on */

static __always_inline void fill_slice(struct ht_fair *record, struct task_struct *task, __u64 vruntime)
{
	struct sched_entity___eevdf *eevdf = (void *)&task->se;
	struct sched_entity___delayed *delayed = (void *)&task->se;

	record->slice_ns = 0;
	record->lag_ns = 0;
	record->deadline_ns = 0;
	if (bpf_core_field_exists(eevdf->slice) && bpf_core_field_exists(eevdf->vlag)) {
		record->flags |= HT_FAIR_EEVDF;
		record->slice_ns = BPF_CORE_READ(eevdf, slice);
		record->deadline_ns = BPF_CORE_READ(eevdf, deadline) - vruntime;
		/* While a task is on a CPU the field may hold something else (vprot). */
		if (record->kind == HT_FAIR_WAKE)
			record->lag_ns = BPF_CORE_READ(eevdf, vlag);
	}
	if (bpf_core_field_exists(delayed->custom_slice) && BPF_CORE_READ(delayed, custom_slice))
		record->flags |= HT_FAIR_CUSTOM;
}

static __always_inline void fill_task_place(struct ht_fair *record, struct task_struct *task,
					    const struct fair_place *at)
{
	record->virtual_now = at->virtual;
	record->queue = at->queue;
	record->weight = task->se.load.weight;
	record->group_shares = BPF_CORE_READ(task, se.cfs_rq, tg, shares);
	record->policy = task->policy;
	record->nice = task_nice(task);
	record->pad = 0;
	record->owed_ns = 0;
	if (!at->queue) {
		record->flags |= HT_FAIR_DEEP;
	} else if (can_know_owed()) {
		record->flags |= HT_FAIR_OWED;
		record->owed_ns = owed_ns(task, at->clock_ns);
	}
	fill_slice(record, task, task->se.vruntime);
}

static __always_inline void clear_run(struct ht_fair *record)
{
	record->virtual_in = 0;
	record->exec_ns = 0;
	record->vruntime_ns = 0;
	record->queue_in = 0;
}

static __noinline int record_run(struct task_struct *prev, struct fair_cpu *cpu,
				 const struct fair_place *at, bool runnable)
{
	struct sched_entity___delayed *delayed = (void *)&prev->se;
	struct ht_fair *record;
	struct emitter e;

	if (!cpu)
		return 0;
	record = EMIT_BEGIN(&e, FAIR, prev->pid);
	if (!record)
		return 0;
	record->kind = HT_FAIR_RUN;
	record->flags = runnable ? HT_FAIR_RUNNABLE : 0;
	clear_run(record);
	if (cpu->tid == prev->pid) {
		record->flags |= HT_FAIR_WHOLE;
		record->virtual_in = cpu->virtual_in;
		record->queue_in = cpu->queue_in;
		record->exec_ns = prev->se.sum_exec_runtime - cpu->exec_ns;
		record->vruntime_ns = prev->se.vruntime - cpu->vruntime_ns;
	}
	if (bpf_core_field_exists(delayed->sched_delayed) && !runnable &&
	    BPF_CORE_READ(delayed, sched_delayed))
		record->flags |= HT_FAIR_DELAYED;
	fill_task_place(record, prev, at);
	EMIT_END(&e, record);
	return 0;
}

/* bool preempt, struct task_struct *prev, *next, and from 5.18 on unsigned int prev_state */
SEC("?tp_btf/sched_switch")
int on_fair_switch(__u64 *ctx)
{
	bool preempt = ctx[0];
	struct task_struct *prev = (void *)ctx[1], *next = (void *)ctx[2];
	__u32 cpu_id = bpf_get_smp_processor_id(), prev_tid = prev->pid, next_tid = next->pid;
	struct fair_cpu *cpu = bpf_map_lookup_elem(&fair_cpus, &cpu_id);
	struct fair_place at = {};
	struct rq *rq = task_rq(next);
	__u32 state;

	if (!cpu || !rq)
		return 0;
	advance_root(cpu, rq);
	if (prev_tid && prev->prio >= MAX_RT_PRIO && (cpu->fair_runs || !cpu->tid)) {
		find_place(prev, cpu, cpu_id, &at);
		if (is_traced(prev_tid) && prev->tgid != settings.self_pid) {
			state = settings.state_is_arg ? (__u32)ctx[3] : task_state(prev);
			record_run(prev, cpu, &at, preempt || !state);
		}
	}
	cpu->tid = 0;
	cpu->fair_runs = next_tid && next->prio >= MAX_RT_PRIO && is_fair_queued(next);
	if (!cpu->fair_runs)
		return 0;
	/* On the same queue it is up to date. */
	if (!at.queue || prev->se.cfs_rq != next->se.cfs_rq)
		find_place(next, cpu, cpu_id, &at);
	cpu->tid = next_tid;
	cpu->virtual_in = at.virtual;
	cpu->queue_in = at.queue;
	cpu->exec_ns = next->se.sum_exec_runtime;
	cpu->vruntime_ns = next->se.vruntime;
	return 0;
}

static __always_inline int note_wakeup(struct task_struct *task)
{
	__u32 cpu_id = task_cpu(task), tid = task->pid;
	struct fair_cpu *cpu = bpf_map_lookup_elem(&fair_cpus, &cpu_id);
	struct fair_place at = {};
	struct ht_fair *record;
	struct rq *rq = task_rq(task);
	struct emitter e;

	/* A task on a CPU was not queued now; and its run queue may not be locked. */
	if (!cpu || !rq || task->on_cpu || task->prio < MAX_RT_PRIO || !is_fair_queued(task))
		return 0;
	advance_root(cpu, rq);
	find_place(task, cpu, cpu_id, &at);
	if (!is_traced(tid) || task->tgid == settings.self_pid)
		return 0;
	record = EMIT_BEGIN(&e, FAIR, tid);
	if (!record)
		return 0;
	record->kind = HT_FAIR_WAKE;
	record->flags = 0;
	clear_run(record);
	fill_task_place(record, task, &at);
	EMIT_END(&e, record);
	return 0;
}

SEC("?tp_btf/sched_wakeup")
int BPF_PROG(on_fair_wakeup, struct task_struct *task)
{
	return note_wakeup(task);
}

SEC("?tp_btf/sched_wakeup_new")
int BPF_PROG(on_fair_wakeup_new, struct task_struct *task)
{
	return note_wakeup(task);
}

char LICENSE[] SEC("license") = "GPL";
