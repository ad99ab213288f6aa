/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * THE ABI: every record of the one stream, whoever makes it (kernel or userspace).
 *
 * A record is a struct that begins with ht_header, 8-byte aligned, its size a multiple of 8; some
 * end in a tail of variable length. Rules: fixed-width integers only, biggest first, padding
 * explicit, units in the name. Ids are append-only and never reused. A struct grows only at its
 * end: a decoder takes a longer record and refuses a shorter one, so old recordings replay.
 *
 * `tid` is the kernel's task pid, `pid` the process (the kernel's tgid), both of the initial pid
 * namespace. Times named time_ns are CLOCK_BOOTTIME; durations are plain nanoseconds.
 */
#ifndef HT_EVENTS_H
#define HT_EVENTS_H

#ifdef __bpf__
#include "vmlinux.h"
#else
#include <linux/types.h>
#endif

#define HT_COMM_LEN 16
#define HT_PID_LIMIT 4194304 /* PID_MAX_LIMIT on 64 bit, include/linux/threads.h */
#define HT_CPU_LIMIT 1024    /* CPUs that the per-CPU tables hold */
#define HT_KIND_LIMIT 32     /* ids below this one are made in the kernel, and may be lost */
#define HT_UNKNOWN_NS (~0ULL)

/*
 * The one list of records: X(id, NAME, struct). The enum, the names, the decoder, the layout test
 * and the exporters come from it.
 */
#define HT_EVENTS(X)                          \
	X(1, SWITCH, ht_switch)               \
	X(2, WAKING, ht_waking)               \
	X(3, WAKEUP, ht_wakeup)               \
	X(4, MIGRATE, ht_migrate)             \
	X(5, BEHIND, ht_behind)               \
	X(6, TASK_SEEN, ht_task_seen)         \
	X(7, TASK_NEW, ht_task_new)           \
	X(8, TASK_NAME, ht_task_name)         \
	X(9, TASK_EXEC, ht_task_exec)         \
	X(10, TASK_END, ht_task_end)          \
	X(11, TASK_BOOKS, ht_task_books)      \
	X(12, TASK_CGROUP, ht_task_cgroup)    \
	X(13, LOST, ht_lost)                  \
	X(14, FAULT, ht_fault)                \
	X(15, FAULT_FILE, ht_fault_file)      \
	X(16, FORK, ht_fork)                  \
	X(17, FAULT_BOOKS, ht_fault_books)    \
	X(20, LIFE, ht_life)                  \
	X(21, PROGRAM, ht_program)            \
	X(22, ARGV, ht_argv)                  \
	X(23, EXIT, ht_exit)                  \
	X(24, WAIT, ht_wait)                  \
	X(25, PAGES, ht_pages)                \
	X(26, ACCESS, ht_access)              \
	X(27, RECLAIM, ht_reclaim)            \
	X(28, FILE, ht_file)                  \
	X(29, TASK_PIDS, ht_task_pids)        \
	X(64, SESSION, ht_session)            \
	X(65, CGROUP_NAME, ht_cgroup_name)    \
	X(66, TICK, ht_tick)                  \
	X(67, TROUBLE, ht_trouble)            \
	X(68, PULSE, ht_pulse)                \
	X(75, CACHE_SCOPE, ht_cache_scope)    \
	X(76, MOUNT, ht_mount)                \
	X(77, DEVICE, ht_device)              \
	X(78, CACHE_BOOKS, ht_cache_books)    \
	X(85, BOOT_PHASES, ht_boot_phases)    \
	X(86, BOOT_UNIT, ht_boot_unit)        \
	X(87, BOOT_MARK, ht_boot_mark)        \
	X(88, BOOT_FORKS, ht_boot_forks)      \
	X(89, BOOT_END, ht_boot_end)          \
	X(90, CPU, ht_cpu)

struct ht_header {
	__u64 time_ns;
	__u32 tid; /* whom it is about; 0 = a CPU's idle task, or nobody */
	__u16 type;
	__u16 cpu; /* where it was made; HT_NO_CPU for userspace */
};

#define HT_NO_CPU 0xffff

/* ---- the scheduler ---- */
/* ht_switch.flags */
#define HT_SWITCH_PREEMPT 0x01      /* preempted in the kernel: runnable whatever prev_state says */
#define HT_SWITCH_EXACT 0x02        /* wait_ns and run_delay_ns are the kernel's own books */
#define HT_SWITCH_NOT_QUEUED 0x04   /* the kernel held no arrival stamp for next: no wait booked */
#define HT_SWITCH_PREV_TRACED 0x08  /* prev is in the target */
#define HT_SWITCH_NEXT_TRACED 0x10
#define HT_SWITCH_PREV_THROTTLED 0x20 /* prev is runnable, but its cgroup's CPU quota is used up */
#define HT_SWITCH_PREV_RAN 0x40       /* not exact: run_delay_ns is how long prev ran since picked */

/* A CPU went from prev to next (head.tid). */
struct ht_switch {
	struct ht_header head;
	__u64 wait_ns;      /* next's wait on this run queue that ends now; HT_UNKNOWN_NS */
	__u64 run_delay_ns; /* next's sched_info.run_delay before wait_ns is booked; or HT_SWITCH_PREV_RAN */
	__u32 prev_tid;
	__u32 next_pid;
	__u32 prev_nvcsw;  /* prev's own counters, this switch included, low 32 bits */
	__u32 prev_nivcsw;
	__u16 prev_state; /* TASK_* bits, include/linux/sched.h */
	__u16 nr_running; /* runnable tasks on this run queue, next included */
	__u8 next_prio;   /* the kernel's effective priority: 0-99 real time, 100-139 fair */
	__s8 next_nice;
	__u8 next_policy; /* SCHED_* */
	__u8 flags;
};

/* Somebody (waker_tid, the current task) starts to wake head.tid. */
struct ht_waking {
	struct ht_header head;
	__u32 waker_tid;
	__u32 pad;
};

#define HT_WAKEUP_NEW 0x01     /* a new task's first wake-up */
#define HT_WAKEUP_RUNNING 0x02 /* it was on a CPU at that moment: it never left */

/* head.tid is on target_cpu's run queue. */
struct ht_wakeup {
	struct ht_header head;
	__u32 target_cpu;
	__u32 flags;
};

/* head.tid is about to be moved; it is still on from_cpu. */
struct ht_migrate {
	struct ht_header head;
	__u32 from_cpu;
	__u32 to_cpu;
};

struct ht_segment {
	__u64 ns;
	__u32 tid;
	__u32 pad;
};

#define HT_BEHIND_SEGMENTS 16

/*
 * What ran on the CPU while head.tid waited there, newest first, clipped to the wait; precedes the
 * ht_switch that ends it. A long wait takes several records; each ends with the segments in use, or
 * later. rest_ns, in the last, is older than what is remembered. Not made for the whole system.
 */
struct ht_behind {
	struct ht_header head;
	__u64 rest_ns;
	__u32 count; /* segments in use */
	__u32 pad;
	struct ht_segment segments[HT_BEHIND_SEGMENTS];
};

/* ---- tasks ---- */

/* ht_task.flags */
#define HT_TASK_TRACED 0x01
#define HT_TASK_ON_CPU 0x02
#define HT_TASK_KTHREAD 0x04
#define HT_TASK_EXACT 0x08 /* run_delay_ns and pcount are valid */
#define HT_TASK_QUEUED 0x10 /* runnable, on a run queue, and not on a CPU */

/* A task, and what the kernel's books say of it at that moment. */
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

/* It was there when tracing began: the books are its starting point. */
struct ht_task_seen {
	struct ht_task task;
};

/* Its last switch off a CPU: the books are final. */
struct ht_task_end {
	struct ht_task task;
};

/* The books of a traced task at a tick or at the end of the run. */
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
 * head.tid executes a new program. When a thread that is not the leader does, it takes over the
 * leader's tid: old_tid is the one it had.
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

/* ---- life cycle ---- */

#define HT_LIFE_FIRST_RUN 0 /* a new task's first switch-in */
#define HT_LIFE_FREED 1     /* the kernel gave up the task, some time after it was reaped */

/* A moment in the life of head.tid. */
struct ht_life {
	struct ht_header head;
	__u64 start_boottime_ns;
	__u64 wait_ns; /* FIRST_RUN: in run queues until then, the kernel's own; HT_UNKNOWN_NS */
	__u32 pid;
	__u32 kind;
};

#define HT_PROGRAM_BEFORE 0x01 /* it executed this before tracing began: as /proc has it */

/*
 * head.tid executes a program (error 0), or tried to (error is the errno). Tail: file NUL
 * interpreter NUL name NUL; the interpreter is empty when the file is executed itself; name is the
 * file's own when it was given as a descriptor (/dev/fd/3), else empty. The argv follows in ht_argv
 * records.
 */
struct ht_program {
	struct ht_header head;
	__u64 min_flt; /* the task's own so far */
	__u64 maj_flt;
	__u32 pid;
	__u32 old_tid;    /* as in ht_task_exec */
	__u32 argv_bytes; /* as the kernel holds it; HT_UNKNOWN_BYTES for a failed exec */
	__u32 kept_bytes; /* that many of them follow */
	__u32 error;
	__u32 flags;
	__u32 pad;
	__u32 tail_bytes;
};

#define HT_ARGV_LIMIT 65536 /* of an argv, so many bytes at most are kept */
#define HT_UNKNOWN_BYTES 0xffffffff
#define HT_ARGV_CUT 0x01        /* of a failed exec: there was more */
#define HT_ARGV_UNREADABLE 0x02 /* the bytes of this piece could not be read */

/* A piece of the argv of the last ht_program of head.tid. Tail: bytes, the arguments NUL-ended. */
struct ht_argv {
	struct ht_header head;
	__u32 pid;
	__u32 offset;
	__u32 flags;
	__u32 tail_bytes;
};

#define HT_EXIT_PROCESS 0x01 /* no thread of the process is left: wait_status is final */
#define HT_EXIT_AUTOREAP 0x02 /* the parent ignores SIGCHLD: it never becomes a zombie */

/* head.tid exits. */
struct ht_exit {
	struct ht_header head;
	__u64 start_boottime_ns; /* of the process's first thread */
	__u64 min_flt;           /* the exiting task's own so far */
	__u64 maj_flt;
	__u32 pid;
	__u32 parent_pid;  /* who should reap it */
	__u32 heir_pid;    /* EXIT_PROCESS: who inherits its children; 0 when it has none */
	__u32 wait_status; /* as wait4 gives it; without EXIT_PROCESS the thread's own */
	__u32 flags;
	__u32 live; /* threads of the process that are left */
};

/* ht_wait.kind */
#define HT_WAIT_LOOKS 0 /* it enters wait4 or waitid: a zombie that is there is reaped now */
#define HT_WAIT_RUNS 1  /* it is switched in, still in that system call */

#define HT_WAIT_ANY 0            /* ht_wait.selected_pid: any child */
#define HT_WAIT_GROUP 0xffffffff /* any of a process group */

/* head.tid waits for a child. */
struct ht_wait {
	struct ht_header head;
	__u32 pid;
	__u32 selected_pid; /* LOOKS: the one child it waits for, or HT_WAIT_ANY, HT_WAIT_GROUP */
	__u32 options;      /* LOOKS: as given to waitid; WEXITED is set for wait4 */
	__u32 kind;
};

/* ---- the page cache ---- */

/* Which file: dev as stat(2) shows it, in the kernel's own coding (major << 20 | minor). */
struct ht_file_key {
	__u64 inode;
	__u32 dev;
	__u32 generation; /* another one when the inode number is reused (most file systems) */
};

/* ht_pages.kind */
#define HT_PAGES_ADDED 0
#define HT_PAGES_EVICTED 1
#define HT_PAGES_DIRTIED 2 /* written to, and clean until then */

/* ht_pages.flags */
#define HT_PAGES_TRACED 0x01    /* head.tid is in the target */
#define HT_PAGES_RECLAIM 0x02   /* evicted because memory was wanted */
#define HT_PAGES_KSWAPD 0x04    /* and that by kswapd */
#define HT_PAGES_TRUNCATED 0x08 /* evicted from behind the end of the file */
#define HT_PAGES_DELETED 0x10   /* the file has no name any more */

/* head.tid (whoever is current) put a folio into a file's page cache, or took it out. */
struct ht_pages {
	struct ht_header head;
	struct ht_file_key file;
	__u64 index; /* of the first page */
	__u32 pages; /* of the folio: 1 << its order */
	__u32 cached; /* pages of the file: an add's included, an eviction's (batch) too */
	__u8 kind;
	__u8 flags;
	__u8 pad[6];
};

/* ht_access.kind */
#define HT_ACCESS_READ 0      /* a step of read(2) or its like; the rest of the request may follow */
#define HT_ACCESS_FAULT 1     /* a page fault that was not solved by mapping what is cached */
#define HT_ACCESS_MAP 2       /* a page fault: what is cached of this range was mapped */
#define HT_ACCESS_READAHEAD 3 /* no access: these pages are about to be read ahead */

#define HT_ACCESS_PRESENT 0x01 /* `present` is valid */

/* head.tid uses pages of a file. */
struct ht_access {
	struct ht_header head;
	struct ht_file_key file;
	__u64 first;
	__u64 last;       /* as asked for: it can lie behind the end */
	__u64 size_pages; /* of the file */
	__u64 present;    /* MAP: bit n = page first + n is cached and can be mapped as it is; FAULT:
			   * bit 0 = the page is cached, bit 1 = and can be mapped as it is */
	__u32 cached;     /* pages of the file */
	__u8 kind;
	__u8 flags;
	__u8 first_order; /* MAP, FAULT: of the first folio at hand, and of the last one: the kernel */
	__u8 last_order;  /* may have mapped all of them */
};

/* ht_reclaim.kind */
#define HT_RECLAIM_KSWAPD 0
#define HT_RECLAIM_DIRECT 1 /* by a task that wants memory */
#define HT_RECLAIM_MEMCG 2  /* by a task, to stay below its cgroup's limit */

/* head.tid begins or ends to reclaim memory. */
struct ht_reclaim {
	struct ht_header head;
	__u64 pages; /* at the end: reclaimed; kswapd does not tell */
	__u8 kind;
	__u8 end;
	__u8 flags; /* HT_PAGES_TRACED */
	__u8 pad[5];
};

/* ht_file.flags */
#define HT_FILE_NO_NAME 0x01 /* it has no directory entry in memory */
#define HT_FILE_CUT 0x02     /* more directories above than are told */

/*
 * What a file is called (head.tid uses it), before its first ht_pages or ht_access and about once a minute. Tail: file
 * system type NUL, its device NUL, then the file's name and those of the directories above it, each
 * NUL-ended, up to the root of its file system.
 */
struct ht_file {
	struct ht_header head;
	struct ht_file_key file;
	__u64 size_bytes;
	__u32 mount_dev; /* as /proc/PID/mountinfo has it; btrfs: not file.dev */
	__u32 rdev;      /* of a device file: which device */
	__u32 links;
	__u16 mode;
	__u16 flags;
	__u32 names;
	__u32 tail_bytes;
};

/* ---- page faults ---- */

/* ht_fault.facts: what was found out, and nothing that was only concluded */
#define HT_FAULT_DONE 0x000001   /* resolved: the kernel counted it in min_flt or maj_flt */
#define HT_FAULT_MAJOR 0x000002  /* in maj_flt */
#define HT_FAULT_ACCESS 0x000004 /* PRESENT, WRITE and EXEC are known */
#define HT_FAULT_PRESENT 0x000008 /* the page was mapped, the access not allowed */
#define HT_FAULT_WRITE 0x000010
#define HT_FAULT_EXEC 0x000020
#define HT_FAULT_KERNEL 0x000040  /* by the kernel, on a user address */
#define HT_FAULT_NOFAULT 0x000080 /* KERNEL, and it only tried: no fault may be handled there */
#define HT_FAULT_GUP 0x000100     /* by get_user_pages: no access at all */
/*
 * The next three come from the page table, before and after, or where that is not read from the
 * movable pages that this task allocated meanwhile.
 */
#define HT_FAULT_ALLOC 0x000200   /* the page that is mapped now is another one */
#define HT_FAULT_ZEROED 0x000400  /* and not a copy: it began as zeros */
#define HT_FAULT_HUGE 0x000800    /* and of a PMD's size */
#define HT_FAULT_SHARED 0x001000  /* a VM_SHARED mapping */
#define HT_FAULT_RSS 0x002000     /* the following four are known: this counter of the mm moved */
#define HT_FAULT_RSS_FILE 0x004000
#define HT_FAULT_RSS_ANON 0x008000
#define HT_FAULT_RSS_SWAP 0x010000
#define HT_FAULT_RSS_SHMEM 0x020000
#define HT_FAULT_RETRIED 0x040000 /* entered more than once for the same page */
#define HT_FAULT_DIED 0x080000    /* the task ended in it */
#define HT_FAULT_LATE 0x100000    /* DONE by the counters alone: its end was not shown */
#define HT_FAULT_GONE 0x200000    /* nothing was mapped there any more when it was looked at */

/* ht_fault.place: what the mapping is */
#define HT_PLACE_UNKNOWN 0 /* could not be looked up, or there is none */
#define HT_PLACE_ANON 1
#define HT_PLACE_HEAP 2
#define HT_PLACE_STACK 3
#define HT_PLACE_FILE 4
#define HT_PLACE_SHMEM 5 /* tmpfs, shared anonymous memory, memfd, System V */
#define HT_PLACE_HUGETLB 6
#define HT_PLACE_SPECIAL 7 /* the kernel's own: vdso, vvar */
#define HT_PLACES 8

/* A page fault of head.tid, when it was resolved or found not to be. */
struct ht_fault {
	struct ht_header head;
	__u64 address;
	__u64 took_ns; /* entry to accounting, retries included; HT_UNKNOWN_NS */
	__u64 inode;   /* of the mapping's file; 0 = none */
	__u32 dev;     /* inode's device, as the kernel encodes it */
	__u32 flt;     /* the task's min_flt + maj_flt then, this one included, low 32 bits */
	__u32 bytes;   /* of the page, or the movable pages, of HT_FAULT_ALLOC */
	__u32 facts;
	__u8 place;
	__u8 signal; /* that it ended in: SIGSEGV, SIGBUS; 0 = none */
	__u8 pad[6];
};

/*
 * The name of a mapped file, before the first fault that it has (again when there are many files).
 * Tail: the names on its path, the file's own first, each NUL-ended.
 */
struct ht_fault_file {
	struct ht_header head;
	__u64 inode;
	__u32 dev;
	__u32 tail_bytes;
};

/* head.tid returned from the clone, fork or vfork that made child_pid. */
struct ht_fork {
	struct ht_header head;
	__u64 fork_ns;    /* from the entry of the system call; a vfork's without its sleep */
	__u64 anon_bytes; /* anonymous memory of the parent at that moment */
	__u64 clone_flags;
	__u32 child_pid;
	__u32 pid; /* the parent's */
};

#define HT_FAULT_BOOKS_WPCOPY 0x01 /* wpcopy_count is kept: kernel.task_delayacct was on */

#define HT_FAULT_BOOKS_FIRST 0x02  /* before the first fault that was shown */

/* What the kernel had counted of head.tid before its first fault here, and at its end. */
struct ht_fault_books {
	struct ht_header head;
	__u64 min_flt;
	__u64 maj_flt;
	__u32 wpcopy_count; /* pages copied on a write fault; task_struct.delays */
	__u32 flags;
};

/* ---- losses ---- */

/*
 * Records of this CPU that found its ring full between head.time_ns and last_ns, by type id. Stands
 * in the ring where they would have stood. All counts zero: records of unknown types are missing
 * there (a damaged or dropped part of a recording; an ht_trouble says how many on all CPUs).
 */
struct ht_lost {
	struct ht_header head;
	__u64 last_ns;
	__u32 counts[HT_KIND_LIMIT];
};

/* ---- made by userspace ---- */

#define HT_SESSION_WHOLE 0x01  /* the target is the whole system */
#define HT_SESSION_EXACT 0x02  /* waits are the kernel's own */
#define HT_SESSION_WAKERS 0x04 /* waking and wakeup are recorded */
#define HT_SESSION_FAILED_EXECS 0x08 /* ht_program of failed execs are recorded */

/* The first record: what is traced and how. Tail: key NUL value NUL, repeated. */
struct ht_session {
	struct ht_header head;
	__u64 wall_ns; /* CLOCK_REALTIME at head.time_ns */
	__u32 flags;
	__u32 cpus; /* online */
	__u32 self_pid;
	__u32 tail_bytes;
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

/*
 * What went wrong besides a full ring; X(id, NAME, json key). UNWRITTEN: the recorder had no memory
 * for them; DAMAGED: in blocks of a recording whose checksum is wrong; CUT (1): its end is missing.
 */
#define HT_TROUBLES(X)                        \
	X(1, MISSED, missed)                  \
	X(2, LATE, late)                      \
	X(3, MAP_FULL, map_full)              \
	X(4, UNDECODABLE, undecodable)        \
	X(5, NO_RING, no_ring)                \
	X(16, UNWRITTEN, unwritten)           \
	X(17, DAMAGED, damaged)               \
	X(18, CUT, cut)

/* count more of `what` since the last such record. */
struct ht_trouble {
	struct ht_header head;
	__u64 count;
	__u32 what;
	__u32 pad;
};

/* ht_cache_scope.flags: what this kernel tells of the page cache besides adds and evictions */
#define HT_CACHE_ACCESSES 0x01  /* reads, faults and mappings: hits and misses */
#define HT_CACHE_READAHEAD 0x02 /* which pages are read ahead */
#define HT_CACHE_DIRTIED 0x04   /* which pages are written to */
#define HT_CACHE_RECLAIM 0x08   /* kswapd and direct reclaim */
#define HT_CACHE_MEMCG 0x10     /* reclaim below a cgroup's limit, told apart from direct */

struct ht_cache_scope {
	struct ht_header head;
	__u32 page_bytes;
	__u32 flags;
};

/* A mount. Tail: its root in the file system NUL, where it is mounted NUL. */
struct ht_mount {
	struct ht_header head;
	__u32 dev;
	__u32 tail_bytes;
};

/* A block device. Tail: its name below /dev NUL. */
struct ht_device {
	struct ht_header head;
	__u32 dev;
	__u32 tail_bytes;
};

/* The kernel's own counts for the whole system, from /proc/vmstat. */
struct ht_cache_books {
	struct ht_header head;
	__u64 file_pages; /* nr_file_pages: the page cache, tmpfs and swap cache included */
	__u64 shmem_pages;
	__u64 steal_kswapd; /* pages reclaimed since boot, by whom */
	__u64 steal_direct;
	__u64 steal_file; /* and of files, by anybody */
	__u64 refault_file;
	__u64 huge_mapped; /* thp_file_mapped: huge folios mapped at once, of which no hook tells */
};

/* ---- the boot: what the capture of `hoodtrace boot` adds to the stream ---- */

/*
 * The service manager's own times of the boot; 0 = did not happen, or is not known. Firmware and
 * loader ran before the clock began. Tail: key NUL value NUL, repeated.
 */
struct ht_boot_phases {
	struct ht_header head;
	__u64 firmware_ns;  /* spent in it, up to the loader's start */
	__u64 loader_ns;    /* spent in it, up to the kernel's start */
	__u64 initrd_ns;    /* the initrd's manager started; from here on times of the clock */
	__u64 userspace_ns; /* the manager on the root file system started */
	__u64 finish_ns;    /* every job of the start was done */
	__u32 pad;
	__u32 tail_bytes;
};

#define HT_BOOT_UNIT_INITRD 0x01 /* as the initrd's manager had it */
#define HT_BOOT_UNIT_SERVICE 0x02 /* the main_ fields are asked for */

/*
 * A unit, as the service manager had it; times are 0 when it did not come to that. Tail: key NUL
 * value NUL, repeated: id, active, sub, result, cgroup, and `after` for each unit that it is
 * ordered behind.
 */
struct ht_boot_unit {
	struct ht_header head;
	__u64 activating_ns;   /* it left "inactive" */
	__u64 active_ns;       /* it became "active" */
	__u64 deactivating_ns; /* it left "active" */
	__u64 inactive_ns;     /* it became "inactive" or "failed" */
	__u64 main_start_ns;   /* its main process */
	__u64 main_exit_ns;
	__u32 main_pid;
	__u32 main_code;   /* CLD_*, with main_exit_ns */
	__u32 main_status; /* exit code or signal, by main_code */
	__u32 flags;
	__u32 pad;
	__u32 tail_bytes;
};

#define HT_BOOT_MARK_KMSG 1        /* tail: a line of the kernel's log; level: its severity */
#define HT_BOOT_MARK_SWITCH_ROOT 2 /* the initrd's root was left before this */
#define HT_BOOT_MARK_LOCAL_FS 3    /* the local file systems are mounted */

/* Something happened. Tail: text NUL. */
struct ht_boot_mark {
	struct ht_header head;
	__u32 kind;
	__u32 level;
	__u32 pad;
	__u32 tail_bytes;
};

/* The kernel's count of tasks ever forked (/proc/stat), read between head.time_ns and until_ns. */
struct ht_boot_forks {
	struct ht_header head;
	__u64 until_ns;
	__u64 forks;
};

#define HT_BOOT_END_REACHED 1 /* what it was to wait for */
#define HT_BOOT_END_TIME 2    /* its limit of time */
#define HT_BOOT_END_SIZE 3    /* its limit of bytes */
#define HT_BOOT_END_SPACE 4   /* the file system was nearly full */
#define HT_BOOT_END_STOPPED 5 /* it was told to */

/* Why the capture ended. Tail: key NUL value NUL, repeated: until, problem. */
struct ht_boot_end {
	struct ht_header head;
	__u32 reason;
	__u32 tail_bytes;
};

/* head.cpu went off line or came back (hotplug), seen some 50 ms later at most. */
struct ht_cpu {
	struct ht_header head;
	__u32 online;
	__u32 pad;
};

#define HT_EVENT_ENUM(id, NAME, type) HT_##NAME = id,
enum ht_event_id { HT_EVENTS(HT_EVENT_ENUM) };
#undef HT_EVENT_ENUM

#define HT_TROUBLE_ENUM(id, NAME, key) HT_TROUBLE_##NAME = id,
enum ht_trouble_id { HT_TROUBLES(HT_TROUBLE_ENUM) };
#undef HT_TROUBLE_ENUM

#endif
