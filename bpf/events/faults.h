/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of page faults and of the forks that cause copies. */
#ifndef HT_EVENTS_FAULTS_H
#define HT_EVENTS_FAULTS_H

#include "events/header.h"

/* ht_fault.facts: what was measured; conclusions are drawn in userspace */
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
#define HT_FAULT_HUGE 0x000800    /* and of a PMD's size, or PUD's; of hugetlb without ALLOC too */
#define HT_FAULT_SHARED 0x001000  /* a VM_SHARED mapping */
#define HT_FAULT_RSS 0x002000     /* the following four are known: this counter of the mm moved */
#define HT_FAULT_RSS_FILE 0x004000
#define HT_FAULT_RSS_ANON 0x008000
#define HT_FAULT_RSS_SWAP 0x010000
#define HT_FAULT_RSS_SHMEM 0x020000
#define HT_FAULT_RETRIED 0x040000 /* entered more than once for the same page */
#define HT_FAULT_DIED 0x080000    /* the task ended in it */
#define HT_FAULT_LATE 0x100000    /* DONE by the counters alone: its end was not recorded */
#define HT_FAULT_GONE 0x200000    /* nothing was mapped there any more when the page table was read */
#define HT_FAULT_COPIED 0x400000  /* the page was read from swap first, and then copied */
#define HT_FAULT_KSM 0x800000     /* the page that was mapped was one that KSM had merged */
#define HT_FAULT_SPLIT 0x1000000  /* a transparent huge page was mapped; it was split for the write */
/* Another thread was asked to resolve it, as far as was looked (userfaultfd): nothing was mapped there
 * (VM_UFFD_MISSING, VM_UFFD_MINOR), or with HT_FAULT_UFFD_WP the page was write-protected. */
#define HT_FAULT_UFFD 0x2000000
#define HT_FAULT_UFFD_WP 0x4000000 /* a write, and userfaultfd had write-protected the page */
/* The CPU did not say at which address it was: a general protection fault, such as of a non-canonical
 * address. It is no page fault. */
#define HT_FAULT_NO_ADDRESS 0x8000000
/* GUP, and not in the task's own memory as far as its page table shows: of another process (ptrace,
 * process_vm_writev, /proc/PID/mem), or moved since (mremap). */
#define HT_FAULT_REMOTE 0x10000000

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
	__u64 inode;   /* of the mapping's file; a System V segment may have number 0 */
	__u32 dev;     /* as in ht_file_key; 0 = no file */
	__u32 flt;     /* the task's min_flt + maj_flt then, this one included, low 32 bits */
	__u32 bytes;   /* of the page, or the movable pages, of HT_FAULT_ALLOC */
	__u32 facts;
	__u8 place;
	__u8 signal; /* that it ended in: SIGSEGV, SIGBUS; 0 = none */
	__u16 pad;
	__u32 generation; /* as in ht_file_key; 0 in recordings that have ht_fault_file */
};

/*
 * The name of a mapped file as the first recordings have it; ht_file took its place. Tail: the names on
 * its path, the file's own first, each NUL-ended. dev is the superblock's (btrfs: not stat's).
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
	/* Since here: not in the first recordings. */
	__u64 hugetlb_bytes; /* of the parent at that moment, shared mappings included */
	__u64 copied_bytes;  /* by the fork itself: pinned pages (copy_present_page, mm/memory.c) */
	__u32 copied_pages;
	__u32 flags;
};

/* ht_fork.flags: which copies are measured */
#define HT_FORK_OWN 0x01    /* those of the fork itself and of get_user_pages */
#define HT_FORK_SWAP 0x02   /* of pages that a fault reads from swap first */
#define HT_FORK_TABLES 0x04 /* of hugetlb pages, and the splits of huge pages */
#define HT_FORK_KSM 0x08    /* copies of pages that KSM had merged are known */
#define HT_FORK_OWN_HUGETLB 0x10 /* those of hugetlb pages by get_user_pages */

#define HT_FAULT_BOOKS_WPCOPY 0x01 /* wpcopy_count is valid: kernel.task_delayacct was on */

#define HT_FAULT_BOOKS_FIRST 0x02  /* before the first fault that was recorded */

/* What a fault was, concluded from its record by fault_kind() (faults/kind.h). */
enum ht_fault_kind {
	HT_KIND_DEMAND_ZERO,
	HT_KIND_ZERO_PAGE_READ,
	HT_KIND_ZERO_PAGE_UPGRADE,
	HT_KIND_FILE_MINOR,
	HT_KIND_FILE_MAJOR,
	HT_KIND_FILE_COW,
	HT_KIND_COW_COPY,
	HT_KIND_COW_REUSE,
	HT_KIND_SHARED_WRITE,
	HT_KIND_SHMEM,
	HT_KIND_SWAP_MINOR,
	HT_KIND_SWAP_MAJOR,
	HT_KIND_HUGE,
	HT_KIND_USERFAULT,
	HT_KIND_KERNEL_ACCESS,
	HT_KIND_INVALID,
	HT_KIND_GUP,
	HT_KIND_OTHER,
	HT_KIND_UNRESOLVED,
	HT_FAULT_KINDS,
};

/* The kernel's counters of head.tid before its first recorded fault, and at its end. */
struct ht_fault_books {
	struct ht_header head;
	__u64 min_flt;
	__u64 maj_flt;
	__u32 wpcopy_count; /* pages copied on a write fault; task_struct.delays */
	__u32 flags;
};

#endif
