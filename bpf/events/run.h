/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of the run itself, made by userspace: session, ticks, names of cgroups, CPUs. */
#ifndef HT_EVENTS_RUN_H
#define HT_EVENTS_RUN_H

#include "events/header.h"

#define HT_SESSION_WHOLE 0x01  /* the target is the whole system */
#define HT_SESSION_EXACT 0x02  /* waits are kernel accounting */
#define HT_SESSION_WAKERS 0x04 /* waking and wakeup are recorded */
#define HT_SESSION_FAILED_EXECS 0x08 /* ht_program of failed execs are recorded */
#define HT_SESSION_IOWAIT 0x10 /* D sleep for I/O is marked; without it a D sleep can be either */
#define HT_SESSION_MMAP_WAITS 0x20 /* ht_mmap_wait are recorded */

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
 * Tail: the path below the cgroup v2 mount, NUL-terminated. The kernel side makes this record for a new
 * cgroup, because a short-lived one is gone before userspace can read it. (When it is lost it counts as
 * a TASK_CGROUP.)
 */
struct ht_cgroup_name {
	struct ht_header head;
	__u64 cgroup_id;
	__u32 tail_bytes;
	__u32 pad;
};

#define HT_TICK_INTERVAL 0
#define HT_TICK_END 1
#define HT_TICK_COUNTERS 2 /* the counters were read: a flight recording may begin here */
#define HT_TICK_MARK 3  /* the same, and the flight recording is to be written */
/* The reader falls behind: from here on no task is named as waited behind (the whole system). */
#define HT_TICK_NO_CULPRITS 4

#define HT_NO_STATUS 0xffffffff

/* The end of an interval (HT_TICK_INTERVAL), the end of the run, or one of the others above. */
struct ht_tick {
	struct ht_header head;
	__u32 kind;
	__u32 command_status; /* at the end: the traced command's wait status, or HT_NO_STATUS */
};

/* No record has come for a while: the time now. Output that was delayed until then is due. */
struct ht_pulse {
	struct ht_header head;
};

/* head.cpu went offline or came back (hotplug); recorded at most 50 ms later. */
struct ht_cpu {
	struct ht_header head;
	__u32 online;
	__u32 pad;
};

/*
 * The kernel's load averages, when they have changed (it samples every 5 s) and at both ends of the run.
 * Read from /proc/loadavg: its two decimals are all that the kernel shows.
 */
struct ht_load {
	struct ht_header head;
	__u32 centi_1; /* over 1 minute, in units of 1/100 */
	__u32 centi_5;
	__u32 centi_15;
	__u32 pad;
};

#endif
