/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of real-time and deadline tasks, and of a CPU's queue by class. */
#ifndef HT_EVENTS_REALTIME_H
#define HT_EVENTS_REALTIME_H

#include "events/header.h"

/* ht_realtime.flags */
#define HT_REALTIME_RUNNABLE 0x01     /* it stays on the queue */
#define HT_REALTIME_DL_THROTTLED 0x02 /* deadline: its runtime of this period is used up */
#define HT_REALTIME_LATE 0x04	      /* deadline: its deadline had passed; late_ns */
#define HT_REALTIME_RT_THROTTLED 0x08 /* the CPU's real-time tasks have used up their share (rt_runtime) */
#define HT_REALTIME_SERVER 0x10	      /* the CPU went to a fair task by the fair server (6.12 on) */
#define HT_REALTIME_SHARE 0x20	      /* the kernel keeps rt_runtime: rt_time_ns and rt_runtime_ns */
#define HT_REALTIME_DEADLINE 0x40     /* it is of the deadline class: dl_* are known */

/* head.tid, of the real-time, deadline or stop class, leaves its CPU. */
struct ht_realtime {
	struct ht_header head;
	__u64 dl_runtime_ns; /* as set with sched_setattr */
	__u64 dl_deadline_ns;
	__u64 dl_period_ns;
	__s64 dl_left_ns;     /* of its runtime in this period */
	__s64 late_ns;	      /* the run queue's clock minus its absolute deadline */
	__u64 rt_time_ns;     /* of the CPU's real-time tasks in this period (struct rt_rq) */
	__u64 rt_runtime_ns;  /* what they may have */
	__u32 exec_ns;	      /* its se.sum_exec_runtime, the low 32 bits */
	__s16 prio;	      /* the effective one: -1 deadline and stop, 0-99 real time */
	__u8 policy;
	__u8 flags;
};

/* How many runnable tasks of each class are on head.cpu's queue, when that has changed; at a switch. */
struct ht_queue {
	struct ht_header head;
	__u16 fair;
	__u16 delayed;	/* sleepers with a delayed dequeue, not in `fair` (6.12 on); nr_running has them */
	__u16 real_time;
	__u16 deadline; /* the fair server not included */
	__u16 other;	/* sched_ext and stop tasks */
	__u16 pad[3];
};

#endif
