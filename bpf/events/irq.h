/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of time that a task did not get while it was on a CPU (`sched --irq`). */
#ifndef HT_EVENTS_IRQ_H
#define HT_EVENTS_IRQ_H

#include "events/header.h"

#define HT_IRQ_NAME_LEN 16

/* ht_irq.kind */
#define HT_IRQ_DEVICE 1 /* a handler of a device's interrupt; vector = the IRQ's number */
#define HT_IRQ_SOFT 2	/* vector = HI_SOFTIRQ and so on, include/linux/interrupt.h */
#define HT_IRQ_LOCAL 3	/* an interrupt of the CPU itself (x86): timer, IPI; vector = of the IDT */

/* An interrupt of head.tid's run has ended; head.tid 0: it came while the CPU was idle. */
struct ht_irq {
	struct ht_header head;
	__u64 ns; /* in it, without other interrupts that came meanwhile */
	__u32 vector;
	__u8 kind;
	__u8 pad[3];
	char name[HT_IRQ_NAME_LEN]; /* of a device's handler, as in /proc/interrupts; NUL-padded */
};

/* ht_stolen.flags: which of the kernel's counts it keeps */
#define HT_STOLEN_STEAL 0x1 /* CONFIG_PARAVIRT_TIME_ACCOUNTING */
#define HT_STOLEN_IRQ 0x2   /* CONFIG_IRQ_TIME_ACCOUNTING, and switched on */

/*
 * A run of head.tid ended, in which the kernel counted time that was not the task's: by its own counts.
 * Made only when one of them grew. head.tid 0: the CPU was idle.
 */
struct ht_stolen {
	struct ht_header head;
	__u64 steal_ns; /* growth of rq->prev_steal_time_rq: the hypervisor ran something else */
	__u64 irq_ns;	/* of rq->prev_irq_time: hard and soft interrupts */
	__u64 gap_ns;	/* of rq->clock - rq->clock_task: both together */
	__u32 flags;
	__u32 pad;
};

#endif
