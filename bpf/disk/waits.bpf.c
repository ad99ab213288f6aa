/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who sleeps for the disk: sleeps in D that the kernel counts as I/O wait (in_iowait), and all sleeps in
 * D inside fsync and its like, where the kernel does not always set it: not in syncfs, which waits for
 * the flusher, and not in fsync, which waits for the journal.
 */
#include "emit.bpf.h"
#include "disk/context.bpf.h"
#include "disk/request.bpf.h"
#include "unpreempted.bpf.h"
#include <bpf/bpf_tracing.h>

struct disk_sleep {
	__u64 since_ns;
	__u32 call;
	__u32 flags;
};

/* Tasks that sleep for the disk, by tid. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* the loader: HT_DISK_SLEEPERS */
	__type(key, __u32);
	__type(value, struct disk_sleep);
} disk_sleeps SEC(".maps");

/* bool preempt, struct task_struct *prev, struct task_struct *next, and more */
SEC("?tp_btf/sched_switch")
int on_disk_switch(__u64 *ctx)
{
	struct task_struct *prev = (void *)ctx[1];
	struct disk_sleep sleep = {};
	struct disk_bracket *bracket;
	__u32 state, tid;

	/* Who runs next on this CPU does not go on with the end of that bio. */
	if (settings.disk_bios) {
		bracket = this_bracket();
		if (bracket && bracket->bio_serial)
			bracket->bio_serial = 0;
	}
	state = task_state(prev);
	/* Preempted on the way to sleep: it comes back before it sleeps. */
	if (!(state & TASK_UNINTERRUPTIBLE) || ctx[0])
		return 0;
	tid = prev->pid;
	if (!is_traced(tid) || prev->tgid == settings.self_pid)
		return 0;
	sleep.call = current_call(prev);
	if (sleeps_for_io(prev, state))
		sleep.flags |= HT_WAIT_IOWAIT;
	if (is_sync_call((long)sleep.call - 1))
		sleep.flags |= HT_WAIT_SYNC;
	if (!sleep.flags)
		return 0;
	sleep.since_ns = bpf_ktime_get_boot_ns();
	if (bpf_map_update_elem(&disk_sleeps, &tid, &sleep, BPF_ANY))
		count_full_map();
	return 0;
}

SEC("?tp_btf/sched_waking")
int BPF_PROG(on_disk_waking, struct task_struct *task)
{
	struct disk_bracket *bracket;
	struct task_struct *current;
	struct ht_disk_wait *record;
	struct disk_sleep *sleep;
	__u32 tid = task->pid;
	struct emitter e;

	if (!is_traced(tid))
		return 0;
	sleep = bpf_map_lookup_elem(&disk_sleeps, &tid);
	if (!sleep)
		return 0;
	record = EMIT_BEGIN(&e, DISK_WAIT, tid);
	if (record) {
		current = bpf_get_current_task_btf();
		record->since_ns = sleep->since_ns;
		record->serial = 0;
		record->waker_tid = current->pid;
		record->call = sleep->call;
		record->flags = sleep->flags;
		__builtin_memset(record->pad, 0, sizeof(record->pad));
		bracket = this_bracket();
		if (settings.disk_bios && bracket && bracket->bio_serial && bracket->bio_owner == tid &&
		    bracket->bio_tid == current->pid &&
		    bracket->bio_context == waking_context(current)) {
			record->serial = bracket->bio_serial;
			record->flags |= HT_WAIT_REQUEST;
		} else if (bracket && bracket->open && bracket->tid == current->pid &&
		    bracket->context == waking_context(current)) {
			record->serial = bracket->serial;
			record->flags |= HT_WAIT_REQUEST;
		} else if (waking_context(current) == HT_CONTEXT_TASK && current->flags & PF_KTHREAD) {
			record->flags |= HT_WAIT_KTHREAD;
		}
		EMIT_END(&e, record);
	}
	bpf_map_delete_elem(&disk_sleeps, &tid);
	return 0;
}

static __always_inline void fill_books(struct ht_disk_books *record, struct task_struct *task)
{
	record->read_bytes = record->write_bytes = record->cancelled_bytes = 0;
	if (bpf_core_field_exists(task->ioac.read_bytes)) {
		record->read_bytes = BPF_CORE_READ(task, ioac.read_bytes);
		record->write_bytes = BPF_CORE_READ(task, ioac.write_bytes);
		record->cancelled_bytes = BPF_CORE_READ(task, ioac.cancelled_write_bytes);
	}
	record->pid = task->tgid;
	record->pad = 0;
}

/* struct task_struct *task, and more */
HT_UNPREEMPTED("?tp_btf/sched_process_exit", on_disk_exit)
{
	struct task_struct *task = (void *)ctx[0];
	struct ht_disk_books *record;
	struct emitter e;

	if (!is_traced(task->pid) || task->tgid == settings.self_pid)
		return 0;
	record = EMIT_BEGIN(&e, DISK_BOOKS, task->pid);
	if (!record)
		return 0;
	fill_books(record, task);
	EMIT_END(&e, record);
	return 0;
}

/* The kernel's counts of all traced tasks. */
SEC("?iter/task")
int scan_disk_books(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct ht_disk_books record = {};

	if (!task || !is_traced(task->pid) || task->tgid == settings.self_pid)
		return 0;
	record.head.time_ns = bpf_ktime_get_boot_ns();
	record.head.tid = task->pid;
	record.head.cpu = task_cpu(task);
	fill_books(&record, task);
	EMIT_TO_SEQ(ctx->meta->seq, DISK_BOOKS, &record);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
