/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of the page cache. */
#ifndef HT_EVENTS_CACHE_H
#define HT_EVENTS_CACHE_H

#include "events/header.h"

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

/* head.tid (the current task) added a folio to a file's page cache, or removed one. */
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
	__u64 pages; /* at the end: reclaimed; not known for kswapd */
	__u8 kind;
	__u8 end;
	__u8 flags; /* HT_PAGES_TRACED */
	__u8 pad[5];
};

/* ht_file.flags */
#define HT_FILE_NO_NAME 0x01 /* it has no directory entry in memory */
#define HT_FILE_CUT 0x02     /* there are more directories above */
#define HT_FILE_PSEUDO 0x08  /* it is in no directory: memfd, shared anonymous memory, System V */
#define HT_FILE_FULL 0x04    /* the names go on across the mounts: the whole path of the task */

/*
 * What a file is called (head.tid uses it), before its first ht_pages, ht_access or ht_fault and about
 * once a minute. Tail: file system type NUL, its device NUL, then the file's name and those of the
 * directories above it, each NUL-ended, up to the root of its file system.
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

/* ht_cache_scope.flags: what this kernel reports about the page cache in addition to adds and evictions */
#define HT_CACHE_ACCESSES 0x01  /* reads, faults and mappings: hits and misses */
#define HT_CACHE_READAHEAD 0x02 /* which pages are read ahead */
#define HT_CACHE_DIRTIED 0x04   /* which pages are written to */
#define HT_CACHE_RECLAIM 0x08   /* kswapd and direct reclaim */
#define HT_CACHE_MEMCG 0x10     /* reclaim below a cgroup's limit, apart from direct */

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

/* A block device. Tail: its name below /dev NUL, what is behind it (a name of dm, a file of loop) NUL or nothing. */
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
	__u64 huge_mapped; /* thp_file_mapped: huge folios mapped at once, which no hook reports */
};

#endif
