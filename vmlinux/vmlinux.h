/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel types that hoodtrace reads, by hand, and of each only the fields that it reads. CO-RE
 * finds the real offsets at load time, so order and completeness do not matter here; names and
 * kinds do. Each type names its kernel header. See README.md for how a field is added.
 */
#ifndef HT_VMLINUX_H
#define HT_VMLINUX_H

typedef signed char __s8;
typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef __s8 s8;
typedef __u8 u8;
typedef __u16 u16;
typedef __s32 s32;
typedef __u32 u32;
typedef __s64 s64;
typedef __u64 u64;
typedef int pid_t;
typedef _Bool bool;

enum { false = 0, true = 1 };

/* include/uapi/linux/bpf.h */
enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERF_EVENT_ARRAY = 4,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_ARRAY_OF_MAPS = 12,
	BPF_MAP_TYPE_QUEUE = 22,
	BPF_MAP_TYPE_STACK = 23,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
};

enum {
	BPF_ANY = 0,
	BPF_NOEXIST = 1,
	BPF_F_NO_PREALLOC = 1,
	BPF_F_MMAPABLE = 1024,
	BPF_RB_AVAIL_DATA = 0,
	BPF_RB_NO_WAKEUP = 1,
	BPF_RB_FORCE_WAKEUP = 2,
	BPF_LOCAL_STORAGE_GET_F_CREATE = 1,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* include/linux/sched.h; CONFIG_SCHED_INFO */
struct sched_info {
	unsigned long pcount;
	unsigned long long run_delay;
	unsigned long long last_queued;
};

/* kernel/sched/sched.h */
/* include/linux/sched.h */
struct load_weight {
	unsigned long weight;
};


/* kernel/sched/sched.h; rq and tg with CONFIG_FAIR_GROUP_SCHED */
struct rq;
struct task_group;
struct sched_entity;
struct cfs_rq {
	struct load_weight load;
	struct sched_entity *curr;
	struct rq *rq;
	struct task_group *tg;
};

/* kernel/sched/sched.h */
struct rt_rq {
	unsigned int rt_nr_running;
};

/* kernel/sched/sched.h */
struct dl_rq {
	unsigned int dl_nr_running;
};

/* kernel/sched/sched.h */
struct rq {
	unsigned int nr_running;
	struct cfs_rq cfs;
	struct rt_rq rt;
	struct dl_rq dl;
	u64 clock;
	u64 clock_task;
	u64 prev_irq_time;	/* CONFIG_IRQ_TIME_ACCOUNTING */
	u64 prev_steal_time_rq; /* CONFIG_PARAVIRT_TIME_ACCOUNTING */
};

/* include/linux/sched.h; cfs_rq and parent with CONFIG_FAIR_GROUP_SCHED */
struct sched_entity {
	struct load_weight load;
	u64 exec_start;
	u64 sum_exec_runtime;
	u64 prev_sum_exec_runtime;
	u64 vruntime;
	struct sched_entity *parent;
	struct cfs_rq *cfs_rq;
};

/* include/linux/sched.h */
struct sched_dl_entity {
	u64 dl_runtime;
	u64 dl_deadline;
	u64 dl_period;
	s64 runtime;
	u64 deadline;
	unsigned int dl_throttled : 1;
};

/* include/linux/kernfs.h */
struct kernfs_node {
	u64 id;
};

/* include/linux/cgroup-defs.h */
struct cgroup;
struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

/* kernel/sched/sched.h; CONFIG_CFS_BANDWIDTH */
struct cfs_bandwidth {
	u64 period; /* ktime_t */
	u64 quota;
	int nr_periods;
	int nr_throttled;
	u64 throttled_time;
};

/* kernel/sched/sched.h; shares with CONFIG_FAIR_GROUP_SCHED */
struct task_group {
	struct cgroup_subsys_state css;
	unsigned long shares;
	struct task_group *parent;
	struct cfs_bandwidth cfs_bandwidth;
};

/* include/linux/interrupt.h */
struct irqaction {
	struct irqaction *next;
	const char *name;
};

/* include/linux/cgroup-defs.h */
struct cgroup_root {
	int hierarchy_id;
};

/* include/linux/cgroup-defs.h */
struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
	struct cgroup_root *root;
};

/* include/linux/cgroup-defs.h */
struct css_set {
	struct cgroup *dfl_cgrp;
};

/* arch/x86/include/asm/thread_info.h, arch/arm64/include/asm/thread_info.h */
struct thread_info {
	unsigned long flags;
	u32 status; /* x86 */
	u32 cpu;
};

/* include/linux/types.h */
struct list_head {
	struct list_head *next;
};

/* include/linux/types.h */
typedef struct {
	int counter;
} atomic_t;

/* include/linux/types.h; atomic_long_t is one */
typedef struct {
	s64 counter;
} atomic64_t;

/* include/linux/ns_common.h */
struct ns_common {
	unsigned int inum;
};

/* include/linux/xarray.h */
struct xarray {
	void *xa_head;
};

/* include/linux/idr.h; a radix_tree_root is an xarray (include/linux/radix-tree.h) */
struct idr {
	struct xarray idr_rt;
};

/* include/linux/pid_namespace.h */
struct pid_namespace {
	struct idr idr; /* nr -> struct pid */
	struct task_struct *child_reaper;
	struct ns_common ns;
};

/* include/linux/pid.h */
struct upid {
	int nr;
	struct pid_namespace *ns;
};

/* include/linux/pid.h */
struct pid {
	unsigned int level;
	struct upid numbers[0];
};

/* include/linux/signal_types.h, arch/.../include/uapi/asm/signal.h */
struct sigaction {
	void *sa_handler;
	unsigned long sa_flags;
};

/* include/linux/signal_types.h */
struct k_sigaction {
	struct sigaction sa;
};

/* include/linux/sched/signal.h */
struct sighand_struct {
	struct k_sigaction action[64];
};

/* include/linux/sched/signal.h */
struct signal_struct {
	struct list_head thread_head;
	atomic_t live;
	int group_exit_code;
	unsigned int flags;
	unsigned int is_child_subreaper : 1;
};

/* include/linux/mutex_types.h */
struct mutex {
	atomic64_t owner; /* atomic_long_t */
};

/* include/linux/rwsem.h */
struct rw_semaphore {
	atomic64_t count; /* atomic_long_t; not with PREEMPT_RT */
	atomic64_t owner; /* atomic_long_t */
};

/* include/linux/rtmutex.h */
struct rt_mutex_base {
	struct task_struct *owner;
};

/* kernel/locking/rtmutex_common.h */
struct rt_mutex_waiter {
	struct rt_mutex_base *lock;
};

/* include/linux/types.h */
struct hlist_node {
	struct hlist_node *next;
};

/* include/linux/types.h */
struct hlist_head {
	struct hlist_node *first;
};

/* include/linux/dcache.h */
struct qstr {
	u32 hash;
	const unsigned char *name;
};

/* include/linux/list_bl.h */
struct hlist_bl_node {
	struct hlist_bl_node **pprev;
};

/* include/linux/dcache.h */
struct dentry {
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	union {
		struct hlist_node d_alias;
	} d_u;
	struct super_block *d_sb;
};

/* include/linux/fs.h */
struct file_system_type {
	const char *name;
};

/* include/linux/fs.h */
struct super_block {
	u32 s_dev;
	unsigned long s_magic;
	struct file_system_type *s_type;
	char s_id[32];
};

/* include/linux/xarray.h */
struct xa_node {
	unsigned char shift;
	void *slots[64];
};

/* include/linux/fs.h */
struct address_space {
	struct inode *host;
	struct xarray i_pages;
	struct rw_semaphore invalidate_lock; /* 5.15 on */
	unsigned long nrpages;
	unsigned long flags;
};

/* include/linux/pagemap.h */
enum mapping_flags {
	AS_EXITING = 4,
};

/* include/linux/pipe_fs_i.h */
struct pipe_inode_info {
	struct mutex mutex;
	unsigned int head;
	unsigned int tail;
	unsigned int max_usage;
};

/* include/linux/fs.h */
struct inode {
	unsigned short i_mode;
	struct super_block *i_sb;
	struct address_space *i_mapping;
	unsigned long i_ino;
	unsigned int i_nlink;
	atomic_t i_count;
	u32 i_rdev;
	long long i_size;
	u32 i_generation;
	struct rw_semaphore i_rwsem;
	struct hlist_head i_dentry;
	struct pipe_inode_info *i_pipe;
};

/* include/linux/mm_types.h */
struct page {
	unsigned long compound_head;
};

/* include/linux/mm_types.h */
struct folio {
	struct address_space *mapping;
	unsigned long index;
	unsigned long _flags_1;
};

/* include/linux/pagemap.h */
struct file_ra_state {
	unsigned long start;
	unsigned int size;
};

/* include/linux/page-flags.h */
enum pageflags {
	PG_locked,
	PG_uptodate,
	PG_head,
	PG_readahead,
};

/* include/linux/swap.h */
struct reclaim_state;

/* include/linux/percpu_counter.h */
struct percpu_counter {
	s64 count;
};

/* include/linux/time64.h */
struct timespec64 {
	s64 tv_sec;
};

/* include/linux/maple_tree.h */
struct maple_tree {
	void *ma_root;
};

struct maple_range_64 {
	unsigned long pivot[15];
	void *slot[16];
};

struct maple_arange_64 {
	unsigned long pivot[9];
	void *slot[10];
};

/* arch/x86/include/asm/mmu.h */
typedef struct {
	u64 ctx_id;
} mm_context_t;

/* include/linux/mm_types.h */
struct mm_struct {
	struct maple_tree mm_mt; /* 6.1 on */
	void *pgd; /* pgd_t */
	struct rw_semaphore mmap_lock;
	unsigned long arg_start;
	unsigned long arg_end;
	unsigned long start_brk;
	unsigned long brk;
	unsigned long start_stack;
	struct file *exe_file;
	mm_context_t context;
	struct percpu_counter rss_stat[4]; /* 6.2 on */
	atomic64_t hugetlb_usage; /* CONFIG_HUGETLB_PAGE */
};

/* include/linux/mount.h */
struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
};

/* fs/mount.h */
struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

/* include/linux/path.h */
struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

/* include/linux/fs_struct.h */
struct fs_struct {
	struct path root;
	struct path pwd;
};

/* include/linux/uidgid.h */
typedef struct {
	unsigned int val;
} kuid_t;

/* include/linux/cred.h */
struct cred {
	kuid_t uid;
};

/* include/linux/fs.h */
struct file {
	unsigned int f_mode;
	struct path f_path;
	struct inode *f_inode;
	void *private_data;
	struct mutex f_pos_lock;
};

/* include/linux/fdtable.h */
struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

/* include/linux/fdtable.h */
struct files_struct {
	struct fdtable *fdt;
};

/* fs/eventpoll.c */
struct epoll_filefd {
	struct file *file;
	int fd;
} __attribute__((packed));

/* fs/eventpoll.c */
struct epitem {
	struct list_head rdllink;
	struct epoll_filefd ffd;
};

/* fs/eventpoll.c */
struct eventpoll {
	struct list_head rdllist;
};

/* include/uapi/linux/in6.h */
struct in6_addr {
	union {
		u8 u6_addr8[16];
	} in6_u;
};

/* include/net/sock.h; of the union fields those that are read */
struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	struct in6_addr skc_v6_daddr;     /* CONFIG_IPV6 */
	struct in6_addr skc_v6_rcv_saddr; /* the same */
};

/* include/net/sock.h */
struct sock {
	struct sock_common __sk_common;
	u16 sk_type;
	u16 sk_protocol;
	struct pid *sk_peer_pid;
};

/* include/linux/net.h */
struct socket {
	struct sock *sk;
};

/* fs/file_table.c; 6.5 on */
struct backing_file {
	struct file file;
	struct path user_path; /* 6.8 on; real_path before */
};

/* include/linux/userfaultfd_k.h; fs/userfaultfd.c before 6.7. CONFIG_USERFAULTFD */
struct userfaultfd_ctx {
	unsigned int features;
};

/* include/linux/mm_types.h */
struct vm_userfaultfd_ctx {
	struct userfaultfd_ctx *ctx; /* CONFIG_USERFAULTFD */
};

/* include/linux/mm_types.h */
struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_end;
	struct mm_struct *vm_mm;
	unsigned long vm_flags;
	const void *vm_ops;
	struct file *vm_file;
	struct vm_userfaultfd_ctx vm_userfaultfd_ctx;
};

/* include/uapi/asm-generic/siginfo.h */
union __sifields {
	struct {
		void *_addr;
	} _sigfault;
};

/* include/linux/signal_types.h */
struct kernel_siginfo {
	int si_code;
	union __sifields _sifields;
};

/* include/linux/delayacct.h; CONFIG_TASK_DELAY_ACCT */
struct task_delay_info {
	u32 wpcopy_count; /* 5.19 on */
};

/* include/linux/binfmts.h */
struct linux_binprm {
	struct file *file;
	const char *filename;
	const char *interp;
};

#if defined(__TARGET_ARCH_x86)
/* arch/x86/include/asm/ptrace.h */
struct pt_regs {
	unsigned long r15;
	unsigned long r14;
	unsigned long r13;
	unsigned long r12;
	unsigned long bp;
	unsigned long bx;
	unsigned long r11;
	unsigned long r10;
	unsigned long r9;
	unsigned long r8;
	unsigned long ax;
	unsigned long cx;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long orig_ax;
	unsigned long ip;
	unsigned long sp;
};
#else
/* arch/arm64/include/asm/ptrace.h */
struct pt_regs {
	u64 regs[31];
	u64 sp;
	u64 pc;
	u64 orig_x0;
	s32 syscallno;
};
#endif

/* include/linux/bvec.h */
struct bio_vec {
	struct page *bv_page;
	unsigned int bv_len;
	unsigned int bv_offset;
};

/* include/linux/bvec.h */
struct bvec_iter {
	u64 bi_sector;
	unsigned int bi_size;
	unsigned int bi_idx;
	unsigned int bi_bvec_done;
	unsigned int bi_offset; /* bi_bvec_done until 7.2 or so */
};

/* include/linux/blkdev.h */
struct block_device_operations {
	void *submit_bio;
};

/* include/linux/blkdev.h */
struct gendisk {
	int major;
	int first_minor;
	const struct block_device_operations *fops;
	void *private_data;
};

/* include/linux/blk_types.h */
struct block_device {
	struct gendisk *bd_disk;
	u32 bd_dev;
};

/* block/blk-cgroup.h */
struct blkcg {
	struct cgroup_subsys_state css;
};

/* block/blk-cgroup.h */
struct blkcg_gq {
	struct blkcg *blkcg;
};

/* include/linux/blk_types.h */
struct bio {
	struct bio *bi_next;
	struct block_device *bi_bdev;
	unsigned int bi_opf;
	unsigned short bi_flags;
	u8 bi_status;
	struct bvec_iter bi_iter;
	void *bi_end_io;
	void *bi_private;
	struct blkcg_gq *bi_blkg; /* CONFIG_BLK_CGROUP */
	unsigned short bi_vcnt;
	struct bio_vec *bi_io_vec;
};

/* include/linux/blkdev.h */
struct request_queue {
	struct gendisk *disk;
};

/* include/linux/blk-mq.h */
struct request {
	struct request_queue *q;
	unsigned int cmd_flags;
	unsigned int rq_flags;
	unsigned int __data_len;
	u64 __sector;
	struct bio *bio;
};

/* include/linux/blk_types.h */
enum req_flag_bits {
	__REQ_SYNC = 11,
	__REQ_META,
	__REQ_FUA,
	__REQ_PREFLUSH,
	__REQ_RAHEAD,
	__REQ_SWAP,
};

/* include/linux/fs.h */
struct kiocb {
	struct file *ki_filp;
	void *ki_complete;
};

/* fs/iomap/direct-io.c */
struct iomap_dio {
	struct kiocb *iocb;
};

/* include/linux/task_io_accounting.h; CONFIG_TASK_IO_ACCOUNTING */
struct task_io_accounting {
	u64 read_bytes;
	u64 write_bytes;
	u64 cancelled_write_bytes;
};

/* include/linux/spinlock_types_raw.h: raw_spinlock_t */
typedef struct raw_spinlock {
} raw_spinlock_t;

/* include/linux/sched.h */
struct task_struct {
	struct list_head thread_node;
	struct thread_info thread_info;
	unsigned int __state;
	unsigned int flags;
	unsigned int on_cpu; /* int, and u8 from 7.2 on: libbpf adapts a load to the size only */
	unsigned int on_rq;  /* where our field is unsigned */
	int prio;
	int static_prio;
	unsigned int policy;
	int nr_cpus_allowed;
	const void *cpus_ptr; /* a cpumask_t */
	pid_t pid;
	pid_t tgid;
	struct task_struct *real_parent;
	struct task_struct *parent; /* its tracer, when it has one */
	u64 start_boottime;
	unsigned long nvcsw;
	unsigned long nivcsw;
	raw_spinlock_t pi_lock;
	unsigned long min_flt;
	unsigned long maj_flt;
	char comm[16];
	struct sched_info sched_info;
	struct sched_entity se;
	struct sched_dl_entity dl;
	struct task_group *sched_task_group; /* CONFIG_CGROUP_SCHED */
	struct css_set *cgroups;
	unsigned int ptrace;
	unsigned long jobctl;
	int exit_code;
	int exit_state;
	int exit_signal;
	unsigned int in_execve : 1;
	unsigned int in_iowait : 1;
	unsigned int in_memstall : 1; /* CONFIG_PSI */
	struct task_struct *group_leader;
	struct list_head children;
	struct pid *thread_pid;
	const struct cred *cred;
	struct fs_struct *fs;
	struct signal_struct *signal;
	struct sighand_struct *sighand;
	struct mm_struct *mm;
	struct files_struct *files;
	struct rt_mutex_waiter *pi_blocked_on; /* CONFIG_RT_MUTEXES */
	struct mutex *blocked_on; /* before 6.17 only with CONFIG_DEBUG_MUTEXES */
	unsigned long blocker;    /* 6.16 on, CONFIG_DETECT_HUNG_TASK_BLOCKER */
	struct reclaim_state *reclaim_state;
	int pagefault_disabled;
	struct task_delay_info *delays;
	struct task_io_accounting ioac;
};

/* kernel/bpf/bpf_iter.c */
struct seq_file;
struct bpf_iter_meta {
	struct seq_file *seq;
	u64 seq_num;
};

/* kernel/bpf/task_iter.c */
struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

#endif
