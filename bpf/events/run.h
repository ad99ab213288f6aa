/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of the run itself, made by userspace: session, ticks, names of cgroups, CPUs. */
#ifndef HT_EVENTS_RUN_H
#define HT_EVENTS_RUN_H

#include "events/header.h"

#define HT_SESSION_WHOLE 0x01  /* the target is the whole system */
#define HT_SESSION_EXACT 0x02  /* waits are the kernel's own */
#define HT_SESSION_WAKERS 0x04 /* waking and wakeup are recorded */
#define HT_SESSION_FAILED_EXECS 0x08 /* ht_program of failed execs are recorded */
#define HT_SESSION_IOWAIT 0x10 /* D sleep for I/O is marked; without it a D sleep can be either */

/* The first record: what is traced and how. Tail: key NUL value NUL, repeated. */
struct ht_session {
	struct ht_header head;
	__u64 wall_ns; /* CLOCK_REALTIME at head.time_ns */
	__u32 flags;
	__u32 cpus; /* online */
	__u32 self_pid;
	__u32 tail_bytes;
	__u32 page_shift; /* PAGE_SHIFT; 0 in recordings from before this field: 12 */
	__u32 pad;
};

/*
 * Tail: the path below the cgroup v2 mount, NUL-terminated. Of a new cgroup it is made in the
 * kernel: a short one is gone before userspace can look. (Lost, it counts as a TASK_CGROUP.)
 */
struct ht_cgroup_name {
	struct ht_header head;
	__u64 cgroup_id;
	__u32 tail_bytes;
	__u32 pad;
};

#define HT_TICK_INTERVAL 0
#define HT_TICK_END 1
#define HT_TICK_BOOKS 2 /* the books were read: a flight recording may begin here */
#define HT_TICK_MARK 3  /* the same, and the flight recording is to be written */

#define HT_NO_STATUS 0xffffffff

/* A moment to redraw (HT_TICK_INTERVAL), the end of the run, or just a moment. */
struct ht_tick {
	struct ht_header head;
	__u32 kind;
	__u32 command_status; /* at the end: the traced command's wait status, or HT_NO_STATUS */
};

/* Nothing has come for a moment: it is this late by now. What is held back for that long is due. */
struct ht_pulse {
	struct ht_header head;
};

/* head.cpu went off line or came back (hotplug), seen some 50 ms later at most. */
struct ht_cpu {
	struct ht_header head;
	__u32 online;
	__u32 pad;
};

#endif
