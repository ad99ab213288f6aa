/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of the scheduler: switches, wake-ups, migrations, and who ran while a task waited. */
#ifndef HT_EVENTS_SCHED_H
#define HT_EVENTS_SCHED_H

#include "events/header.h"

/* ht_switch.flags */
#define HT_SWITCH_PREEMPT 0x01      /* preempted in the kernel: runnable whatever prev_state says */
#define HT_SWITCH_EXACT 0x02        /* wait_ns and run_delay_ns are kernel accounting */
#define HT_SWITCH_NOT_QUEUED 0x04   /* next had no last_queued: the kernel counts no wait */
#define HT_SWITCH_PREV_TRACED 0x08  /* prev is in the target */
#define HT_SWITCH_NEXT_TRACED 0x10
#define HT_SWITCH_PREV_THROTTLED 0x20 /* prev is runnable, but its cgroup's CPU quota is used up */
/*
 * The same bit as HT_SWITCH_PREV_OWN_DEADLINE, which only a runnable prev can have: prev sleeps in D
 * and waits for I/O (in_iowait). See HT_SESSION_IOWAIT.
 */
#define HT_SWITCH_PREV_IOWAIT 0x80
#define HT_SWITCH_PREV_RAN 0x40       /* not exact: run_delay_ns is how long prev ran since picked */
#define HT_SWITCH_PREV_OWN_DEADLINE 0x80 /* prev is runnable, but has used up its SCHED_DEADLINE runtime */

#define HT_POLICY_PINNED 0x80 /* of ht_switch.next_policy: next may run on this CPU only */

#define HT_LAG_SHIFT 4 /* ht_switch.clock_lag counts units of 16 ns */

/* A CPU went from prev to next (head.tid). */
struct ht_switch {
	struct ht_header head;
	__u64 wait_ns;      /* next's wait on this run queue that ends now; HT_UNKNOWN_NS */
	__u64 run_delay_ns; /* next's sched_info.run_delay without wait_ns; or HT_SWITCH_PREV_RAN */
	__u32 prev_tid;
	__u32 next_pid;
	__u32 prev_nvcsw;  /* prev's own counters, this switch included, low 32 bits */
	__u32 prev_nivcsw;
	__u16 prev_state; /* TASK_* bits, include/linux/sched.h */
	__u16 nr_running; /* runnable tasks on this run queue, next included */
	__u8 next_prio;   /* the kernel's effective priority: 0-99 real time, 100-139 fair */
	__s8 next_nice;
	__u8 next_policy; /* SCHED_*, with HT_POLICY_PINNED */
	__u8 flags;
	/*
	 * head.time_ns minus the run queue's clock, in units of 1 << HT_LAG_SHIFT ns, the low 32 bits; 0 =
	 * not known. The clocks have different zeros: it grows above its smallest value by the age of
	 * the run queue's clock, the part of next's wait that wait_ns lacks (struct rq, clock).
	 */
	__u32 clock_lag;
	__u32 prev_exec_ns; /* prev's se.sum_exec_runtime, the low 32 bits; 0 = not known */
};

/* ht_waking.context; 0 = not recorded */
#define HT_CONTEXT_TASK 1
#define HT_CONTEXT_SOFTIRQ 2 /* the current task may have nothing to do with it */
#define HT_CONTEXT_HARDIRQ 3 /* the current task was interrupted */

#define HT_WAKING_COMPAT 0x01 /* `call` is of the 32-bit table */

/* Somebody (waker_tid, the current task) starts to wake head.tid. */
struct ht_waking {
	struct ht_header head;
	__u32 waker_tid;
	__u16 waker_call; /* the waker's system call plus 1; 0 = none, or not recorded */
	__u8 context;     /* HT_CONTEXT_*; recorded for `why` */
	__u8 flags;
};

#define HT_WAKEUP_NEW 0x01     /* a new task's first wake-up */
#define HT_WAKEUP_RUNNING 0x02 /* it was on a CPU at that moment: it never left */

/* head.tid is on target_cpu's run queue. */
struct ht_wakeup {
	struct ht_header head;
	__u32 target_cpu;
	__u32 flags;
};

#define HT_MMAP_WAIT_BEGINS 1
#define HT_MMAP_WAIT_ENDS 2

/*
 * head.tid waits for the mmap_lock of its own address space: from here on its uninterruptible sleeps are
 * for it, or no more. Recorded for `sched --load`; see HT_SESSION_MMAP_WAITS.
 */
struct ht_mmap_wait {
	struct ht_header head;
	__u32 kind;
	__u32 pad;
};

/* ht_migrate.reason; 0 = not recorded */
#define HT_MOVE_WAKEUP 1   /* its wake-up chose another CPU */
#define HT_MOVE_EXEC 2	   /* it executes a program, and a quieter CPU was looked for (sched_exec) */
#define HT_MOVE_AFFINITY 3 /* it may not run on from_cpu any more */
#define HT_MOVE_PULL 4	   /* to_cpu was about to be idle, and took it */
#define HT_MOVE_BALANCE 5  /* the periodic balancing, in a softirq of to_cpu or of a CPU that stands in for it */
#define HT_MOVE_STOPPER 6  /* while it ran: active balancing, or NUMA balancing */
#define HT_MOVE_PUSH 7	   /* real time and deadline: it waited, and another CPU could run it */
#define HT_MOVE_OTHER 8

/*
 * ht_migrate.flags: it sleeps, and is on the run queue still, for its dequeue is delayed (6.12 on). The
 * kernel begins its wait here (docs/kernel-notes.md, 137). Without wakers only these are recorded.
 */
#define HT_MIGRATE_ASLEEP 0x01

/* head.tid is about to be moved; it is still on from_cpu. */
struct ht_migrate {
	struct ht_header head;
	__u32 from_cpu;
	__u16 to_cpu; /* with what follows a __u32 in recordings from before `reason` */
	__u8 reason;  /* HT_MOVE_* */
	__u8 flags;
};

struct ht_segment {
	__u64 ns;
	__u32 tid;
	__u32 pad;
};

#define HT_BEHIND_SEGMENTS 16
#define HT_BEHIND_OTHERS 0xffffffff /* a segment's tid: several tasks, together */

/*
 * Who ran on the CPU while head.tid waited there, and for how long; precedes the ht_switch that ends
 * the wait. A wait behind more than HT_BEHIND_SEGMENTS tasks takes several records; each ends with
 * the segments in use, or later. Since sums are recorded (HT_BEHIND_OTHERS came with them) a tid is
 * in one segment only; before, there was a segment per run, newest first. rest_ns, in the last
 * record, is older than the runs that are remembered. Not made for the whole system.
 */
struct ht_behind {
	struct ht_header head;
	__u64 rest_ns;
	__u32 count; /* segments in use */
	__u32 pad;
	struct ht_segment segments[HT_BEHIND_SEGMENTS];
};

#endif
