/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of CPU quotas of cgroups, and of the tasks that waited because of them (`sched --quota`). */
#ifndef HT_EVENTS_QUOTA_H
#define HT_EVENTS_QUOTA_H

#include "events/header.h"

/*
 * ht_quota.cgroup_id: ids of different hierarchies may be equal, so those of cgroup v1 carry the number
 * of their hierarchy (/proc/cgroups) above this bit. Of v2, whose ids the other records have, it is 0.
 */
#define HT_QUOTA_HIERARCHY_SHIFT 56

/* ht_quota.flags */
#define HT_QUOTA_BURSTS 0x1 /* bursts and burst_used_ns are known (5.14 on) */

/* A group with a quota, and its counters so far (struct cfs_bandwidth, kernel/sched/sched.h). */
struct ht_quota {
	struct ht_header head;
	__u64 cgroup_id;
	__u64 quota_ns; /* per period */
	__u64 period_ns;
	__u64 burst_ns;	     /* what it may use beyond the quota, saved from earlier periods */
	__u64 throttled_ns;  /* of each CPU's queue of the group, added up: not of tasks */
	__u64 burst_used_ns;
	__u32 periods;	 /* nr_periods: in which the group was active */
	__u32 throttled; /* nr_throttled: periods that ended with a queue throttled */
	__u32 bursts;
	__u32 flags;
};

#define HT_QUOTA_LEFT 1 /* it left its CPU */
#define HT_QUOTA_WOKE 2 /* it was woken up (before 6.18) */

/* head.tid is runnable, and may not run: the quota of this group is used up. */
struct ht_quota_wait {
	struct ht_header head;
	__u64 cgroup_id; /* as in ht_quota */
	__u32 kind;	 /* HT_QUOTA_LEFT, HT_QUOTA_WOKE */
	__u32 pad;
};

#define HT_PRESSURE_FULL 0x1 /* full_us is known */

/*
 * How long tasks of a group waited for a CPU so far, as the kernel has it (PSI: cpu.pressure of the
 * cgroup, or /proc/pressure/cpu with cgroup_id 0). In units of us. Made by userspace.
 */
struct ht_pressure {
	struct ht_header head;
	__u64 cgroup_id; /* as in ht_quota; 0 = the whole system */
	__u64 some_us;
	__u64 full_us;
	__u32 flags;
	__u32 pad;
};

#endif
