/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every difference between kernels in the shape of a field or in a helper's answer, and nothing
 * else. Existence tests only, never version numbers; each shim says which kernel changed it and when
 * it can go.
 */
#ifndef HT_COMPAT_BPF_H
#define HT_COMPAT_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* 2f064a59a11f (5.14) renamed state to __state. Can go when the floor is 5.14. */
struct task_struct___state {
	volatile long state;
};

/* THREAD_INFO_IN_TASK holds the CPU on x86 since bcf9033e5449 (5.16); before, task_struct.cpu. */
struct task_struct___cpu {
	unsigned int cpu;
};

/* e1fad12dcb66 (6.18) throttles task by task. Can go when the floor is 6.18, with task_cfs_rq. */
struct task_struct___throttled {
	bool throttled;
};

/* CONFIG_CFS_BANDWIDTH. A bit-field from 6.18 on. */
struct cfs_rq___throttle_count {
	int throttled;
	int throttle_count;
};

/* f4183717b370 (5.14): bursts; nr_burst and burst_time with bcb1704a1ed2 (5.16). */
struct cfs_bandwidth___burst {
	u64 burst;
	int nr_burst;
	u64 burst_time;
};

/* 6.14 renamed h_nr_running, and counts sleepers with a delayed dequeue apart; 6.12 had h_nr_delayed. */
struct cfs_rq___queued {
	unsigned int h_nr_queued;
	unsigned int h_nr_runnable;
};

struct cfs_rq___running {
	unsigned int h_nr_running;
	unsigned int h_nr_delayed;
};

/* From 6.12 on only with CONFIG_RT_GROUP_SCHED. */
struct rt_rq___share {
	int rt_throttled;
	u64 rt_time;
	u64 rt_runtime;
};

struct rq___share {
	struct rt_rq___share rt;
};

/* 6.8 on. The run queue has it only while a task is chosen (__put_prev_set_next_dl_server). */
struct task_struct___server {
	void *dl_server;
};

/* 147f3efaa241 and 5e963f2bd465 (6.6): EEVDF. Can go when the floor is 6.6. */
struct sched_entity___eevdf {
	u64 deadline;
	u64 slice;
	s64 vlag;
};

/* af4cf40470c2 (6.6): the sums that a queue's average of vruntimes comes from (avg_vruntime(), kernel/sched/fair.c). */
struct cfs_rq___eevdf {
	s64 avg_vruntime;
	u64 avg_load;
	u64 min_vruntime;
};

/* 7.0 renamed them, and 6.18.y. */
struct cfs_rq___sums {
	s64 sum_w_vruntime;
	u64 sum_weight;
};

/* 79f3f9bedd14 (6.19, and 6.18.y): what the keys in the sums are relative to. min_vruntime before. */
struct cfs_rq___zero {
	u64 zero_vruntime;
};

/* 7.0: weights in the sums are no longer scale_load_down(). */
struct cfs_rq___shift {
	unsigned int sum_shift;
};

/* 152e11f6df29 and 857b158dc5e8 (6.12). Can go when the floor is 6.12. */
struct sched_entity___delayed {
	unsigned char sched_delayed;
	unsigned char custom_slice;
};

/* An unsigned int until 6.11; libbpf makes a plain load as wide as the field is. */
struct sched_entity___on_rq {
	unsigned char on_rq;
};

/* 53fbef56e07d (6.18) made a folio's flags a struct. Can go when the floor is 6.18. */
typedef struct {
	unsigned long f;
} memdesc_flags_t;

struct folio___memdesc {
	memdesc_flags_t flags;
};

struct folio___flags {
	unsigned long flags;
};

/* ebc1baf5c9b4 (6.6) moved a folio's order into _flags_1. Can go when the floor is 6.6. */
struct folio___order {
	unsigned char _folio_order;
};

/* include/linux/types.h */
struct atomic64___own {
	s64 counter;
};

/* Before f1a7941243c1 (6.2) the mm's counters were plain atomics. Can go when the floor is 6.2. */
struct mm_rss_stat {
	struct atomic64___own count[4];
};

struct mm_struct___counts {
	struct mm_rss_stat rss_stat;
};

/* CONFIG_UNIX may be a module, or off */
struct unix_sock___peer {
	struct sock *peer;
};

/* In 7.3 the union around it has no name any more. Can go when the floor is 7.3. */
struct dentry___unnamed {
	struct hlist_node d_alias;
};

/* include/linux/seqlock.h */
struct seqcount {
	unsigned int sequence;
};

/* The count of mmap writers, a seqcount from 6.14 on; CONFIG_PER_VMA_LOCK. */
struct mm_struct___seqcount {
	struct seqcount mm_lock_seq;
};

/* 6.4 to 6.13 have it as a plain number. Can go when the floor is 6.14. */
struct mm_struct___number {
	int mm_lock_seq;
};

#pragma clang attribute pop

/*
 * Does this kernel count how often the mmap lock was taken for writing? While that count stays the
 * same, so do the mappings.
 */
static __always_inline bool has_mm_writes(void)
{
	struct mm_struct___seqcount *counted = 0;
	struct mm_struct___number *mm = 0;

	return bpf_core_field_exists(counted->mm_lock_seq.sequence) ||
	       bpf_core_field_exists(mm->mm_lock_seq);
}

static __always_inline __u32 mm_writes(struct mm_struct *mm)
{
	struct mm_struct___seqcount *counted = (void *)mm;

	if (!has_mm_writes() || !mm)
		return 0;
	if (bpf_core_field_exists(counted->mm_lock_seq.sequence))
		return counted->mm_lock_seq.sequence;
	return ((struct mm_struct___number *)mm)->mm_lock_seq;
}

/* A number that no two address spaces share (x86). The address of an mm is reused. */
static __always_inline __u64 mm_identity(struct mm_struct *mm)
{
	if (mm && bpf_core_field_exists(mm->context.ctx_id))
		return mm->context.ctx_id;
	return (__u64)mm;
}

static __always_inline __u32 task_state(struct task_struct *task)
{
	if (bpf_core_field_exists(task->__state))
		return task->__state;
	return ((struct task_struct___state *)task)->state;
}

static __always_inline __u32 task_cpu(struct task_struct *task)
{
	if (bpf_core_field_exists(((struct task_struct___cpu *)0)->cpu))
		return ((struct task_struct___cpu *)task)->cpu;
	return task->thread_info.cpu;
}

/* The run queue that a fair, real-time or idle task belongs to; needs CONFIG_FAIR_GROUP_SCHED. */
static __always_inline struct rq *task_rq(struct task_struct *task)
{
	struct cfs_rq *cfs = 0;

	if (!bpf_core_field_exists(task->se.cfs_rq) || !bpf_core_field_exists(cfs->rq))
		return 0;
	cfs = task->se.cfs_rq;
	return cfs ? cfs->rq : 0;
}

/*
 * Does a runnable task that just left its CPU have to wait for its cgroup's CPU quota? From 6.18 on
 * the task itself was taken off the queue; before, the queue that it is on was (or one above it).
 */
static __always_inline bool task_throttled(struct task_struct *task)
{
	struct task_struct___throttled *own = (void *)task;
	struct cfs_rq___throttle_count *queue = 0;

	if (bpf_core_field_exists(own->throttled))
		return own->throttled;
	if (!bpf_core_field_exists(queue->throttle_count) ||
	    !bpf_core_field_exists(task->se.cfs_rq))
		return false;
	queue = (void *)task->se.cfs_rq;
	return queue && queue->throttle_count;
}

/* Is the task on a queue of the fair class? Real-time, deadline, idle and sched_ext tasks are not. */
static __always_inline bool is_fair_queued(struct task_struct *task)
{
	struct sched_entity___on_rq *se = (void *)&task->se;

	return se->on_rq;
}

struct fair_counts {
	__u32 runnable;
	__u32 delayed; /* sleepers that stay on the queue until their lag is paid */
};

static __always_inline struct fair_counts count_fair(struct rq *rq)
{
	struct cfs_rq___queued *queued = (void *)&rq->cfs;
	struct cfs_rq___running *running = (void *)&rq->cfs;
	struct fair_counts counts = {};
	__u32 all;

	if (bpf_core_field_exists(queued->h_nr_queued)) {
		all = queued->h_nr_queued;
		counts.runnable = all;
		if (bpf_core_field_exists(queued->h_nr_runnable))
			counts.runnable = queued->h_nr_runnable;
		counts.delayed = all > counts.runnable ? all - counts.runnable : 0;
	} else if (bpf_core_field_exists(running->h_nr_running)) {
		counts.runnable = running->h_nr_running;
		if (bpf_core_field_exists(running->h_nr_delayed))
			counts.delayed = running->h_nr_delayed;
		counts.runnable -= counts.delayed;
	}
	return counts;
}

/* Was this task chosen by the fair server, which gives fair tasks a part of a CPU that real-time tasks hog? */
static __always_inline bool is_served(struct task_struct *task)
{
	struct task_struct___server *own = (void *)task;

	return bpf_core_field_exists(own->dl_server) && BPF_CORE_READ(own, dl_server);
}

/* The name that an inode's list of names holds a link to. */
static __always_inline struct dentry *dentry_of_alias(struct hlist_node *alias)
{
	struct dentry___unnamed *unnamed = 0;

	if (bpf_core_field_exists(unnamed->d_alias))
		return (void *)alias - bpf_core_field_offset(unnamed->d_alias);
	return (void *)alias - bpf_core_field_offset(struct dentry, d_u.d_alias);
}

/* struct page.compound_head: its lowest bit is set in all pages of a folio but the first; renamed in 7.x. */
struct page___info {
	unsigned long compound_info;
} __attribute__((preserve_access_index));

static __always_inline bool has_page_head(void)
{
	return bpf_core_field_exists(((struct page *)0)->compound_head) ||
	       bpf_core_field_exists(((struct page___info *)0)->compound_info);
}

static __always_inline __u32 page_head_offset(void)
{
	if (bpf_core_field_exists(((struct page___info *)0)->compound_info))
		return bpf_core_field_offset(struct page___info, compound_info);
	if (bpf_core_field_exists(((struct page *)0)->compound_head))
		return bpf_core_field_offset(struct page, compound_head);
	return 0;
}

static __always_inline unsigned long folio_flags(struct folio *folio)
{
	if (bpf_core_field_exists(((struct folio___memdesc *)0)->flags.f))
		return BPF_CORE_READ((struct folio___memdesc *)folio, flags.f);
	return BPF_CORE_READ((struct folio___flags *)folio, flags);
}

#define folio_has(folio, flag) \
	(folio_flags(folio) >> bpf_core_enum_value(enum pageflags, flag) & 1)

/* A folio has 1 << its order pages; a single page is one of order 0 and keeps no order. */
static __always_inline __u32 folio_order(struct folio *folio)
{
	if (!folio_has(folio, PG_head))
		return 0;
	if (bpf_core_field_exists(((struct folio___order *)0)->_folio_order))
		return BPF_CORE_READ((struct folio___order *)folio, _folio_order);
	return BPF_CORE_READ(folio, _flags_1) & 0xff;
}

/*
 * The length with its NUL. Kernels without "maccess: fix strncpy_from_user_nofault() empty string
 * handling" (2025; 6.1 is one) say 0 of an empty string, whose NUL they did copy.
 */
static __always_inline long read_user_string(char *to, __u32 size, const char *from)
{
	long n = bpf_probe_read_user_str(to, size, from);

	return n ? n : 1;
}

static __always_inline bool has_sched_info(void)
{
	struct task_struct *task = 0;

	return bpf_core_field_exists(task->sched_info.run_delay);
}

#endif
