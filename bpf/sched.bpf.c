/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scheduler family: one record per switch with both sides of it, and, when asked for, who woke
 * whom.
 *
 * The wait is the kernel's own: sched_switch fires just before sched_info_arrive() adds
 * `rq->clock - last_queued` to run_delay (kernel/sched/stats.h), with the same clock value.
 */
#include "emit.bpf.h"
#include "group_ring.bpf.h"
#include "sched/culprits.bpf.h"
#include "sched/move.bpf.h"
#include "task_end.bpf.h"
#include "why/ready.bpf.h"
#include "why/sleep.bpf.h"
#include "why/waker.bpf.h"
#include <bpf/bpf_tracing.h>

/* sched_switch runs with interrupts off, and so not within itself. */
HT_GROUP_RING(switch, SWITCH)
/* sched_waking as well, but where a task wakes itself: on_sched_waking. */
HT_GROUP_RING(waking, WAKING)

#define SCHED_DEADLINE 6 /* include/uapi/linux/sched.h */
#define MAX_RT_PRIO 100 /* include/linux/sched/prio.h; fair tasks from here on */

/* bool preempt, struct task_struct *prev, *next, and from 5.18 on unsigned int prev_state */
SEC("?tp_btf/sched_switch")
int on_sched_switch(__u64 *ctx)
{
	bool preempt = ctx[0];
	struct task_struct *prev = (void *)ctx[1], *next = (void *)ctx[2];
	__u32 prev_tid = prev->pid, next_tid = next->pid;
	bool prev_traced = is_traced(prev_tid), next_traced = is_traced(next_tid);
	__u64 clock_ns = 0, queued_ns = 0, now = 0;
	struct rq *rq = task_rq(next);
	struct ht_switch_ring *ring;
	struct ht_switch *record;
	bool exact = settings.exact_wait && has_sched_info();
	struct emitter e = {.cpu_id = bpf_get_smp_processor_id()};
	__u32 state, flags = 0;

	e.cpu = bpf_map_lookup_elem(&cpu_states, &e.cpu_id);
	if (!e.cpu)
		return 0;
	if (rq)
		clock_ns = rq->clock;
	if (exact && (prev_traced || next_traced))
		queued_ns = next->sched_info.last_queued;
	if (settings.filter && !settings.all_switches) {
		struct ht_history *history = 0;

		if (settings.culprits)
			history = bpf_map_lookup_elem(&history_of_cpu, &e.cpu_id);
		if (prev_traced || next_traced)
			now = bpf_ktime_get_boot_ns();
		/* Before this run is remembered, and before the switch in the order of time. */
		if (history && next_traced && queued_ns && clock_ns > queued_ns)
			record_culprits(history, clock_ns, clock_ns - queued_ns, next_tid, now);
		if (history)
			remember_run(history, clock_ns, next_tid);
		if (!prev_traced && !next_traced)
			return 0;
	} else {
		now = bpf_ktime_get_boot_ns();
	}
	state = settings.state_is_arg ? (__u32)ctx[3] : task_state(prev);
	if (settings.why) {
		if (prev_traced && prev_tid && state && !preempt && !(state & TASK_DEAD))
			record_sleep(&e, ctx, prev, state, true, now);
		if (next_traced && next_tid)
			record_ready(&e, next, now);
	}
	record = begin_switch(&e, &ring, now);
	if (!record)
		goto ended;
	record->wait_ns = HT_UNKNOWN_NS;
	record->run_delay_ns = 0;
	if (exact) {
		if (next_tid) {
			flags |= HT_SWITCH_EXACT;
			record->run_delay_ns = next->sched_info.run_delay;
			record->wait_ns = 0;
			if (!queued_ns)
				flags |= HT_SWITCH_NOT_QUEUED;
			else if (clock_ns > queued_ns)
				record->wait_ns = clock_ns - queued_ns;
		}
	} else if (prev_traced && prev->prio >= MAX_RT_PRIO) {
		/* set_next_entity() of kernel/sched/fair.c keeps what it had run when it was picked */
		flags |= HT_SWITCH_PREV_RAN;
		record->run_delay_ns = prev->se.sum_exec_runtime - prev->se.prev_sum_exec_runtime;
	}
	if (preempt)
		flags |= HT_SWITCH_PREEMPT;
	if (prev_traced) {
		flags |= HT_SWITCH_PREV_TRACED;
		if (preempt || !state) {
			if (task_throttled(prev))
				flags |= HT_SWITCH_PREV_THROTTLED;
			if (prev->policy == SCHED_DEADLINE &&
			    BPF_CORE_READ_BITFIELD_PROBED(prev, dl.dl_throttled))
				flags |= HT_SWITCH_PREV_OWN_DEADLINE;
		} else if (sleeps_for_io(prev, state)) {
			flags |= HT_SWITCH_PREV_IOWAIT;
		}
	}
	if (next_traced)
		flags |= HT_SWITCH_NEXT_TRACED;
	record->prev_tid = prev_tid;
	record->next_pid = next->tgid;
	record->prev_nvcsw = prev->nvcsw;
	record->prev_nivcsw = prev->nivcsw;
	record->prev_state = state;
	record->nr_running = rq ? rq->nr_running : 0;
	record->next_prio = next->prio;
	record->next_nice = task_nice(next);
	record->next_policy = next->policy | (next->nr_cpus_allowed == 1 ? HT_POLICY_PINNED : 0);
	record->flags = flags;
	record->clock_lag = clock_ns ? (now - clock_ns) >> HT_LAG_SHIFT : 0;
	/* __schedule() has brought it up to date: put_prev_task() of each scheduler class. */
	record->prev_exec_ns = prev_traced && prev_tid ? prev->se.sum_exec_runtime : 0;
	end_switch(&e, ring, record, next_tid, now);
ended:
	if (state & TASK_DEAD && prev_traced)
		emit_task_end_at(prev, now + 1);
	return 0;
}

static __always_inline void fill_waking(struct ht_waking *record, __u32 waker_tid)
{
	record->waker_tid = waker_tid;
	record->waker_call = 0;
	record->context = 0;
	record->flags = 0;
	if (settings.why)
		fill_waker(record);
}

SEC("?tp_btf/sched_waking")
int BPF_PROG(on_sched_waking, struct task_struct *task)
{
	__u32 tid = task->pid, waker_tid;
	struct ht_waking_ring *ring;
	struct ht_waking *record;
	struct emitter e;
	__u64 now;

	if (!is_traced(tid) && !settings.all_switches)
		return 0;
	if (!emitter_find_cpu(&e))
		return 0;
	waker_tid = bpf_get_current_pid_tgid();
	/*
	 * try_to_wake_up() (kernel/sched/core.c) holds task->pi_lock here, with interrupts off; but where a
	 * task wakes itself it has only turned preemption off.
	 */
	if (waker_tid == tid) {
		record = EMIT_BEGIN_HERE(&e, WAKING, tid, bpf_ktime_get_boot_ns());
		if (!record)
			return 0;
		fill_waking(record, waker_tid);
		EMIT_END(&e, record);
		return 0;
	}
	record = begin_waking(&e, &ring, HT_TIME_NOT_READ);
	if (!record)
		return 0;
	fill_waking(record, waker_tid);
	/* Last: reading the clock waits for all loads before it (rdtsc_ordered()), now all at once. */
	now = bpf_ktime_get_boot_ns();
	end_waking(&e, ring, record, tid, now);
	return 0;
}

static __always_inline int emit_wakeup(struct task_struct *task, __u32 flags)
{
	__u32 tid = task->pid;
	struct ht_wakeup *record;
	struct emitter e;

	if (!is_traced(tid) && !settings.all_switches)
		return 0;
	record = EMIT_BEGIN(&e, WAKEUP, tid);
	if (!record)
		return 0;
	record->target_cpu = task_cpu(task);
	record->flags = flags | (task->on_cpu ? HT_WAKEUP_RUNNING : 0);
	EMIT_END(&e, record);
	return 0;
}

SEC("?tp_btf/sched_wakeup")
int BPF_PROG(on_sched_wakeup, struct task_struct *task)
{
	return emit_wakeup(task, 0);
}

SEC("?tp_btf/sched_wakeup_new")
int BPF_PROG(on_sched_wakeup_new, struct task_struct *task)
{
	return emit_wakeup(task, HT_WAKEUP_NEW);
}

static __always_inline int emit_migrate(struct task_struct *task, int to_cpu, __u8 reason, __u8 flags)
{
	struct ht_migrate *record;
	struct emitter e;

	record = EMIT_BEGIN(&e, MIGRATE, task->pid);
	if (!record)
		return 0;
	record->from_cpu = task_cpu(task);
	record->to_cpu = to_cpu;
	record->reason = reason;
	record->flags = flags;
	EMIT_END(&e, record);
	return 0;
}

SEC("?tp_btf/sched_migrate_task")
int BPF_PROG(on_sched_migrate_task, struct task_struct *task, int to_cpu)
{
	if (!is_traced(task->pid) && !settings.all_switches)
		return 0;
	return emit_migrate(task, to_cpu, move_reason(task, to_cpu),
			    is_moved_asleep(task) ? HT_MIGRATE_ASLEEP : 0);
}

/* In place of the one above, where migrations are not wanted. */
SEC("?tp_btf/sched_migrate_task")
int BPF_PROG(on_asleep_move, struct task_struct *task, int to_cpu)
{
	if (!is_moved_asleep(task) || !is_traced(task->pid))
		return 0;
	return emit_migrate(task, to_cpu, 0, HT_MIGRATE_ASLEEP);
}

char LICENSE[] SEC("license") = "GPL";
