/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which kernel lock a task sleeps for, and who holds it. The kernel stores the lock in the task for
 * its report of hung tasks (CONFIG_DETECT_HUNG_TASK_BLOCKER, 6.16 on, include/linux/hung_task.h), but
 * not where the sleep can be killed: mmap_lock's owner is read for those as well.
 */
#ifndef HT_WHY_LOCK_BPF_H
#define HT_WHY_LOCK_BPF_H

#include "kernel_memory.bpf.h"

#define TASK_WAKEKILL 0x0100 /* include/linux/sched.h */

/* The type of task_struct.blocker, in its two lowest bits: include/linux/hung_task.h */
#define BLOCKER_TYPE_MASK 3UL
#define BLOCKER_MUTEX 0
#define BLOCKER_SEMAPHORE 1
#define BLOCKER_RWSEM_READER 2

/* Flags in the lowest bits of a lock's owner word. */
#define MUTEX_FLAGS 7UL	       /* kernel/locking/mutex.h */
#define RWSEM_READER_OWNED 1UL /* kernel/locking/rwsem.c */
#define RWSEM_FLAGS 3UL

static __always_inline bool has_blocker(void)
{
	struct task_struct *task = 0;

	return bpf_core_field_exists(task->blocker);
}

static __always_inline __u32 tid_at(__u64 task)
{
	return task ? load_field((struct task_struct *)task, pid) : 0;
}

static __always_inline void fill_rwsem_owner(struct ht_sleep *sleep, __u64 lock)
{
	__u64 owner = read_word(lock + bpf_core_field_offset(struct rw_semaphore, owner));

	if (owner & RWSEM_READER_OWNED)
		sleep->flags |= HT_SLEEP_READER;
	sleep->owner_tid = tid_at(owner & ~RWSEM_FLAGS);
}

/* Of what it is the lock: the address is that of a member of something that the task uses. */
static __always_inline __u8 lock_of(struct task_struct *task, struct file *file, __u64 lock)
{
	struct mm_struct *mm = load_field(task, mm);
	struct pipe_inode_info *pipe;
	struct inode *inode;

	if (mm && lock == (__u64)mm + bpf_core_field_offset(struct mm_struct, mmap_lock))
		return HT_LOCK_OF_MM;
	if (!file)
		return HT_LOCK_OF_UNKNOWN;
	if (lock == (__u64)file + bpf_core_field_offset(struct file, f_pos_lock))
		return HT_LOCK_OF_POSITION;
	inode = load_field(file, f_inode);
	if (!inode)
		return HT_LOCK_OF_UNKNOWN;
	if (lock == (__u64)inode + bpf_core_field_offset(struct inode, i_rwsem))
		return HT_LOCK_OF_INODE;
	pipe = load_field(inode, i_pipe);
	if (pipe && lock == (__u64)pipe + bpf_core_field_offset(struct pipe_inode_info, mutex))
		return HT_LOCK_OF_PIPE;
	return HT_LOCK_OF_UNKNOWN;
}

/* `file` is that of the system call, or 0. */
static __always_inline void fill_lock(struct ht_sleep *sleep, struct task_struct *task,
				      struct file *file, __u32 state)
{
	__u64 blocker = 0, lock;
	struct mm_struct *mm;

	if (has_blocker())
		blocker = load_field(task, blocker);
	lock = blocker & ~BLOCKER_TYPE_MASK;
	if (lock) {
		__u32 type = blocker & BLOCKER_TYPE_MASK;

		sleep->which = lock_of(task, file, lock);
		sleep->lock = HT_LOCK_MUTEX + type;
		if (type == BLOCKER_MUTEX) {
			__u64 owner = read_word(lock + bpf_core_field_offset(struct mutex, owner));

			sleep->owner_tid = tid_at(owner & ~MUTEX_FLAGS);
		} else if (type >= BLOCKER_RWSEM_READER) {
			fill_rwsem_owner(sleep, lock);
		}
		return;
	}
	mm = load_field(task, mm);
	if (!(state & TASK_WAKEKILL) || !mm)
		return;
	/* Whether it is mmap_lock, the stack says. */
	sleep->which = HT_LOCK_OF_MM;
	fill_rwsem_owner(sleep, (__u64)mm + bpf_core_field_offset(struct mm_struct, mmap_lock));
}

#endif
