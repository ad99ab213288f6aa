/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of why a thread does not run: how a sleep begins, what ends it, and what these things are. */
#ifndef HT_EVENTS_WHY_H
#define HT_EVENTS_WHY_H

#include "events/cache.h"
#include "events/header.h"

/* ht_sleep.flags */
#define HT_SLEEP_COMPAT 0x01    /* `call` is of the 32-bit table */
#define HT_SLEEP_KTHREAD 0x02   /* a kernel thread: it is in no system call */
#define HT_SLEEP_IO_WORKER 0x04 /* a worker of io_uring: it is in no system call */
#define HT_SLEEP_IOWAIT 0x08    /* in_iowait: the kernel counts it as a wait for I/O */
#define HT_SLEEP_MEMSTALL 0x10  /* in_memstall: it waits for memory (PSI) */
#define HT_SLEEP_EXITING 0x20   /* it is in exit */
#define HT_SLEEP_SCANNED 0x40   /* it slept already when tracing began: found by the scan of tasks */
#define HT_SLEEP_READER 0x80    /* readers own the lock; owner_tid is the last of them to take it */

/* ht_sleep.lock: what kind of kernel lock it waits for */
#define HT_LOCK_NONE 0
#define HT_LOCK_MUTEX 1
#define HT_LOCK_SEMAPHORE 2
#define HT_LOCK_RWSEM_READ 3
#define HT_LOCK_RWSEM_WRITE 4
#define HT_LOCK_RT_MUTEX 5 /* of a futex with priority inheritance */

/* ht_sleep.which: of what it is the lock */
#define HT_LOCK_OF_UNKNOWN 0
#define HT_LOCK_OF_MM 1       /* mmap_lock of the task's address space */
#define HT_LOCK_OF_INODE 2    /* i_rwsem of the object */
#define HT_LOCK_OF_POSITION 3 /* f_pos_lock of the open file */
#define HT_LOCK_OF_PIPE 4     /* mutex of the pipe */

#define HT_NO_CALL (-1)

/*
 * head.tid leaves its CPU and goes to sleep. It precedes the ht_switch of the same time. What it
 * sleeps in is read here: during the sleep the file may be closed, and the user memory of a task can
 * only be read while it runs.
 */
struct ht_sleep {
	struct ht_header head;
	__u64 args[3];   /* of the system call */
	__u64 object;    /* ht_object.object of the file that the call is about; 0 = none */
	__u64 stack;     /* ht_stack.stack: where in the kernel; 0 = not recorded */
	__u64 faulted;   /* object of the file that it last faulted on; 0 = none, or not known */
	__u32 owner_tid; /* who holds the lock, or, by the words behind it, the futex; its tracer; 0 = not known */
	__u32 value;     /* futex: the word at args[0]; poll of one file, splice, tee: the descriptor */
	__s16 call;      /* system call; HT_NO_CALL = none: a page fault, a stop, a kernel thread */
	__u16 state;     /* TASK_* bits */
	__u8 lock;
	__u8 which;
	__u8 flags;
	__u8 frozen; /* its cgroup is frozen (v2) */
};

/* ht_object.kind */
#define HT_OBJECT_FILE 1 /* with a path: ht_file of `file` */
#define HT_OBJECT_PIPE 2
#define HT_OBJECT_SOCKET 3
#define HT_OBJECT_EVENT 4 /* an anonymous inode: [eventpoll], [eventfd], [timerfd], inotify ... */
#define HT_OBJECT_FIFO 5  /* a pipe with a path: ht_file of `file` */

#define HT_OBJECT_NAME_LEN 32

/* A file that threads slept on; precedes the first record that names it, and again about once a minute. */
struct ht_object {
	struct ht_header head;
	__u64 object;
	struct ht_file_key file;
	__u8 local[16]; /* address; of IPv4 the first 4 bytes */
	__u8 remote[16];
	__u32 peer_pid; /* AF_UNIX: the process at the other end when it connected; 0 = not known */
	__u16 family;   /* AF_* */
	__u16 protocol; /* IPPROTO_*; AF_UNIX: SOCK_* */
	__u16 local_port;
	__u16 remote_port;
	__u8 kind;
	__u8 state; /* TCP_* of include/net/tcp_states.h */
	__u8 pad[2];
	char name[HT_OBJECT_NAME_LEN]; /* of an anonymous inode */
};

#define HT_STACK_FRAMES 24

/* Where in the kernel a task sleeps. Tail: the return addresses, 8 bytes each, innermost first. */
struct ht_stack {
	struct ht_header head;
	__u64 stack;
	__u32 tail_bytes;
	__u32 pad;
};

/* The kernel's function that contains `address`; made by userspace. Tail: its name NUL. */
struct ht_symbol {
	struct ht_header head;
	__u64 address;
	__u32 tail_bytes;
	__u32 pad;
};

#define HT_STACK_COPY 4096     /* bytes of a user stack, at most */
#define HT_USER_REGISTERS 33

/*
 * head.tid is switched in after a long sleep: the memory of its user stack, for userspace to unwind. It
 * is not recorded: ht_sleep_stack takes its place. Tail: the memory from the stack pointer on.
 */
struct ht_stack_memory {
	struct ht_header head;
	__u64 began_ns; /* the sleep */
	__u64 stack;    /* ht_stack.stack: where in the kernel; 0 = not recorded */
	__u64 registers[HT_USER_REGISTERS]; /* by their numbers in DWARF */
	__u32 pid;
	__u32 tail_bytes;
};

/*
 * head.tid is switched in after a long sleep: its stacks; made by userspace. Tail: the return addresses
 * in user space, 8 bytes each, innermost first; then, for each of them, "FUNCTION NUL FILE NUL", either
 * of them empty where it is not known.
 */
struct ht_sleep_stack {
	struct ht_header head;
	__u64 began_ns;
	__u64 stack; /* ht_stack.stack: where in the kernel; 0 = not recorded */
	__u32 frames;
	__u32 tail_bytes;
};

/* head.tid is switched in and returns from epoll_wait and its like: the first file that is ready. */
struct ht_ready {
	struct ht_header head;
	__u64 object;
	__u32 fd;
	__u32 pad;
};

/*
 * head.tid was on its CPU since the reading before: the cycles that the CPU's PMU counted in that time. A guest of
 * KVM counts in neither.
 */
struct ht_cycles {
	struct ht_header head;
	__u64 ran_ns; /* before head.time_ns */
	__u64 user;
	__u64 kernel; /* interrupts too */
};

/* A signal that stops processes was sent to head.tid. */
struct ht_stop {
	struct ht_header head;
	__u32 pid;
	__u32 sender_tid; /* 0 = the kernel */
	__u32 signal;
	__u32 pad;
};

#endif
