/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of `serve`: sums that the kernel side keeps for each cgroup, read as snapshots. */
#ifndef HT_EVENTS_TOTALS_H
#define HT_EVENTS_TOTALS_H

#include "events/disk.h"
#include "events/faults.h"
#include "events/header.h"

/* Upper bounds of the buckets of a wait, in ns; one more bucket has the rest. */
#define HT_WAIT_BOUNDS(X)                                                                  \
	X(10000) X(100000) X(500000) X(1000000) X(5000000) X(10000000) X(50000000) X(100000000) \
	X(500000000) X(1000000000)
#define HT_WAIT_BUCKETS 11

/* ht_sums.sleep_ns */
enum ht_sleep_kind {
	HT_SLEEP_INTERRUPTIBLE, /* S, and a kernel thread without work (I) */
	HT_SLEEP_DISK,          /* D with in_iowait */
	HT_SLEEP_UNINTERRUPTIBLE,
	HT_SLEEP_STOPPED,
	HT_SLEEP_OTHER,         /* parked */
	HT_SLEEP_KINDS,
};

/* ht_sums.exits */
enum ht_exit_outcome {
	HT_EXIT_SUCCESS,
	HT_EXIT_FAILURE, /* another code than 0 */
	HT_EXIT_SIGNAL,
	HT_EXIT_OUTCOMES,
};

/* What the tasks of one cgroup did on one CPU since the slot was taken: 64-bit numbers that only grow. */
struct ht_sums {
	__u64 woken_ns;     /* waits after a sleep, without dispatch_ns: as run_delay counts them */
	__u64 preempted_ns; /* waits after losing the CPU */
	__u64 throttled_ns; /* the same while the quota was used up */
	__u64 dispatch_ns;  /* of waits on an idle CPU: the part that run_delay lacks */
	__u64 waits[HT_WAIT_BUCKETS]; /* by their length, dispatch_ns included */
	__u64 on_cpu_ns;    /* growth of sum_exec_runtime */
	__u64 voluntary;    /* growth of nvcsw and nivcsw */
	__u64 involuntary;
	__u64 migrations;
	__u64 sleep_ns[HT_SLEEP_KINDS]; /* counted when the sleep ends */
	__u64 minor_faults; /* growth of min_flt and maj_flt */
	__u64 major_faults;
	__u64 forks;        /* processes made */
	__u64 threads;      /* threads made */
	__u64 execs;
	__u64 exits[HT_EXIT_OUTCOMES]; /* of processes */
	__u64 cached_bytes; /* added to the page cache by these tasks */
	__u64 evicted_bytes; /* removed from it by these tasks, in reclaim or by truncation */
	__u64 reclaim_ns;   /* in direct reclaim and in that of a memory cgroup */
	__u64 behind_others_ns; /* waits behind what found no place in the table of pairs */
	__u64 missed_bytes; /* of cached_bytes: added for a read, a fault or a readahead */
	__u64 faults[HT_FAULT_KINDS];
	__u64 fault_ns[HT_FAULT_KINDS]; /* ht_fault.took_ns, where that is known */
	__u64 cow_copied_bytes; /* pages that a fork had made shared, copied on a write */
	__u64 disk_requests[HT_DISK_OPS]; /* block requests that are done */
	__u64 disk_bytes[HT_DISK_OPS];
	__u64 disk_queue_ns[HT_DISK_OPS]; /* made until handed to the driver */
	__u64 disk_service_ns[HT_DISK_OPS]; /* handed to the driver until the driver reported them done */
	__u64 disk_errors;
	__u64 unmeasured_waits; /* not in woken_ns: the kernel counts them with a sleep */
};

/* A slot in use at a snapshot (head.cpu: whose slot). cgroup_id 0: cgroups without a slot, together. */
struct ht_totals {
	struct ht_header head;
	__u64 cgroup_id;
	__u32 slot;
	__u32 pad;
	struct ht_sums sums;
};

/* ht_totals_pair.behind_id of what is no cgroup with a slot; ids of cgroups are never that large */
#define HT_BEHIND_IDLE 0xfffffffeU    /* the CPU was on its way out of idle, or had not yet chosen */
#define HT_BEHIND_MOVED 0xfffffffdU   /* the task was moved while it waited: of the CPUs before */
#define HT_BEHIND_UNKNOWN 0xfffffffcU /* older than what is remembered */
#define HT_BEHIND_MANY 0xfffffffbU    /* one of more cgroups than a wait distinguishes */
#define HT_BEHIND_OUTSIDE 0xffffffffU /* outside of what is served: HT_NO_SLOT */

/* At a snapshot: how long tasks of one cgroup waited on one CPU while tasks of another one ran. */
struct ht_totals_pair {
	struct ht_header head;
	__u64 cgroup_id;
	__u64 behind_id; /* a cgroup's id, 0 = cgroups without a slot, or HT_BEHIND_* */
	__u64 ns;
	__u32 place; /* in the table: tells the pairs of two CPUs apart */
	__u32 pad;
};

/* head.tid runs at a snapshot: what sum_exec_runtime has grown by since it was last counted. */
struct ht_totals_open {
	struct ht_header head;
	__u64 cgroup_id;
	__u64 on_cpu_ns;
};

/* The end of a snapshot: what could not be counted so far, and the kernel's own counts. */
struct ht_totals_end {
	struct ht_header head;
	__u64 forgotten;     /* tasks whose state another one has overwritten: part of a run or wait is missing */
	__u64 slots_full;    /* cgroups that found no slot */
	__u64 usage_ns;      /* of the cgroup's cpu.stat since tracing began; HT_UNKNOWN_NS */
	__u64 slots_in_use;
	__u64 own_cpu_ns;    /* hoodtrace itself */
	__u64 own_start_wall_ns;
	__u64 own_resident_bytes;
	__u64 own_virtual_bytes;
	__u64 own_open_fds;
	__u64 own_max_fds;
};

/* A cgroup is gone, for good. */
struct ht_cgroup_gone {
	struct ht_header head;
	__u64 cgroup_id;
};

#endif
