/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of the fair class: what a task was due and got, its slice and its lag (`sched --fair`). */
#ifndef HT_EVENTS_FAIR_H
#define HT_EVENTS_FAIR_H

#include "events/header.h"

/* ht_fair.kind */
#define HT_FAIR_RUN 1  /* the task leaves its CPU: its run ends */
#define HT_FAIR_WAKE 2 /* the task was put on a queue by a wake-up */

/* ht_fair.flags */
#define HT_FAIR_RUNNABLE 0x01 /* run: it stays on the queue */
#define HT_FAIR_WHOLE 0x02    /* run: its beginning was seen; virtual_in, exec_ns, vruntime_ns are known */
#define HT_FAIR_EEVDF 0x04    /* slice_ns, lag_ns and deadline_ns are known (6.6 on) */
#define HT_FAIR_CUSTOM 0x08   /* the slice was set with sched_setattr (6.12 on) */
#define HT_FAIR_DELAYED 0x10  /* run: it sleeps, but stays on the queue until its lag is paid (6.12 on) */
#define HT_FAIR_DEEP 0x20     /* below more groups than HT_FAIR_LEVELS: the virtual times are not known */
#define HT_FAIR_OWED 0x40     /* owed_ns is known (6.6 on; not on 7.x) */

#define HT_FAIR_SHIFT 32 /* virtual times count units of 2^-32 ns per unit of weight */

/*
 * head.tid, of the fair class, leaves its CPU or is put on a queue.
 *
 * virtual_* are the virtual time of the queue that it is on: the time that the fair class had on this
 * CPU, divided by the weights of all that were queued, and by the group's weight on each level above.
 * What a task was due while it was queued there is the growth of it times the task's weight. Weights
 * are the kernel's load.weight: 1024 << 10 for nice 0 on 64 bit (kernel/sched/core.c,
 * sched_prio_to_weight).
 */
struct ht_fair {
	struct ht_header head;
	__u64 virtual_in;   /* at its switch-in, of queue_in */
	__u64 virtual_now;  /* of queue */
	__u64 exec_ns;	    /* growth of se.sum_exec_runtime in this run */
	__u64 vruntime_ns;  /* growth of se.vruntime in this run */
	__u64 slice_ns;	    /* se.slice */
	__s64 lag_ns;	    /* wake: se.vlag, how far behind the queue's average its vruntime was */
	__s64 deadline_ns;  /* se.deadline minus se.vruntime */
	__u32 weight;	    /* se.load.weight */
	__u32 group_shares; /* of its task group, scaled as weight; 0 = not known */
	__u32 queue_in;	    /* a number for each queue; one that is emptied and made anew has another */
	__u32 queue;
	__u8 kind;
	__u8 policy;
	__s8 nice;
	__u8 flags;
	__u32 pad;
	__s64 owed_ns; /* its lag as CPU time, with its part of the lags of its groups; below zero: it is ahead */
};

#endif
