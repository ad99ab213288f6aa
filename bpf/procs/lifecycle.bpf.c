/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life-cycle family: the first run of a new task, its exit, and who waits for it. Births,
 * names and the change of program are in tasks.bpf.c; what is executed, and with which arguments,
 * in program.bpf.c.
 *
 * Why a switch hook of its own: no other hook has a task's first run, the return of a parent that
 * sleeps in wait4, and the final counters of a task. (At sched_process_exit the kernel has not yet
 * added the last run: for a short process that is most of its life.)
 */
#include "procs/wait.bpf.h"
#include "task_end.bpf.h"
#include "unpreempted.bpf.h"
#include <bpf/bpf_tracing.h>

/* include/linux/sched/signal.h, include/uapi/asm-generic/signal-defs.h */
#define SIGNAL_GROUP_EXIT 0x4
#define SIGCHLD 17
#define SIG_IGN ((void *)1)
#define SA_NOCLDWAIT 0x2

#define ANCESTOR_LIMIT 64

static __always_inline void emit_first_run(struct task_struct *task)
{
	__u32 tid = task->pid;
	struct ht_life *life;
	struct emitter e;

	life_settle(tid, HT_LIFE_FRESH);
	life = EMIT_BEGIN(&e, LIFE, tid);
	if (!life)
		return;
	life->start_boottime_ns = task->start_boottime;
	life->wait_ns = HT_UNKNOWN_NS;
	life->pid = task->tgid;
	life->kind = HT_LIFE_FIRST_RUN;
	if (settings.exact_wait && has_sched_info()) {
		/* As in sched.bpf.c. A wait on another CPU before is in run_delay already. */
		struct rq *rq = task_rq(task);
		__u64 queued_ns = task->sched_info.last_queued;

		if (rq && queued_ns && rq->clock >= queued_ns)
			life->wait_ns = task->sched_info.run_delay + (rq->clock - queued_ns);
	}
	EMIT_END(&e, life);
}

/* bool preempt, struct task_struct *prev, *next, and from 5.18 on unsigned int prev_state */
SEC("?tp_btf/sched_switch")
int on_life_switch(__u64 *ctx)
{
	struct task_struct *prev = (void *)ctx[1], *next = (void *)ctx[2];
	__u32 next_tid = next->pid, awaits;

	if (next_tid) {
		awaits = life_awaits(next_tid);
		if (awaits & HT_LIFE_FRESH)
			emit_first_run(next);
		if (awaits & HT_LIFE_WAITING) {
			/* Preempted in user mode, or asleep in another call: the wait is over. */
			if (is_in_wait(next))
				emit_wait(next, HT_WAIT_RUNS, 0, 0);
			else
				life_settle(next_tid, HT_LIFE_WAITING);
		}
	}
	if (settings.task_ends == HT_ENDS_LIFE) {
		__u32 state = settings.state_is_arg ? (__u32)ctx[3] : task_state(prev);

		if (state & TASK_DEAD && is_traced(prev->pid))
			emit_task_end(prev);
	}
	return 0;
}

/* struct pid *pid (null = any); runs in the parent, which enters wait4 or waitid */
HT_UNPREEMPTED("?tp_btf/sched_process_wait", on_sched_process_wait)
{
	struct task_struct *task = bpf_get_current_task_btf();
	void *selected = (void *)ctx[0];
	__u32 tid = task->pid, options = WEXITED, selected_pid = 0;
	struct pt_regs *regs;
	long nr;

	if (!is_traced(tid) && !(life_awaits(task->tgid) & HT_LIFE_REAPER))
		return 0;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	nr = syscall_of(task, regs);
	if (nr == NR_WAIT4) {
		options |= (__u32)syscall_argument(regs, 2);
		if (selected && (__s32)syscall_argument(regs, 0) > 0)
			selected_pid = BPF_CORE_READ((struct pid *)selected, numbers[0].nr);
		else if (selected)
			selected_pid = HT_WAIT_GROUP;
	} else if (nr == NR_WAITID) {
		__u32 which = syscall_argument(regs, 0);

		options = (__u32)syscall_argument(regs, 3);
		if (selected && (which == P_PID || which == P_PIDFD))
			selected_pid = BPF_CORE_READ((struct pid *)selected, numbers[0].nr);
		else if (selected)
			selected_pid = HT_WAIT_GROUP;
	}
	if (!(options & WNOHANG))
		life_await(tid, HT_LIFE_WAITING);
	emit_wait(task, HT_WAIT_LOOKS, selected_pid, options);
	return 0;
}

/* kernel/exit.c, do_notify_parent(): is it reaped without a wait by its parent? */
static __always_inline bool is_autoreaped(struct task_struct *leader)
{
	struct sighand_struct *sighand;

	if (BPF_CORE_READ(leader, ptrace) || BPF_CORE_READ(leader, exit_signal) != SIGCHLD)
		return false;
	sighand = BPF_CORE_READ(leader, real_parent, sighand);
	if (!sighand)
		return false;
	return BPF_CORE_READ(sighand, action[SIGCHLD - 1].sa.sa_handler) == SIG_IGN ||
	       BPF_CORE_READ(sighand, action[SIGCHLD - 1].sa.sa_flags) & SA_NOCLDWAIT;
}

/* kernel/exit.c, find_new_reaper(): who inherits the children of a process without threads left */
static __noinline __u32 new_parent_of(struct task_struct *task)
{
	struct task_struct *reaper, *at;
	struct upid own;
	__u32 level;
	int i;

	if (!task)
		return 0;
	/* The pid namespace's init, unless an ancestor in that namespace is a subreaper. */
	level = pid_level(task);
	read_upid(task, level, &own);
	reaper = BPF_CORE_READ(own.ns, child_reaper);
	at = BPF_CORE_READ(task, real_parent);
	for (i = 0; i < ANCESTOR_LIMIT && at && at != reaper; i++) {
		struct signal_struct *signal = BPF_CORE_READ(at, signal);

		if (!BPF_CORE_READ(at, pid) || pid_level(at) != level)
			break;
		if (signal && BPF_CORE_READ_BITFIELD_PROBED(signal, is_child_subreaper) &&
		    BPF_CORE_READ(signal, live.counter) > 0)
			return BPF_CORE_READ(at, tgid);
		at = BPF_CORE_READ(at, real_parent);
	}
	return BPF_CORE_READ(reaper, tgid);
}

static __always_inline bool has_children(struct task_struct *task)
{
	void *head = (void *)__builtin_preserve_access_index(&task->children);

	return BPF_CORE_READ(task, children.next) != head;
}

/* struct task_struct *task, and from 6.16 on bool group_dead */
HT_UNPREEMPTED("?tp_btf/sched_process_exit", on_sched_process_exit)
{
	struct task_struct *task = (void *)ctx[0], *leader = task->group_leader;
	struct signal_struct *signal = task->signal;
	__u32 tid = task->pid, flags = HT_EXIT_COUNTERS, heir_pid = 0, status;
	int live = signal->live.counter; /* already without this thread */
	struct ht_exit *record;
	struct emitter e;
	bool is_last;

	if (!is_traced(tid))
		return 0;
	/* When two threads exit at once, both may read 0; the hook's argument (6.16 on) is exact. */
	is_last = settings.group_dead_is_arg ? (ctx[1] & 0xff) != 0 : live == 0;
	status = task->exit_code;
	if (is_last) {
		flags |= HT_EXIT_PROCESS;
		/* kernel/exit.c, wait_task_zombie() */
		status = signal->flags & SIGNAL_GROUP_EXIT ? signal->group_exit_code :
							      leader->exit_code;
		if (is_autoreaped(leader))
			flags |= HT_EXIT_AUTOREAP;
		if (has_children(task)) {
			heir_pid = new_parent_of(task);
			if (settings.filter)
				life_await(heir_pid, HT_LIFE_REAPER);
		}
	}
	record = EMIT_BEGIN(&e, EXIT, tid);
	if (!record)
		return 0;
	record->start_boottime_ns = leader->start_boottime;
	record->min_flt = task->min_flt;
	record->maj_flt = task->maj_flt;
	record->pid = task->tgid;
	record->parent_pid = leader->real_parent->tgid;
	record->heir_pid = heir_pid;
	record->wait_status = status;
	record->flags = flags;
	record->live = live;
	record->exec_runtime_ns = task->se.sum_exec_runtime;
	record->run_delay_ns = has_sched_info() ? task->sched_info.run_delay : 0;
	EMIT_END(&e, record);
	return 0;
}

/* An RCU callback, in whatever task it interrupts: nobody preempts it */
SEC("?tp_btf/sched_process_free")
int BPF_PROG(on_sched_process_free, struct task_struct *task)
{
	__u32 tid = task->pid;
	struct ht_life *life;
	struct emitter e;

	if (tid != task->tgid || !is_traced(tid))
		return 0;
	life = EMIT_BEGIN(&e, LIFE, tid);
	if (!life)
		return 0;
	life->start_boottime_ns = task->start_boottime;
	life->wait_ns = HT_UNKNOWN_NS;
	life->pid = task->tgid;
	life->kind = HT_LIFE_FREED;
	EMIT_END(&e, life);
	return 0;
}

/* The numbers of those that live in a pid namespace; runs after scan_tasks. */
SEC("?iter/task")
int scan_task_pids(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct ht_task_pids record = {};

	if (!task || !is_traced(task->pid))
		return 0;
	/* Who must reap it: its waits are wanted too. */
	if (settings.filter && task->pid == task->tgid)
		life_await(task->real_parent->tgid, HT_LIFE_REAPER);
	if (!fill_task_pids(&record, task))
		return 0;
	record.head.time_ns = bpf_ktime_get_boot_ns();
	record.head.tid = task->pid;
	record.head.cpu = task_cpu(task);
	EMIT_TO_SEQ(ctx->meta->seq, TASK_PIDS, &record);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
