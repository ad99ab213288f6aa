/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scheduler's sums of `serve`, from sched_switch alone. What they are the growth of are the kernel's
 * own counters: sum_exec_runtime, run_delay, pcount, nvcsw, nivcsw, min_flt, maj_flt.
 */
#include "emit.bpf.h"
#include "asleep.bpf.h"
#include "slots.bpf.h"
#include "task.bpf.h"
#include "task_end.bpf.h"
#include "totals/dispatch.bpf.h"
#include "totals/pairs.bpf.h"
#include "totals/states.bpf.h"
#include <bpf/bpf_tracing.h>

#define SCHED_DEADLINE 6 /* include/uapi/linux/sched.h */
#define TASK_INTERRUPTIBLE 0x0001 /* include/linux/sched.h */
#define MOVE_NS 1000000 /* a wait in which a sleep does not matter */

static __always_inline __u32 bucket_of(__u64 ns)
{
	__u32 bucket = 0;

#define COUNT_BOUND(bound)                    \
	if (ns <= bound##ULL)                 \
		return bucket;                \
	bucket++;
	HT_WAIT_BOUNDS(COUNT_BOUND)
#undef COUNT_BOUND
	return bucket;
}

/* How a task left its CPU. */
static __always_inline __u8 leaving(struct task_struct *task, __u32 state, bool preempt)
{
	if (preempt || !state) {
		if (task_throttled(task) || (task->policy == SCHED_DEADLINE &&
					     BPF_CORE_READ_BITFIELD_PROBED(task, dl.dl_throttled)))
			return HT_LEFT_THROTTLED;
		return HT_LEFT_PREEMPTED;
	}
	if (state & TASK_STOPPED_OR_TRACED)
		return HT_LEFT_ASLEEP + HT_SLEEP_STOPPED;
	if (state & TASK_UNINTERRUPTIBLE && !(state & TASK_NOLOAD))
		return HT_LEFT_ASLEEP + (sleeps_for_io(task, state) ? HT_SLEEP_DISK :
								      HT_SLEEP_UNINTERRUPTIBLE);
	if (state & (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE))
		return HT_LEFT_ASLEEP + HT_SLEEP_INTERRUPTIBLE;
	return HT_LEFT_ASLEEP + HT_SLEEP_OTHER;
}

static __always_inline void add_run(struct ht_sums *sums, const struct ht_totals_task *state,
				    struct task_struct *task)
{
	__u64 exec_ns = task->se.sum_exec_runtime;

	if (exec_ns > state->exec_ns)
		sums->on_cpu_ns += exec_ns - state->exec_ns;
	sums->voluntary += (__u32)((__u32)task->nvcsw - state->nvcsw);
	sums->involuntary += (__u32)((__u32)task->nivcsw - state->nivcsw);
	sums->minor_faults += (__u32)((__u32)task->min_flt - state->min_flt);
	sums->major_faults += (__u32)((__u32)task->maj_flt - state->maj_flt);
}

static __always_inline void add_wait(struct ht_sums *sums, const struct ht_totals_task *state,
				     __u64 wait_ns, __u32 count, __u64 dispatch_ns)
{
	__u64 each = wait_ns;

	if (state->left == HT_LEFT_PREEMPTED)
		sums->preempted_ns += wait_ns;
	else if (state->left == HT_LEFT_THROTTLED)
		sums->throttled_ns += wait_ns;
	else
		sums->woken_ns += wait_ns;
	sums->dispatch_ns += dispatch_ns;
	if (!count)
		return;
	/* More than one: the kernel did not report a switch, and only their sum is known. */
	if (count > 1)
		each /= count;
	sums->waits[bucket_of(each)] += count - 1;
	sums->waits[bucket_of(each + dispatch_ns)]++;
}

/*
 * A task leaves its CPU: its run is added, and the wait and the sleep before it. All of that is the growth of
 * counters of the kernel since the task left a CPU the last time, so that one look at the task is enough.
 */
static __always_inline void leave(struct ht_totals_cpu *here, __u32 cpu, struct task_struct *task,
				  __u32 tid, __u32 state_bits, bool preempt, __u64 clock)
{
	bool came = here->tid == tid; /* else it runs since before we attached */
	/* Its slot since it came: a task that was moved meanwhile counts this run where it began. */
	__u32 number = came ? here->slot : find_slot(here, cpu, task);
	struct ht_totals_task *state = find_state(tid, here);
	struct ht_totals_slot *slot = 0;
	__u64 wait_ns, moved_ns, sleep_begin, reclaim_ns;
	__u32 count, kind;
	bool is_new;

	if (!state)
		return;
	is_new = came && here->is_new;
	if (is_new || state->who != (__u64)task) {
		/* Of nobody yet: made when its reclaim began. */
		reclaim_ns = state->who ? 0 : state->reclaim_ns;
		begin_state(state, task);
		state->reclaim_ns = reclaim_ns;
		is_new = is_new || counts_from_0(here, task);
	}
	/* A new task, whatever had its tid and its memory before: its counters begin at 0. */
	if (is_new) {
		state->cpu = cpu;
		state->seen = 1;
	}
	if (state->seen && number != HT_NO_SLOT)
		slot = bpf_map_lookup_elem(&totals_slots, &number);
	if (slot) {
		wait_ns = task->sched_info.run_delay - state->run_delay_ns;
		count = (__u32)task->sched_info.pcount - state->pcount;
		if (state->left & HT_LEFT_MOVED) {
			state->left &= ~HT_LEFT_MOVED;
			if (wait_ns > MOVE_NS) {
				wait_ns = came && !here->slept ? here->tail_ns : 0;
				count = 0;
				slot->sums.unmeasured_waits++;
			}
		}
		add_wait(&slot->sums, state, wait_ns, count, came ? here->dispatch_ns : 0);
		if (settings.totals_pairs) {
			moved_ns = came ? wait_ns - here->tail_ns : wait_ns;
			if ((__s64)moved_ns > 0)
				add_pair(cpu, number, HT_BEHIND_MOVED, moved_ns);
		}
		if (state->cpu != cpu)
			slot->sums.migrations++;
		sleep_begin = state->out_clock_ns + wait_ns;
		kind = state->left - HT_LEFT_ASLEEP;
		if (came && kind < HT_SLEEP_KINDS && here->in_clock_ns > sleep_begin)
			slot->sums.sleep_ns[kind] += here->in_clock_ns - sleep_begin;
		add_run(&slot->sums, state, task);
	}
	if (state_bits & TASK_DEAD) {
		state->tid = 0;
		return;
	}
	remember_counters(state, task);
	state->seen = 1;
	state->cpu = cpu;
	state->out_clock_ns = clock;
	state->left = leaving(task, state_bits, preempt);
}

static __always_inline bool was_moved(__u32 tid, struct task_struct *task)
{
	struct ht_totals_task *state = find_state(tid, 0);

	return state && state->who == (__u64)task && state->left & HT_LEFT_MOVED;
}

static __always_inline void enter(struct ht_totals_cpu *here, __u32 cpu, struct task_struct *task,
				  __u32 tid, __u64 clock, __u64 dispatch_ns)
{
	__u32 number = find_slot(here, cpu, task);
	__u64 queued_ns, tail_ns = 0;

	here->slot = number;
	here->tid = tid;
	here->in_clock_ns = clock;
	here->dispatch_ns = dispatch_ns;
	here->is_new = !task->sched_info.pcount && !task->nvcsw && !task->nivcsw;
	here->slept = 0;
	if (!settings.totals_pairs)
		return;
	queued_ns = task->sched_info.last_queued;
	if (queued_ns && clock > queued_ns)
		tail_ns = clock - queued_ns;
	if (tail_ns > MOVE_NS && was_moved(tid, task)) {
		here->slept = 1;
		here->dispatch_ns = dispatch_ns = 0;
		tail_ns = 0;
	}
	here->tail_ns = tail_ns;
	/* Who ran meanwhile is remembered now, and perhaps not when it leaves. */
	if (number != HT_NO_SLOT)
		add_pairs(cpu, number, clock, tail_ns, dispatch_ns);
}

/* bool preempt, struct task_struct *prev, *next, and from 5.18 on unsigned int prev_state */
SEC("?tp_btf/sched_switch")
int on_totals_switch(__u64 *ctx)
{
	struct task_struct *prev = (void *)ctx[1], *next = (void *)ctx[2];
	__u32 cpu = bpf_get_smp_processor_id(), prev_tid = prev->pid, next_tid = next->pid, state;
	struct ht_totals_cpu *here = bpf_map_lookup_elem(&totals_cpus, &cpu);
	struct rq *rq = task_rq(next);
	__u64 clock, dispatch_ns;

	if (!here || !rq)
		return 0;
	clock = rq->clock;
	dispatch_ns = dispatch_time(here, clock, !prev_tid);
	if (prev_tid) {
		state = settings.state_is_arg ? (__u32)ctx[3] : task_state(prev);
		leave(here, cpu, prev, prev_tid, state, ctx[0], clock);
	}
	if (next_tid) {
		enter(here, cpu, next, next_tid, clock, dispatch_ns);
	} else {
		here->tid = 0;
		here->slot = HT_NO_SLOT;
	}
	if (settings.totals_pairs)
		remember_slot(cpu, clock, next_tid ? here->slot : HT_BEHIND_IDLE);
	return 0;
}

/* See HT_MIGRATE_ASLEEP. */
SEC("?tp_btf/sched_migrate_task")
int BPF_PROG(on_totals_move, struct task_struct *task)
{
	struct ht_totals_task *state;

	if (!is_moved_asleep(task))
		return 0;
	state = find_state(task->pid, 0);
	if (state && state->who == (__u64)task)
		state->left |= HT_LEFT_MOVED;
	return 0;
}

/* A cgroup is gone, for good: no task can be in it any more. */
SEC("?tp_btf/cgroup_release")
int BPF_PROG(on_cgroup_release, struct cgroup *gone, const char *path)
{
	struct ht_cgroup_gone *record;
	struct emitter e;

	if (BPF_CORE_READ(gone, root, hierarchy_id) != 0)
		return 0;
	record = EMIT_BEGIN(&e, CGROUP_GONE, 0);
	if (!record)
		return 0;
	record->cgroup_id = BPF_CORE_READ(gone, kn, id);
	EMIT_END(&e, record);
	return 0;
}

/* The counters of every task, once the programs are attached: what they are the growth of. */
SEC("?iter/task")
int scan_totals_begin(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct ht_totals_task *state;

	if (!task || !task->pid)
		return 0;
	state = find_state(task->pid, 0);
	if (!state || (state->seen && state->who == (__u64)task))
		return 0;
	begin_state(state, task);
	remember_counters(state, task);
	state->cpu = task_cpu(task);
	/* Not as asleep, whatever it does: since when is not known. */
	state->left = HT_LEFT_PREEMPTED;
	if (was_moved_asleep(task, task_state(task)))
		state->left |= HT_LEFT_MOVED;
	state->seen = 1;
	return 0;
}

/* The tasks that run: what they have run since they were last counted. */
SEC("?iter/task")
int scan_totals_open(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct ht_totals_open record = {};
	struct ht_totals_set *set;
	__u32 number, tid;
	__u64 exec_ns;

	if (!task || !task->pid || !task->on_cpu)
		return 0;
	if (settings.filter & HT_FILTER_CGROUP && !cgroup_matches(task_cgroup(task)))
		return 0;
	tid = task->pid;
	number = tid & settings.totals_set_mask;
	set = bpf_map_lookup_elem(&totals_tasks, &number);
	if (!set)
		return 0;
	exec_ns = task->se.sum_exec_runtime;
	for (int i = 0; i < HT_TOTALS_WAYS; i++) {
		if (set->ways[i].tid != tid || set->ways[i].who != (__u64)task ||
		    exec_ns <= set->ways[i].exec_ns)
			continue;
		record.head.time_ns = bpf_ktime_get_boot_ns();
		record.head.tid = tid;
		record.head.cpu = task_cpu(task);
		record.cgroup_id = task_cgroup_id(task);
		record.on_cpu_ns = exec_ns - set->ways[i].exec_ns;
		EMIT_TO_SEQ(ctx->meta->seq, TOTALS_OPEN, &record);
		return 0;
	}
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
