/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of the life of processes: first run, program, exit, wait. */
#ifndef HT_EVENTS_PROCS_H
#define HT_EVENTS_PROCS_H

#include "events/header.h"

#define HT_LIFE_FIRST_RUN 0 /* a new task's first switch-in */
#define HT_LIFE_FREED 1     /* the kernel freed the task, some time after it was reaped */
#define HT_LIFE_ZOMBIE 2    /* the process can be reaped: its parent is being notified */

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

#define HT_ARGV_PIECE 4096  /* bytes of an argv in one record */
#define HT_ARGV_LIMIT 65536 /* bytes of an argv that are recorded, at most */
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

#define HT_EXE_DELETED 0x01 /* the file has no name any more */
#define HT_EXE_CUT 0x02     /* there are more directories above than follow */
#define HT_EXE_CWD_CUT 0x04
#define HT_EXE_WHO 0x08 /* uid and the working directory are there */

/*
 * Of the last ht_program of head.tid: the file that is executed, as /proc/self/exe shows it (for a
 * script, its interpreter), and who executed it from where. Tail: `names` names of the path, the
 * last first, each NUL-ended, then `cwd_names` of the working directory. A failed exec has no file.
 */
struct ht_exe {
	struct ht_header head;
	__u32 pid;
	__u32 uid;
	__u32 names;
	__u32 cwd_names;
	__u32 flags;
	__u32 tail_bytes;
};

/*
 * The file of the ht_program that follows exists: it is the interpreter that it names which is
 * missing. Tail: the interpreter NUL.
 */
struct ht_interpreter {
	struct ht_header head;
	__u32 pid;
	__u32 tail_bytes;
};

/* A signal that ends processes was sent to head.tid, which has no handler for it. */
struct ht_signal {
	struct ht_header head;
	__u32 pid;
	__u32 sender_pid; /* 0 = the kernel */
	__u32 sender_tid;
	__u32 signal;
	__s32 code; /* si_code: SI_USER, SI_KERNEL, SEGV_MAPERR, … */
	__u32 pad;
	char sender_comm[HT_COMM_LEN];
};

#define HT_EXIT_PROCESS 0x01 /* no thread of the process is left: wait_status is final */
#define HT_EXIT_AUTOREAP 0x02 /* the parent ignores SIGCHLD: it never becomes a zombie */
#define HT_EXIT_COUNTERS 0x04 /* the record has exec_runtime_ns and run_delay_ns */

/* head.tid exits. */
struct ht_exit {
	struct ht_header head;
	__u64 start_boottime_ns; /* of the process's first thread */
	__u64 min_flt;           /* the exiting task's own so far */
	__u64 maj_flt;
	__u32 pid;
	__u32 parent_pid;  /* who should reap it */
	__u32 heir_pid;    /* EXIT_PROCESS: who inherits its children; 0 when it has none */
	__u32 wait_status; /* as wait4 returns it; without EXIT_PROCESS the thread's own */
	__u32 flags;
	__u32 live; /* threads of the process that are left */
	__u64 exec_runtime_ns; /* as the kernel last counted it: at the last tick or switch */
	__u64 run_delay_ns;
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

#endif
