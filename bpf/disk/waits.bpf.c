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

/* What woke a task. */
struct disk_waker {
	__u64 serial;
	__u32 tid;
	__u32 flags; /* HT_WAIT_REQUEST, HT_WAIT_KTHREAD */
};

/*
 * Tasks that were woken on their way to sleep, by tid: another CPU may wake a task between its leaving
 * of the run queue and sched_switch (__schedule(), try_to_wake_up(), kernel/sched/core.c).
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* the loader: HT_DISK_SLEEPERS */
	__type(key, __u32);
	__type(value, struct disk_waker);
} disk_early SEC(".maps");

/* What wakes the task `tid` right now. */
static __always_inline struct disk_waker find_waker(__u32 tid)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct disk_bracket *bracket = this_bracket();
	struct disk_waker waker = {.tid = current->pid};

	if (settings.disk_bios && bracket && bracket->bio_serial && bracket->bio_owner == tid &&
	    bracket->bio_tid == current->pid && bracket->bio_context == waking_context(current)) {
		waker.serial = bracket->bio_serial;
		waker.flags = HT_WAIT_REQUEST;
	} else if (bracket && bracket->open && bracket->tid == current->pid &&
		   bracket->context == waking_context(current)) {
		waker.serial = bracket->serial;
		waker.flags = HT_WAIT_REQUEST;
	} else if (waking_context(current) == HT_CONTEXT_TASK && current->flags & PF_KTHREAD) {
		waker.flags = HT_WAIT_KTHREAD;
	}
	return waker;
}

static __always_inline void emit_wait(__u32 tid, const struct disk_sleep *sleep,
				      const struct disk_waker *waker, __u64 now)
{
	struct ht_disk_wait *record;
	struct emitter e;

	record = EMIT_BEGIN_AT(&e, DISK_WAIT, tid, now);
	if (!record)
		return;
	record->since_ns = sleep->since_ns;
	record->serial = waker->serial;
	record->waker_tid = waker->tid;
	record->call = sleep->call;
	record->flags = sleep->flags | waker->flags;
	__builtin_memset(record->pad, 0, sizeof(record->pad));
	EMIT_END(&e, record);
}

/* Is a sleep in that state for the disk? HT_WAIT_IOWAIT, HT_WAIT_SYNC. */
static __always_inline __u32 sleep_flags(struct task_struct *task, __u32 state, __u32 call)
{
	__u32 flags = sleeps_for_io(task, state) ? HT_WAIT_IOWAIT : 0;

	return is_sync_call((long)call - 1) ? flags | HT_WAIT_SYNC : flags;
}

/*
 * Is the mark in disk_early of this sleep? A task that was woken before it left its run queue did not sleep,
 * and leaves its mark behind. Who wakes a task that leaves the CPU holds pi_lock until it has left, or has
 * changed its state already (try_to_wake_up(): TASK_WAKING).
 */
static __always_inline bool is_being_woken(struct task_struct *task)
{
	__u32 lock = 0;

	if (!(task_state(task) & TASK_UNINTERRUPTIBLE))
		return true;
	bpf_probe_read_kernel(&lock, sizeof(lock),
			      (void *)task + bpf_core_field_offset(struct task_struct, pi_lock));
	return lock;
}

/* bool preempt, struct task_struct *prev, *next, and from 5.18 on unsigned int prev_state */
SEC("?tp_btf/sched_switch")
int on_disk_switch(__u64 *ctx)
{
	struct task_struct *prev = (void *)ctx[1];
	struct disk_sleep sleep = {};
	struct disk_bracket *bracket;
	struct disk_waker *early, waker;
	__u32 state, tid;

	/* Who runs next on this CPU does not go on with the end of that bio. */
	if (settings.disk_bios) {
		bracket = this_bracket();
		if (bracket && bracket->bio_serial)
			bracket->bio_serial = 0;
	}
	/* The task's own field has another state when it is being woken already. */
	state = settings.state_is_arg ? (__u32)ctx[3] : task_state(prev);
	/* Preempted on the way to sleep: it comes back before it sleeps. */
	if (!(state & TASK_UNINTERRUPTIBLE) || ctx[0])
		return 0;
	tid = prev->pid;
	if (!is_traced(tid) || prev->tgid == settings.self_pid)
		return 0;
	sleep.call = current_call(prev);
	sleep.flags = sleep_flags(prev, state, sleep.call);
	if (!sleep.flags)
		return 0;
	sleep.since_ns = bpf_ktime_get_boot_ns();
	if (bpf_map_update_elem(&disk_sleeps, &tid, &sleep, BPF_ANY))
		count_full_map();
	early = bpf_map_lookup_elem(&disk_early, &tid);
	if (!early)
		return 0;
	waker = *early;
	bpf_map_delete_elem(&disk_early, &tid);
	/* It sleeps for no time. */
	if (is_being_woken(prev) && !bpf_map_delete_elem(&disk_sleeps, &tid))
		emit_wait(tid, &sleep, &waker, sleep.since_ns);
	return 0;
}

/* The sleep ends now. Who removes it makes its record. */
static __always_inline bool end_sleep(__u32 tid, const struct disk_waker *waker)
{
	struct disk_sleep *found = bpf_map_lookup_elem(&disk_sleeps, &tid), sleep;

	if (!found)
		return false;
	sleep = *found;
	if (!bpf_map_delete_elem(&disk_sleeps, &tid))
		emit_wait(tid, &sleep, waker, bpf_ktime_get_boot_ns());
	return true;
}

SEC("?tp_btf/sched_waking")
int BPF_PROG(on_disk_waking, struct task_struct *task)
{
	struct disk_sleep *sleep;
	struct disk_waker waker;
	__u32 tid = task->pid, state;

	if (!is_traced(tid))
		return 0;
	sleep = bpf_map_lookup_elem(&disk_sleeps, &tid);
	state = task_state(task);
	if (!(state & TASK_UNINTERRUPTIBLE)) {
		/* It sleeps in another state: the end of that sleep was not reported. */
		if (sleep)
			bpf_map_delete_elem(&disk_sleeps, &tid);
		return 0;
	}
	if (!sleep && (task->tgid == settings.self_pid || !sleep_flags(task, state, current_call(task))))
		return 0;
	waker = find_waker(tid);
	if (end_sleep(tid, &waker))
		return 0;
	if (bpf_map_update_elem(&disk_early, &tid, &waker, BPF_ANY)) {
		count_full_map();
		return 0;
	}
	/* Its sched_switch came meanwhile. */
	if (end_sleep(tid, &waker))
		bpf_map_delete_elem(&disk_early, &tid);
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
