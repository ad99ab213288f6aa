/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every record begins with, and the limits that all of them share. */
#ifndef HT_EVENTS_HEADER_H
#define HT_EVENTS_HEADER_H

#ifdef __bpf__
#include "vmlinux.h"
#else
#include <linux/types.h>
#endif

#define HT_COMM_LEN 16
#define HT_PID_LIMIT 4194304 /* PID_MAX_LIMIT on 64 bit, include/linux/threads.h */
#define HT_CPU_LIMIT 8192    /* CPUs that the per-CPU tables hold: the most that x86 can have (NR_CPUS) */
#define HT_KIND_LIMIT 64     /* ids below this one are made in the kernel, and may be lost */
#define HT_UNKNOWN_NS (~0ULL)

struct ht_header {
	__u64 time_ns;
	__u32 tid; /* the thread that it is about; 0 = a CPU's idle task, or none */
	__u16 type;
	__u16 cpu; /* where it was made; HT_NO_CPU for userspace */
};

#define HT_NO_CPU 0xffff

#endif
