/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records that the capture of `hoodtrace boot` adds to the stream; made by userspace. */
#ifndef HT_EVENTS_BOOT_H
#define HT_EVENTS_BOOT_H

#include "events/header.h"

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
 * A unit, as the service manager reports it; a time is 0 when that state was not reached. Tail: key NUL
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

/* A moment of the boot. Tail: text NUL. */
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
#define HT_BOOT_END_STOPPED 5 /* by a signal */

/* Why the capture ended. Tail: key NUL value NUL, repeated: until, problem. */
struct ht_boot_end {
	struct ht_header head;
	__u32 reason;
	__u32 tail_bytes;
};

#endif
