/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For a hoodtrace that runs in a container: the pids of tasks in its own pid namespace, with those of
 * the initial namespace, which all other programs use. It is loaded and run once, before anything
 * else, and only in a container.
 */
#include "emit.bpf.h"
#include "pid_numbers.bpf.h"

/* All that the reader may see: the iterator walks the reader's namespace. */
SEC("?iter/task")
int scan_own_pids(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task, *reader = bpf_get_current_task_btf();
	struct ht_task_pids record = {};
	struct upid own, leader;
	__u32 level;

	if (!task)
		return 0;
	level = pid_level(reader);
	if (pid_level(task) < level)
		return 0;
	read_upid(task, level, &own);
	read_upid(task->group_leader, level, &leader);
	record.head.time_ns = bpf_ktime_get_boot_ns();
	record.head.tid = task->pid;
	record.pid = task->tgid;
	record.ns_tid = own.nr;
	record.ns_pid = leader.nr;
	record.ns_inode = BPF_CORE_READ(own.ns, ns.inum);
	record.level = level;
	EMIT_TO_SEQ(ctx->meta->seq, TASK_PIDS, &record);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
