/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who the tasks are: births, names, execs, cgroup moves, and the scan of those that exist already.
 * Every family needs it. Births and names are recorded for all tasks, traced or not: any of them
 * can turn out to be what a traced task waited behind.
 */
#include "emit.bpf.h"
#include "procs/reaper.bpf.h"
#include "task_end.bpf.h"
#include "unpreempted.bpf.h"
#include <bpf/bpf_tracing.h>

#define CLONE_THREAD 0x00010000 /* include/uapi/linux/sched.h */

static __always_inline void await_reaper(struct task_struct *task)
{
	if (settings.life && settings.filter)
		expect_reaper(task);
}

/* struct task_struct *task, unsigned long clone_flags; runs in the task that called clone */
HT_UNPREEMPTED("?tp_btf/task_newtask", on_task_newtask)
{
	struct task_struct *task = (void *)ctx[0], *parent = bpf_get_current_task_btf();
	__u64 clone_flags = ctx[1];
	struct ht_task_new *record;
	struct emitter e;
	bool traced;

	/* The tid may be a reused one, so its bit is always written. */
	traced = is_wanted(task);
	if (!traced && (settings.follow || clone_flags & CLONE_THREAD))
		traced = task->tgid != settings.self_pid &&
			 (is_traced(parent->pid) || is_wanted(parent));
	set_traced(task->pid, traced);

	record = EMIT_BEGIN(&e, TASK_NEW, task->pid);
	if (record) {
		fill_task(&record->task, task, traced);
		record->clone_flags = clone_flags;
		record->parent_tid = parent->pid;
		record->pad = 0;
		EMIT_END(&e, record);
	}
	if (settings.life)
		life_born(task, traced);
	if (traced)
		await_reaper(task);
	return 0;
}

/* struct task_struct *task, const char *comm; before the change */
HT_UNPREEMPTED("?tp_btf/task_rename", on_task_rename)
{
	struct task_struct *task = (void *)ctx[0];
	const char *comm = (void *)ctx[1];
	struct ht_task_name *record;
	struct emitter e;
	char name[HT_COMM_LEN];
	__u32 tid = task->pid;

	bpf_probe_read_kernel_str(name, sizeof(name), comm);
	if (settings.filter & HT_FILTER_COMM && task->tgid != settings.self_pid &&
	    glob_matches(settings.comm_glob, name)) {
		set_traced(tid, true);
		await_reaper(task);
	}
	record = EMIT_BEGIN(&e, TASK_NAME, tid);
	if (!record)
		return 0;
	record->pid = task->tgid;
	record->flags = is_traced(tid) ? HT_TASK_TRACED : 0;
	__builtin_memcpy(record->comm, name, sizeof(name));
	EMIT_END(&e, record);
	return 0;
}

/* The command of "-- COMMAND" begins with its exec: what the kernel has counted of it until then. */
static __always_inline void emit_counters(struct task_struct *task)
{
	struct ht_task_books *record;
	struct emitter e;

	record = EMIT_BEGIN(&e, TASK_BOOKS, task->pid);
	if (!record)
		return;
	fill_task(&record->task, task, true);
	EMIT_END(&e, record);
}

/* struct task_struct *task, pid_t old_pid, struct linux_binprm *bprm */
HT_UNPREEMPTED("?tp_btf/sched_process_exec", on_sched_process_exec)
{
	struct task_struct *task = (void *)ctx[0];
	__u32 old_tid = (__u32)ctx[1], tid = task->pid;
	struct ht_task_exec *record;
	struct emitter e;

	/*
	 * A thread took over its leader's tid (de_thread(), fs/exec.c): the bit under it was the
	 * leader's, until on_task_rename() saw the new name.
	 */
	if (old_tid != tid) {
		set_traced(tid, is_traced(old_tid) || is_wanted(task));
		if (is_traced(tid))
			await_reaper(task);
	}
	/* The command's times begin here: until now it was a child of ours that waited for its start. */
	if (BPF_CORE_READ(task, real_parent, tgid) == settings.self_pid)
		emit_counters(task);
	record = EMIT_BEGIN(&e, TASK_EXEC, tid);
	if (!record)
		return 0;
	record->pid = task->tgid;
	record->old_tid = old_tid;
	record->flags = is_traced(tid) ? HT_TASK_TRACED : 0;
	record->pad = 0;
	EMIT_END(&e, record);
	return 0;
}

/* A global function: the verifier looks at it once, however many threads a process has. */
static __noinline int move_thread(__u32 tid, __u64 cgroup_id, bool traced)
{
	struct ht_task_cgroup *record;
	struct emitter e;

	if (settings.filter & HT_FILTER_CGROUP)
		set_traced(tid, traced);
	record = EMIT_BEGIN(&e, TASK_CGROUP, tid);
	if (!record)
		return 0;
	record->cgroup_id = cgroup_id;
	record->flags = is_traced(tid) ? HT_TASK_TRACED : 0;
	record->pad = 0;
	EMIT_END(&e, record);
	return 0;
}

#define MOVED_THREADS_LIMIT 4096

struct move_walk {
	struct list_head *head;
	struct list_head *node;
	__u64 cgroup_id;
	bool matches;
};

static long move_next(__u32 index, void *context)
{
	struct move_walk *walk = context;
	struct task_struct *thread;

	if (!walk->node || walk->node == walk->head)
		return 1;
	thread = (void *)walk->node - bpf_core_field_offset(struct task_struct, thread_node);
	move_thread(BPF_CORE_READ(thread, pid), walk->cgroup_id, walk->matches);
	walk->node = BPF_CORE_READ(thread, thread_node.next);
	return 0;
}

/*
 * struct cgroup *to, const char *path, struct task_struct *task, bool threadgroup; once per move,
 * and with threadgroup for the leader of a process all of whose threads have moved. By bpf_loop,
 * whose body the verifier looks at once.
 */
HT_UNPREEMPTED("?tp_btf/cgroup_attach_task", on_cgroup_attach_task)
{
	struct cgroup *to = (void *)ctx[0];
	struct task_struct *task = (void *)ctx[2];
	bool whole_process = ctx[3];
	struct move_walk walk = {};
	struct list_head *head;

	/* A v1 hierarchy's move leaves the task where it was in v2. */
	if (to != task_cgroup(task))
		return 0;
	walk.cgroup_id = BPF_CORE_READ(to, kn, id);
	if (settings.filter & HT_FILTER_CGROUP)
		walk.matches = task->tgid != settings.self_pid && cgroup_matches(to);
	if (walk.matches)
		await_reaper(task);
	if (!whole_process) {
		move_thread(task->pid, walk.cgroup_id, walk.matches);
		return 0;
	}
	head = (void *)BPF_CORE_READ(task, signal) + bpf_core_field_offset(struct signal_struct, thread_head);
	walk.head = head;
	walk.node = BPF_CORE_READ(head, next);
	bpf_loop(MOVED_THREADS_LIMIT, move_next, &walk, 0);
	/* Threads beyond the limit of the walk stay as they were. */
	if (walk.node != walk.head)
		count_full_map();
	return 0;
}

/* struct task_struct *task, and more; only where no loaded family has a better place (HT_ENDS_EXIT) */
HT_UNPREEMPTED("?tp_btf/sched_process_exit", on_task_exit)
{
	struct task_struct *task = (void *)ctx[0];

	if (is_traced(task->pid))
		emit_task_end(task);
	return 0;
}

static __always_inline void see_task(struct ht_task *to, struct task_struct *task, bool traced)
{
	to->head.time_ns = bpf_ktime_get_boot_ns();
	to->head.tid = task->pid;
	to->head.cpu = task_cpu(task);
	fill_task(to, task, traced);
}

/* Every task, once the other hooks are attached; decides which of them are traced. */
SEC("?iter/task")
int scan_tasks(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct ht_task_seen record = {};
	bool traced;

	if (!task)
		return 0;
	traced = is_wanted(task) || (settings.filter && is_traced(task->pid));
	if (traced)
		set_traced(task->pid, true);
	see_task(&record.task, task, traced);
	EMIT_TO_SEQ(ctx->meta->seq, TASK_SEEN, &record);
	return 0;
}

/* The counters of the traced tasks. */
SEC("?iter/task")
int scan_counters(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct ht_task_books record = {};

	if (!task || !is_traced(task->pid) || task->tgid == settings.self_pid)
		return 0;
	see_task(&record.task, task, true);
	EMIT_TO_SEQ(ctx->meta->seq, TASK_BOOKS, &record);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
