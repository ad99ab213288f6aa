/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of block requests: who asked, for which file, how long it took, and who slept for it. */
#ifndef HT_EVENTS_DISK_H
#define HT_EVENTS_DISK_H

#include "events/cache.h"
#include "events/header.h"

/* ht_disk.op */
#define HT_DISK_READ 0
#define HT_DISK_WRITE 1
#define HT_DISK_FLUSH 2 /* the device's cache is written out; made by the kernel's flush machinery */
#define HT_DISK_DISCARD 3
#define HT_DISK_OTHER 4 /* write zeroes, zone commands, commands of the driver */
#define HT_DISK_OPS 5

/* ht_disk.flags */
#define HT_REQ_SYNC 0x0001     /* REQ_SYNC */
#define HT_REQ_META 0x0002     /* REQ_META */
#define HT_REQ_AHEAD 0x0004    /* REQ_RAHEAD; somebody may wait for it all the same */
#define HT_REQ_SWAP 0x0008     /* REQ_SWAP */
#define HT_REQ_FUA 0x0010      /* REQ_FUA */
#define HT_REQ_PREFLUSH 0x0020 /* REQ_PREFLUSH */
#define HT_REQ_DIRECT 0x0040   /* from or to the memory of a user (O_DIRECT) */
#define HT_REQ_TRACED 0x0080   /* head.tid is in the target */
#define HT_REQ_KTHREAD 0x0100  /* head.tid is a kernel thread: writeback, a journal, a worker */
#define HT_REQ_COUNTED 0x0200  /* the kernel counts it in /sys/block/DEVICE/stat (RQF_IO_STAT) */
#define HT_REQ_CUT 0x0400      /* it had more bios than were looked at: the rest counts for `file` */
#define HT_REQ_OPEN 0x0800     /* not complete: it was at the device or queued at the end of the run */
#define HT_REQ_BIO 0x1000      /* no request: a bio of a device that makes none (zram, dm, md) */

/* ht_disk.kind: what `file` is */
#define HT_DISK_OF_NONE 0   /* not known, or no file: a flush, a discard, a journal without pages */
#define HT_DISK_OF_FILE 1
#define HT_DISK_OF_DEVICE 2 /* the pages of a block device: metadata of its file system, or raw I/O */
#define HT_DISK_OF_SWAP 3   /* anonymous memory */

/*
 * A block request is done; head.tid submitted it, or the request of a device above that it is a part of
 * (ht_disk.upper). Stamps are CLOCK_BOOTTIME. head.time_ns: all of its
 * bios have been ended. The kernel's own stamps are no use: start_time_ns is a plug's cached clock, and
 * neither is set everywhere (docs/kernel-notes.md).
 */
struct ht_disk {
	struct ht_header head;
	struct ht_file_key file; /* of the first bio; other files of the request: ht_disk_part */
	__u64 serial;            /* names the request; 0 = none */
	__u64 offset;            /* in the file; HT_UNKNOWN_NS = not known */
	__u64 sector;            /* of 512 bytes, from the beginning of the device */
	__u64 cgroup_id;         /* v2: of the writeback, else of the task */
	__u64 start_ns;          /* the request was made */
	__u64 issue_ns;          /* handed to the driver; 0 = never */
	__u64 complete_ns;       /* the driver reported it done */
	__u32 bytes;
	__u32 dev;  /* the whole device */
	__u32 part; /* the partition, or dev */
	__u16 flags;
	__u16 merges; /* bios beyond the first */
	__u8 op;
	__u8 status; /* blk_status_t; 0 = no error */
	__u8 kind;
	__u8 requeues;
	__u32 call; /* the system call that head.tid was in, plus 1; 0 = none */
	__u64 upper; /* serial of the request of a device above (dm, md, loop) that this is a part of; 0 = none known */
};

/* A part of a request that belongs to another file than ht_disk.file; precedes the ht_disk. */
struct ht_disk_part {
	struct ht_header head;
	struct ht_file_key file;
	__u64 serial;
	__u64 offset;
	__u32 bytes;
	__u8 kind;
	__u8 pad[3];
};

/* ht_disk_wait.flags */
#define HT_WAIT_IOWAIT 0x01  /* in_iowait: the kernel counts it as a wait for I/O */
#define HT_WAIT_REQUEST 0x02 /* woken by the end of a request: `serial`, or of one that is not recorded */
#define HT_WAIT_KTHREAD 0x04 /* woken by a kernel thread: a journal, a worker of the file system */
#define HT_WAIT_SYNC 0x08    /* inside fsync and its like */

/* head.tid slept in D for the disk from since_ns on and is woken now. */
struct ht_disk_wait {
	struct ht_header head;
	__u64 since_ns;
	__u64 serial;  /* of the request whose end woke it; 0 = none, or not recorded */
	__u32 waker_tid;
	__u32 call; /* system call plus 1; 0 = none: a page fault, a kernel thread */
	__u8 flags;
	__u8 pad[7];
};

/* head.tid returns from fsync or its like. */
struct ht_disk_sync {
	struct ht_header head;
	struct ht_file_key file; /* inode 0 = not known */
	__u64 since_ns;
	__s32 result;
	__u32 call; /* plus 1 */
};

/* The kernel's count of the I/O that head.tid caused (task_struct.ioac); of a thread, not a process. */
struct ht_disk_books {
	struct ht_header head;
	__u64 read_bytes;
	__u64 write_bytes;
	__u64 cancelled_bytes;
	__u32 pid;
	__u32 pad;
};

/* The kernel's counts of a block device since boot, from /proc/diskstats. */
struct ht_disk_device {
	struct ht_header head;
	__u64 reads;
	__u64 read_merges;
	__u64 read_sectors;
	__u64 writes;
	__u64 write_merges;
	__u64 write_sectors;
	__u64 discards;
	__u64 discard_sectors;
	__u64 flushes;
	__u64 busy_ms;
	__u32 dev;
	__u32 pad;
};

/* A loop device, and the file that has its content, from `offset` on. From LOOP_GET_STATUS64. */
struct ht_disk_backing {
	struct ht_header head;
	__u64 inode;
	__u64 offset;
	__u32 dev; /* the loop device */
	__u32 file_dev;
};

/* ht_disk_scope.flags: what this kernel reports of requests */
#define HT_DISK_EXACT_DONE 0x01 /* block_io_done: the end of a request is known, and so who waited */
#define HT_DISK_DIRTIES 0x02    /* who dirtied the pages of a file */
#define HT_DISK_SYNCS 0x04      /* each fsync and its like is recorded */
#define HT_DISK_DIRECT_FILES 0x08 /* the file of a direct I/O */
#define HT_DISK_BIOS 0x10         /* bios of devices that make no requests (zram, dm, md) */
#define HT_DISK_LAYERS 0x20       /* whose request of dm, md or loop a request below is a part of */

struct ht_disk_scope {
	struct ht_header head;
	__u32 page_bytes;
	__u32 flags;
};

#endif
