/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a sleep begins: the system call with its arguments, the file, the futex, the lock, the place. */
#ifndef HT_WHY_SLEEP_BPF_H
#define HT_WHY_SLEEP_BPF_H

#include "pid_numbers.bpf.h"
#include "syscall.bpf.h"
#include "task.bpf.h"
#include "why/faulted.bpf.h"
#include "why/lock.bpf.h"
#include "why/object.bpf.h"
#include "why/splice.bpf.h"
#include "why/stack.bpf.h"

#define JOBCTL_TRAP_FREEZE_BIT 23 /* include/linux/sched/jobctl.h */

/*
 * A futex word; glibc's normal mutex has its owner's tid 8 bytes behind it. Its read-write lock has the
 * writer's tid 12 bytes behind the one word that is waited for (__writers_futex), 16 behind the other
 * (__wrphase_futex), where nothing is at 12 (struct __pthread_rwlock_arch_t).
 */
struct futex_words {
	__u32 word;
	__u32 count;
	__u32 owner;
	__u32 at_12;
	__u32 at_16;
};

#define RWLOCK_WAITED_FOR 3 /* 1 | PTHREAD_RWLOCK_FUTEX_USED, nptl/pthread_rwlock_common.c */

/* include/uapi/asm-generic/poll.h */
struct pollfd {
	__s32 fd;
	__s16 events;
	__s16 revents;
};

static __always_inline bool is_fd_call(__u32 call)
{
	__u32 word = call / 64;

	/* The verifier does not follow the limit of `call` through the division. */
	asm volatile("" : "+r"(word));
	return word < HT_FD_CALL_WORDS && settings.fd_calls[word] >> (call % 64) & 1;
}

#define FUTEX_PRIVATE_FLAG 128 /* include/uapi/linux/futex.h */
#define FUTEX_WAITERS 0x80000000U
#define FUTEX_TID_MASK 0x3fffffffU

/*
 * The word has a tid: of the owner of a robust mutex, or, where a thread is joined, of that thread
 * (CLONE_CHILD_CLEARTID; the word is then not private). 1 to 3 are the states of other locks.
 */
static __always_inline bool word_has_tid(const struct ht_sleep *sleep)
{
	if (sleep->value & FUTEX_WAITERS)
		return true;
	return !(sleep->args[1] & FUTEX_PRIVATE_FLAG) && sleep->value > 3;
}

/* In a pid namespace, what user memory has are its numbers. */
static __always_inline void leave_namespace(struct ht_sleep *sleep, struct task_struct *task)
{
	__u32 level = pid_level(task), tid;
	struct upid own;

	if (!level)
		return;
	read_upid(task, level, &own);
	if (sleep->owner_tid)
		sleep->owner_tid = tid_of_number((__u64)own.ns, sleep->owner_tid);
	if (!word_has_tid(sleep))
		return;
	tid = tid_of_number((__u64)own.ns, sleep->value & FUTEX_TID_MASK);
	if (tid)
		sleep->value = (sleep->value & ~FUTEX_TID_MASK) | tid;
}

/* The owner of a futex with priority inheritance, which the kernel knows. */
static __always_inline void fill_pi_owner(struct ht_sleep *sleep, struct task_struct *task)
{
	struct rt_mutex_waiter *waiter = load_field(task, pi_blocked_on);
	__u64 lock, owner;

	if (!waiter)
		return;
	/* Numbers, not pointers: the owner's lowest bit says that there are waiters. */
	lock = read_word((__u64)waiter + bpf_core_field_offset(struct rt_mutex_waiter, lock));
	owner = read_word(lock + bpf_core_field_offset(struct rt_mutex_base, owner));
	sleep->lock = HT_LOCK_RT_MUTEX;
	sleep->owner_tid = tid_at(owner & ~1UL);
}

/*
 * What the call is about. User memory can be read only of the running task (`here`). Returns the
 * file, or 0.
 */
static __always_inline struct file *fill_call(struct ht_why_scratch *scratch,
					      struct task_struct *task, bool here, __u64 now)
{
	struct ht_sleep *sleep = &scratch->sleep;
	struct file *file = 0;
	long call = sleep->call;

	if (is_fd_call(call)) {
		__u32 fd = sleep->args[0];

		if (call == NR_SPLICE || call == NR_TEE)
			fd = sleep->value = fd_of_splice(task, sleep);
		file = file_of_fd(task, fd);
	} else if (call == NR_FUTEX) {
		struct futex_words *words = (void *)scratch->words;

		if (here && !bpf_probe_read_user(words, sizeof(*words), (void *)sleep->args[0])) {
			sleep->value = words->word;
			sleep->owner_tid = words->owner;
			if (words->word == RWLOCK_WAITED_FOR)
				sleep->owner_tid = words->at_12 ? words->at_12 : words->at_16;
			leave_namespace(sleep, task);
		}
		fill_pi_owner(sleep, task);
	} else if ((call == NR_POLL || call == NR_PPOLL) && sleep->args[1] == 1) {
		struct pollfd *poll = (void *)scratch->words;

		if (here && !bpf_probe_read_user(poll, sizeof(*poll), (void *)sleep->args[0])) {
			sleep->value = poll->fd;
			file = file_of_fd(task, poll->fd);
		}
	}
	if (file)
		sleep->object = object_of(load_field(file, f_inode), file, scratch, now);
	return file;
}

/*
 * The task goes to sleep in `state` (`here`: it is the running one, and `context` is the program's),
 * or sleeps already. The emitter's cpu is set.
 */
static __always_inline void record_sleep(struct emitter *e, void *context,
					 struct task_struct *task, __u32 state, bool here,
					 __u64 now)
{
	__u32 tid = task->pid, task_flags = task->flags, which = here ? 0 : 1;
	struct ht_why_scratch *scratch;
	struct ht_sleep *sleep, *record;
	struct file *file = 0;

	scratch = bpf_map_lookup_elem(&why_scratch, &which);
	if (!scratch)
		return;
	sleep = &scratch->sleep;
	__builtin_memset(sleep, 0, sizeof(*sleep));
	sleep->call = HT_NO_CALL;
	sleep->state = state;
	if (task_flags & PF_KTHREAD) {
		sleep->flags = HT_SLEEP_KTHREAD;
	} else if (task_flags & PF_IO_WORKER) {
		/* Its registers are those that its parent entered the kernel with. */
		sleep->flags = HT_SLEEP_IO_WORKER;
	} else {
		struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);

		sleep->call = CALL_IN(regs);
		sleep->args[0] = FIRST_ARGUMENT_IN(regs);
		sleep->args[1] = SECOND_ARGUMENT_IN(regs);
		sleep->args[2] = THIRD_ARGUMENT_IN(regs);
		if (is_in_compat_call(task))
			sleep->flags = HT_SLEEP_COMPAT;
		else if (sleep->call >= 0)
			file = fill_call(scratch, task, here, now);
	}
	/* JOBCTL_TRAP_FREEZE: it waits in do_freezer_trap(), kernel/signal.c */
	sleep->frozen = load_field(task, jobctl) >> JOBCTL_TRAP_FREEZE_BIT & 1;
	if (state & TASK_TRACED)
		sleep->owner_tid = BPF_CORE_READ(task, parent, tgid);
	if (task_flags & PF_EXITING)
		sleep->flags |= HT_SLEEP_EXITING;
	if (!here)
		sleep->flags |= HT_SLEEP_SCANNED;
	if (state & TASK_UNINTERRUPTIBLE) {
		if (sleeps_for_io(task, state)) {
			sleep->flags |= HT_SLEEP_IOWAIT;
			sleep->faulted = object_of(faulted_inode(tid), 0, scratch, now);
		} else {
			fill_lock(sleep, task, file, state);
		}
		if (BPF_CORE_READ_BITFIELD_PROBED(task, in_memstall))
			sleep->flags |= HT_SLEEP_MEMSTALL;
	}
	if ((state & TASK_UNINTERRUPTIBLE && sleep->lock == HT_LOCK_NONE) ||
	    (sleep->call == HT_NO_CALL && !(state & TASK_STOPPED_OR_TRACED)))
		sleep->stack = here ? stack_here(context, tid, now) : stack_of(task, 1, now);
	record = EMIT_BEGIN_HERE(e, SLEEP, tid, now);
	if (!record)
		return;
	sleep->head = record->head;
	*record = *sleep;
	EMIT_END(e, record);
}

#endif
