/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of tasks: who they are, and what the kernel counts of them. Every family needs these. */
#ifndef HT_EVENTS_TASKS_H
#define HT_EVENTS_TASKS_H

#include "events/header.h"

/* ht_task.flags */
#define HT_TASK_TRACED 0x01
#define HT_TASK_ON_CPU 0x02
#define HT_TASK_KTHREAD 0x04
#define HT_TASK_EXACT 0x08 /* run_delay_ns and pcount are valid */
#define HT_TASK_QUEUED 0x10 /* runnable, on a run queue, and not on a CPU */
#define HT_TASK_IOWAIT 0x20 /* it sleeps in D and waits for I/O (in_iowait) */
#define HT_TASK_MOVED_ASLEEP 0x40 /* it sleeps, and the kernel counts a wait: HT_MIGRATE_ASLEEP before */

/* A task, and the kernel's counters of it at that moment. */
struct ht_task {
	struct ht_header head; /* cpu: the task's, not the reader's */
	__u64 start_boottime_ns;
	__u64 cgroup_id; /* v2; 0 = none */
	__u64 run_delay_ns;
	__u64 pcount;
	__u64 nvcsw;
	__u64 nivcsw;
	__u64 min_flt;
	__u64 maj_flt;
	__u64 exec_runtime_ns;
	__u32 pid;
	__u32 parent_pid;
	__u16 state;
	__u8 prio;
	__s8 nice;
	__u8 policy;
	__u8 flags;
	__u8 pad[2];
	char comm[HT_COMM_LEN];
};

/* A task that existed when tracing began: its counters then. */
struct ht_task_seen {
	struct ht_task task;
};

/* A task's last switch off a CPU: the counters are final. */
struct ht_task_end {
	struct ht_task task;
};

/* The counters of a traced task at a tick or at the end of the run. */
struct ht_task_books {
	struct ht_task task;
};

/* A new task, not yet woken. head.tid is the child; the parent is the one that called clone. */
struct ht_task_new {
	struct ht_task task;
	__u64 clone_flags; /* CLONE_*, include/uapi/linux/sched.h */
	__u32 parent_tid;
	__u32 pad;
};

/* head.tid has a new comm. */
struct ht_task_name {
	struct ht_header head;
	__u32 pid;
	__u32 flags; /* HT_TASK_TRACED */
	char comm[HT_COMM_LEN];
};

/*
 * head.tid executes a new program. A thread that is not the leader gets the leader's tid when it
 * executes one; old_tid is the tid that it had before.
 */
struct ht_task_exec {
	struct ht_header head;
	__u32 pid;
	__u32 old_tid;
	__u32 flags; /* HT_TASK_TRACED */
	__u32 pad;
};

/* head.tid moved to another cgroup. */
struct ht_task_cgroup {
	struct ht_header head;
	__u64 cgroup_id;
	__u32 flags; /* HT_TASK_TRACED */
	__u32 pad;
};

/* head.tid lives in a pid namespace below the initial one: the numbers it has there. */
struct ht_task_pids {
	struct ht_header head;
	__u32 pid;
	__u32 ns_tid;
	__u32 ns_pid;
	__u32 ns_inode; /* as /proc/PID/ns/pid shows it */
	__u32 level;    /* namespaces above it; the initial one has none */
	__u32 pad;
};

#endif
