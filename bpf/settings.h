/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values that the loader writes before load; the verifier treats them as constants. */
#ifndef HT_SETTINGS_H
#define HT_SETTINGS_H

#include "events.h"
#include "task_ends.h"

/* ht_settings.filter: which tests decide that a task is traced; none = every task is. */
#define HT_FILTER_PID 0x01    /* its process, or itself, is in target_pids */
#define HT_FILTER_COMM 0x02   /* its comm matches comm_glob */
#define HT_FILTER_CGROUP 0x04 /* its v2 cgroup is cgroup_id or below it */

#define HT_GLOB_LEN 32

/* ht_settings.second_chance: kinds of hooks whose programs can be preempted (unpreempted.bpf.h) */
#define HT_CHANCE_TRACEPOINTS 0x1
#define HT_CHANCE_FUNCTIONS 0x2

#define HT_FD_CALL_WORDS 8 /* system calls below 512 */

/*
 * A way from a bio to the one of the device above that it is a part of: whose bi_end_io is `end_io` is a
 * member of a structure, or bi_private points to the structure; a pointer in it leads to the bio above.
 */
struct ht_bio_step {
	__u64 end_io;    /* 0 = no step */
	__u32 container; /* where the bio is in the structure; HT_STEP_PRIVATE: bi_private points to it */
	__u32 first;     /* where in it the pointer is; HT_STEP_NONE: the structure is the bio above */
	__u32 second;    /* where in what that points to the pointer is; HT_STEP_NONE: it points to the bio */
	__u32 is_layer;  /* the bio above is another device's */
};

#define HT_STEP_PRIVATE 0xffffffff
#define HT_STEP_NONE 0xffffffff
#define HT_BIO_STEPS 8

struct ht_settings {
	__u64 cgroup_id;
	__u64 direct_map;      /* where the kernel has physical address 0; 0 = page tables are not read */
	__u64 frame_mask;      /* of a page table's entry: the physical address */
	__u64 vmemmap;         /* the struct page of physical address 0; 0 = not known */
	__u32 self_pid;        /* hoodtrace's own process: never traced */
	__u32 filter;          /* HT_FILTER_* */
	__u32 follow;          /* a new process inherits being traced */
	__u32 exact_wait;      /* the kernel keeps sched_info and a run queue can be reached */
	__u32 state_is_arg;    /* sched_switch passes prev_state (5.18 on) */
	__u32 all_switches;    /* record every switch, filter or not (fallback tier) */
	__u32 culprits;        /* remember who runs, and record whom a traced task waited behind */
	__u32 wake_bytes;      /* wake the consumer after this many bytes on one CPU */
	__u32 life;            /* the life-cycle family is loaded: HT_LIFE_LOADED, HT_LIFE_WHO */
	__u32 task_ends;       /* HT_ENDS_*: which program records the ends of tasks */
	__u32 argv_bytes;      /* bytes of an argv to record; 0 = none is read */
	__u32 page_shift;      /* PAGE_SHIFT */
	__u32 fault_fentry;    /* page faults are recorded by fentry on handle_mm_fault */
	__u32 fault_rss;       /* rss_stat shows which counters of the mm a fault changed */
	__u32 fault_forks;     /* copies that the kernel makes for itself are recorded too */
	__u32 group_dead_is_arg; /* sched_process_exit has group_dead (6.16 on) */
	__u32 second_chance;   /* HT_CHANCE_*: at these hooks programs have a second one */
	__s32 btrfs_root;      /* from an inode to the pointer to its btrfs_root */
	__u32 btrfs_anon_dev;  /* in the btrfs_root; 0 = not known */
	__u32 switch_groups;   /* of slots, in each CPU's ring of switches; a power of two */
	__u32 fault_groups;    /* the same of faults */
	__u32 slot_cpus;       /* the CPUs below have slots */
	__u32 five_levels;     /* of page tables, not four */
	__u32 rdonly_cast;     /* the kernel has bpf_rdonly_cast (kernel_memory.bpf.h) */
	__u32 why;             /* record how sleeps begin and who ends them */
	__u32 hardirq_mask;    /* of a preemption count: hard interrupts and NMIs */
	__s64 preempt_count;   /* from a CPU's run queue to its preemption count; 0 = not known */
	__u64 stacks_ns;       /* record the stacks of sleeps of at least that; 0 = of none */
	__u64 bio_chain_end_io; /* addresses of the kernel's functions, by which a bio says whose it is: */
	__u64 iomap_end_io;     /* bio_chain_endio, iomap_dio_bio_end_io; 0 = not known */
	__u64 btrfs_end_io;     /* btrfs_simple_end_io */
	__u32 btrfs_bio;        /* struct btrfs_bio: where the bio is in it, */
	__u32 btrfs_bio_inode;  /* the pointer to the btrfs_inode, */
	__u32 btrfs_bio_offset; /* file_offset; */
	__u32 btrfs_vfs_inode;  /* and the VFS's inode in a btrfs_inode */
	__u32 rqf_flush_seq;    /* RQF_FLUSH_SEQ of request.rq_flags, include/linux/blk-mq.h */
	__u32 rqf_io_stat;      /* RQF_IO_STAT */
	__u32 disk_io_start;    /* the kernel has block_io_start (6.5 on) */
	__u32 disk_io_done;     /* and block_io_done */
	struct ht_bio_step bio_steps[HT_BIO_STEPS];
	__u64 loop_end_io;      /* lo_rw_aio_complete: ki_complete of a loop device's direct I/O; 0 = not known */
	__u32 loop_command;     /* where a kiocb is in struct loop_cmd, which follows the struct request */
	__u32 loop_file;        /* where lo_backing_file is in struct loop_device; 0 = not known */
	__u32 disk_bios;        /* bios of devices that make no requests are recorded */
	__u32 disk_layers;      /* there are devices above others: bio_steps lead up */
	__u64 fd_calls[HT_FD_CALL_WORDS]; /* one bit per system call whose first argument is a file */
	__u32 totals_set_mask;  /* totals_tasks: the sets, less one */
	__u32 totals_pairs;     /* serve: who waited behind whom is summed up */
	__u32 totals;           /* serve: the programs of other families sum up, and make no records */
	__u32 waking_groups;    /* as switch_groups, of HT_WAKING */
	char comm_glob[HT_GLOB_LEN];
};

/* target_pids: value bits */
#define HT_TARGET_PROCESS 0x01
#define HT_TARGET_THREAD 0x02

#define HT_LIFE_LOADED 0x1
#define HT_LIFE_WHO 0x2 /* uid and working directory of an exec are wanted */

/* life_bits: what is awaited of a task, four bits each, by tid */
#define HT_LIFE_BITS 4
#define HT_LIFE_FRESH 0x1   /* its first switch-in */
#define HT_LIFE_WAITING 0x2 /* its switch-in while it waits for a child */
#define HT_LIFE_REAPER 0x4  /* a process: its waits, it has a traced child */

/* named_files: sets of the files that were named last, by a hash of their keys */
#define HT_NAMED_SETS 16384
#define HT_NAMED_WAYS 4

/* touched_files: one bit per hash of a file that the target used; a power of two */
#define HT_TOUCHED_BITS (1 << 20)

#define HT_KEPT_STACKS 2048 /* kept_stacks: tasks that sleep, with their user stacks */
#define HT_DISK_REQUESTS 16384 /* disk_requests: requests under way that are recorded */
#define HT_DISK_BUCKETS 8192  /* disk_open; a power of two */
/* ht_disk.flags in disk_requests, in no record: of no file that the target dirtied, but it may be merged with one */
#define HT_REQ_UNDECIDED 0x8000
#define HT_DISK_DEVICES 256    /* disk_flushers */
#define HT_DISK_SLEEPERS 16384 /* disk_sleeps, disk_early, disk_syncs */

#define HT_FAIR_LEVELS 10    /* groups above a task, itself included, whose weights are looked at */
#define HT_FAIR_QUEUES 16384 /* fair_queues: queues of groups, one for each CPU and group */

#define HT_QUOTA_GROUPS 8192 /* quota_groups */

#define HT_FAULTED 4096 /* faulted_inodes: tasks whose fault may be reading a page */

struct ht_named_set {
	__u64 file_hash[HT_NAMED_WAYS];
};

/* Marks in place of calls of the kernel's functions; the loader puts those in. */
#define HT_CALL_PREEMPT_DISABLE 0x7fff0001
#define HT_CALL_PREEMPT_ENABLE 0x7fff0002
#define HT_CALL_RDONLY_CAST 0x7fff0003

/* The consumer is woken when this share of a ring has been written: 8 = an eighth. */
#define HT_WAKE_SHARE 8

/* What a CPU remembers of its runs (bpf/runs.bpf.h), some 200 KB; powers of two. */
#define HT_HISTORY_LEN 4096 /* runs one by one */
#define HT_BLOCK_RUNS 512   /* of a block, at most */
#define HT_BLOCKS 256
#define HT_BLOCK_SUMS 32    /* tasks that are distinguished in a block */
/* A block that lasts longer ends with the run, if it has as many runs that all blocks have the history's. */
#define HT_BLOCK_NS 4000000
#define HT_BLOCK_LEAST_RUNS (HT_HISTORY_LEN / HT_BLOCKS)
#define HT_SUM_SLOTS 256 /* of the table that sums a wait up by task; a power of two */
#define HT_SUMS 128      /* tasks that are distinguished in one wait; the rest are others */

#define HT_GROUP_LEN 8 /* records that are stored together; a power of two */

/*
 * A group ring (bpf/group_ring.bpf.h): counts of records that only grow, each written by one side.
 * Those before `stored` are in the slots, those from there to `written` in `open`.
 */
struct ht_ring_writer {
	__u64 written;
	__u64 stored; /* a multiple of HT_GROUP_LEN */
	__u64 pad[6];
};

struct ht_ring_reader { /* has a cache line of its own */
	__u64 taken; /* records before this one have been read */
	__u64 pad[7];
};

struct ht_switch_group {
	struct ht_switch records[HT_GROUP_LEN];
};

struct ht_switch_ring {
	struct ht_ring_writer writer;
	struct ht_switch_group open;
	struct ht_ring_reader reader;
};

struct ht_fault_group {
	struct ht_fault records[HT_GROUP_LEN];
};

struct ht_fault_ring {
	struct ht_ring_writer writer;
	struct ht_fault_group open;
	struct ht_ring_reader reader;
};

struct ht_waking_group {
	struct ht_waking records[HT_GROUP_LEN];
};

struct ht_waking_ring {
	struct ht_ring_writer writer;
	struct ht_waking_group open;
	struct ht_ring_reader reader;
};

/* A run that began: who, and the run-queue clock at that moment. */
struct ht_run {
	__u64 clock_ns;
	__u32 tid;
	__u32 pad;
};

/* What a task ran during one wait of somebody else's. */
struct ht_sum {
	__u64 ns;
	__u32 tid;
	__u32 wait; /* the ht_history.wait that it belongs to; another one = the slot is free */
};

/* What ran on one CPU, and the sums of the wait that ends now. */
struct ht_block_sum {
	__u64 ns; /* 0 = the slot is free */
	__u32 tid;
	__u32 pad;
};

struct ht_block {
	__u64 begin_ns;	 /* of its first run, run-queue clock */
	__u64 first_run; /* of all runs */
	__u64 number;	 /* of all blocks, from 1 on; another one = it was overwritten */
	__u64 others_ns;
	struct ht_block_sum sums[HT_BLOCK_SUMS];
};

struct ht_history {
	struct ht_run runs[HT_HISTORY_LEN];
	struct ht_block blocks[HT_BLOCKS];
	struct ht_sum sums[HT_SUM_SLOTS];
	__u16 used[HT_SUMS]; /* the slots of `sums` that this wait has taken, in this order */
	__u64 begun;	     /* runs; the newest is at (begun - 1) % HT_HISTORY_LEN */
	__u64 block;	     /* blocks; the newest, which goes on, is at block % HT_BLOCKS */
	__u64 others_ns;     /* of those that found no slot */
	__u64 left_ns;	     /* of the wait, older than the runs */
	__u32 wait;	     /* waits so far */
	__u32 tasks;	     /* slots in use */
};

#define HT_NO_SLOT 0xffffffff
#define HT_SLOT_ENTRIES 64 /* a power of two */
#define HT_TOTALS_WAYS 4
#define HT_PAIRS_OF_CPU 4096 /* who waited behind whom; a power of two */
#define HT_TOTALS_SLOTS 16384  /* at most: cgroups that have a slot, by CPU */
#define HT_TOTALS_TASKS 131072 /* at most: tasks that are remembered without displacing another one */

struct ht_totals_slot {
	__u64 cgroup_id; /* 0 = free */
	struct ht_sums sums;
};

/*
 * How long the cgroup of one slot waited for what ran, which is a slot of the same CPU or one of
 * HT_BEHIND_*. Only programs on that CPU write it.
 */
struct ht_totals_pair_sum {
	__u64 ns; /* 0 = free */
	__u32 slot;
	__u32 behind;
};

struct ht_totals_key {
	__u64 cgroup_id;
	__u32 cpu;
	__u32 pad;
};

struct ht_slot_entry {
	__u64 cgroup_id;
	__u32 slot;
	__u32 pad;
};

/* The state of one CPU in `serve`. */
struct ht_totals_cpu {
	struct ht_slot_entry slots[HT_SLOT_ENTRIES];
	__u64 lag_window;  /* run-queue clock at its begin */
	__u64 lag_sampled; /* run-queue clock */
	__u64 lag_min;     /* the smallest of this window; all bits = none yet */
	__u64 lag_min_clock;
	__u64 lag_base;    /* of the window before */
	__u64 lag_base_clock;
	__u64 lag_ref;     /* what the drift is measured from */
	__u64 lag_ref_clock;
	__s64 drift;
	__u64 forgotten;
	__u64 slots_full;
	__u64 begin_ns; /* boot time; tasks that are younger began with counters of 0 */
	/* Of the task that runs, for when it leaves: */
	__u64 in_clock_ns;
	__u64 tail_ns; /* of its wait, the part on this CPU; 0 without the pairs */
	__u64 dispatch_ns;
	__u16 is_new; /* it has never run before */
	__u16 slept;  /* what the kernel counts as its wait here was sleep too */
	__u32 slot;   /* of the task that runs, which is: */
	__u32 tid;
};

/* ht_totals_task.left: how it left its CPU */
#define HT_LEFT_WOKEN 0 /* new */
#define HT_LEFT_PREEMPTED 1
#define HT_LEFT_THROTTLED 2
#define HT_LEFT_ASLEEP 3 /* and more: HT_SLEEP_* above it */
#define HT_LEFT_MOVED 0x80 /* with it: moved in its sleep, which the kernel counts as a wait */

struct ht_totals_task {
	__u64 out_clock_ns;
	__u64 run_delay_ns;
	__u64 exec_ns;
	__u64 who; /* its task_struct: an exec by a thread gives it another task's tid */
	__u64 reclaim_ns; /* when its reclaim began; 0 = it reclaims nothing */
	__u32 tid; /* 0 = free */
	__u32 pcount;
	__u32 nvcsw;
	__u32 nivcsw;
	__u32 min_flt;
	__u32 maj_flt;
	__u16 cpu;
	__u8 left;
	__u8 seen; /* the counters are of an earlier time */
	__u32 displaced; /* in the last way: another task's state was overwritten here once */
};

struct ht_totals_set {
	struct ht_totals_task ways[HT_TOTALS_WAYS];
};

/* The state of one CPU; userspace reads it through the map. */
struct ht_cpu_state {
	__u64 lost_first_ns; /* 0 = nothing lost since the last ht_lost */
	__u64 lost_last_ns;
	__u64 ring_bytes;    /* written since the consumer was last woken */
	__u64 no_ring;
	__u64 map_full;
	__u64 second_chances; /* programs that were skipped and whose second one did the work */
	__u64 firsts_at_work; /* enum first_at_work, unpreempted.bpf.h */
	__u32 lost[HT_KIND_LIMIT];
};

#endif
