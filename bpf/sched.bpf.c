/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scheduler family: one record per switch with both sides of it, and, when asked for, who woke
 * whom.
 *
 * The wait is the kernel's own: sched_switch fires just before sched_info_arrive() books
 * `rq->clock - last_queued` into run_delay (kernel/sched/stats.h), with the same clock value.
 */
#include "emit.bpf.h"
#include "group_ring.bpf.h"
#include "task_end.bpf.h"
#include <bpf/bpf_tracing.h>

/* sched_switch runs with interrupts off, and so not within itself. */
HT_GROUP_RING(switch, SWITCH)

/* Remembers that `tid` runs from now on, for whoever waits here meanwhile. */
static __always_inline void remember_run(struct ht_cpu_state *cpu, __u32 cpu_id, __u64 clock_ns,
					 __u32 tid)
{
	__u32 slot = cpu_id * HT_HISTORY_LEN + (cpu->runs & (HT_HISTORY_LEN - 1));
	struct ht_run *run = bpf_map_lookup_elem(&history, &slot);

	if (!run)
		return;
	run->clock_ns = clock_ns;
	run->tid = tid;
	cpu->runs++;
}

#define MAX_RT_PRIO 100 /* include/linux/sched/prio.h; fair tasks from here on */

/* Most waits are behind a task or two: their record ends after so many segments. */
#define BEHIND_FEW 4
#define BEHIND_BYTES(n) (sizeof(struct ht_behind) - (HT_BEHIND_SEGMENTS - (n)) * sizeof(struct ht_segment))

/* One ht_behind, of at most `most` segments, for a part of the CPU's walk; 1 while more is left. */
static __always_inline int emit_segments(__u32 tid, __u64 now, __u32 most)
{
	struct ht_behind *record;
	struct ht_walk *walk;
	struct emitter e;
	__u32 i, count = 0;

	/*
	 * A wait behind hundreds of runs takes many of these. When the ring is three quarters full,
	 * other records go first: who ran meanwhile is then counted as lost and shown as unknown.
	 */
	if (!emitter_open(&e))
		return 0;
	if (bpf_ringbuf_query(e.ring, BPF_RB_AVAIL_DATA) >
	    HT_WAKE_SHARE * 3 / 4 * (__u64)settings.wake_bytes) {
		count_loss(e.cpu, HT_BEHIND, now);
		return 0;
	}
	record = emit_begin_in(&e, HT_BEHIND, BEHIND_BYTES(most), tid, now);
	if (!record)
		return 0;
	walk = &e.cpu->walk;
	for (i = 0; i < most; i++) {
		struct ht_segment *segment = &record->segments[i];
		struct ht_run *was = 0;
		__u64 ns = 0;

		if (walk->left_ns && walk->run > walk->oldest) {
			__u32 slot = e.cpu_id * HT_HISTORY_LEN +
				     ((walk->run - 1) & (HT_HISTORY_LEN - 1));

			was = bpf_map_lookup_elem(&history, &slot);
		}
		segment->ns = 0;
		segment->tid = 0;
		segment->pad = 0;
		if (!was)
			continue;
		walk->run--;
		if (walk->end_ns > was->clock_ns) {
			ns = walk->end_ns - was->clock_ns;
			walk->end_ns = was->clock_ns;
		}
		if (ns > walk->left_ns)
			ns = walk->left_ns;
		walk->left_ns -= ns;
		segment->ns = ns;
		segment->tid = was->tid;
		count++;
	}
	record->count = count;
	record->pad = 0;
	record->rest_ns = walk->run <= walk->oldest ? walk->left_ns : 0;
	emit_end(&e, record, BEHIND_BYTES(most));
	return walk->left_ns && walk->run > walk->oldest;
}

/*
 * Global functions, so that the verifier looks at each once and not once per call; their state is
 * in the CPU's own (sched_switch runs with interrupts off).
 */
__noinline int emit_few_behind(__u32 tid, __u64 now)
{
	return emit_segments(tid, now, BEHIND_FEW);
}

__noinline int emit_many_behind(__u32 tid, __u64 now)
{
	return emit_segments(tid, now, HT_BEHIND_SEGMENTS);
}

static __always_inline void emit_all_behind(struct ht_cpu_state *cpu, __u64 clock_ns, __u64 wait_ns,
					    __u32 tid, __u64 now)
{
	int i;

	cpu->walk.run = cpu->runs;
	cpu->walk.oldest = cpu->runs > HT_HISTORY_LEN ? cpu->runs - HT_HISTORY_LEN : 0;
	cpu->walk.end_ns = clock_ns;
	cpu->walk.left_ns = wait_ns;
	if (!emit_few_behind(tid, now))
		return;
	for (i = 0; i < HT_HISTORY_LEN / HT_BEHIND_SEGMENTS; i++)
		if (!emit_many_behind(tid, now))
			break;
}

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
		bool waited = next_traced && queued_ns && clock_ns > queued_ns;

		if (prev_traced || next_traced)
			now = bpf_ktime_get_boot_ns();
		/* Before this run is remembered, and before the switch in the order of time. */
		if (waited)
			emit_all_behind(e.cpu, clock_ns, clock_ns - queued_ns, next_tid, now);
		remember_run(e.cpu, e.cpu_id, clock_ns, next_tid);
		if (!prev_traced && !next_traced)
			return 0;
	} else {
		now = bpf_ktime_get_boot_ns();
	}
	state = settings.state_is_arg ? (__u32)ctx[3] : task_state(prev);
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
		if ((preempt || !state) && task_throttled(prev))
			flags |= HT_SWITCH_PREV_THROTTLED;
		if (!preempt && sleeps_for_io(prev, state))
			flags |= HT_SWITCH_PREV_IOWAIT;
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
	record->next_policy = next->policy;
	record->flags = flags;
	end_switch(&e, ring, record, next_tid, now);
ended:
	if (state & TASK_DEAD && prev_traced)
		emit_task_end_at(prev, now + 1);
	return 0;
}

SEC("?tp_btf/sched_waking")
int BPF_PROG(on_sched_waking, struct task_struct *task)
{
	__u32 tid = task->pid;
	struct ht_waking *record;
	struct emitter e;

	if (!is_traced(tid) && !settings.all_switches)
		return 0;
	record = EMIT_BEGIN(&e, WAKING, tid);
	if (!record)
		return 0;
	record->waker_tid = (__u32)bpf_get_current_pid_tgid();
	record->pad = 0;
	EMIT_END(&e, record);
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

SEC("?tp_btf/sched_migrate_task")
int BPF_PROG(on_sched_migrate_task, struct task_struct *task, int to_cpu)
{
	__u32 tid = task->pid;
	struct ht_migrate *record;
	struct emitter e;

	if (!is_traced(tid) && !settings.all_switches)
		return 0;
	record = EMIT_BEGIN(&e, MIGRATE, tid);
	if (!record)
		return 0;
	record->from_cpu = task_cpu(task);
	record->to_cpu = to_cpu;
	EMIT_END(&e, record);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
