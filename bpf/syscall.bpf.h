/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system call that a task is in, from the registers that it entered the kernel with. Native
 * calls only: a 32-bit process on a 64-bit kernel counts as in none.
 */
#ifndef HT_SYSCALL_BPF_H
#define HT_SYSCALL_BPF_H

#include "compat.bpf.h"

#define NO_SYSCALL (-1)

#if defined(__TARGET_ARCH_x86)

/* arch/x86/entry/syscalls/syscall_64.tbl */
#define NR_EXECVE 59
#define NR_WAIT4 61
#define NR_WAITID 247
#define NR_EXECVEAT 322
#define NR_POLL 7
#define NR_FUTEX 202
#define NR_SCHED_SETAFFINITY 203
#define NR_EPOLL_WAIT 232
#define NR_PPOLL 271
#define NR_SPLICE 275
#define NR_TEE 276
#define NR_EPOLL_PWAIT 281
#define NR_EPOLL_PWAIT2 441

#define TS_COMPAT 0x2 /* arch/x86/include/asm/thread_info.h */

/* The call and its arguments by plain loads, of registers that bpf_task_pt_regs() has returned. */
#define CALL_IN(regs) ((long)(regs)->orig_ax)
#define FIRST_ARGUMENT_IN(regs) ((regs)->di)
#define SECOND_ARGUMENT_IN(regs) ((regs)->si)
#define THIRD_ARGUMENT_IN(regs) ((regs)->dx)

/* Is the task in a 32-bit system call? */
static __always_inline bool is_in_compat_call(struct task_struct *task)
{
	return task->thread_info.status & TS_COMPAT;
}

static __always_inline long syscall_of(struct task_struct *task, struct pt_regs *regs)
{
	if (BPF_CORE_READ(task, thread_info.status) & TS_COMPAT)
		return NO_SYSCALL;
	return (long)BPF_CORE_READ(regs, orig_ax);
}

static __always_inline __u64 syscall_argument(struct pt_regs *regs, int index)
{
	switch (index) {
	case 0:
		return BPF_CORE_READ(regs, di);
	case 1:
		return BPF_CORE_READ(regs, si);
	case 2:
		return BPF_CORE_READ(regs, dx);
	case 3:
		return BPF_CORE_READ(regs, r10);
	default:
		return BPF_CORE_READ(regs, r8);
	}
}

#else

/* arch/arm64/include/asm/thread_info.h: TIF_32BIT marks the whole task */
#define TIF_32BIT 22

#define CALL_IN(regs) ((long)(regs)->syscallno)
#define FIRST_ARGUMENT_IN(regs) ((regs)->orig_x0)
#define SECOND_ARGUMENT_IN(regs) ((regs)->regs[1])
#define THIRD_ARGUMENT_IN(regs) ((regs)->regs[2])

static __always_inline bool is_in_compat_call(struct task_struct *task)
{
	return task->thread_info.flags >> TIF_32BIT & 1;
}

/* include/uapi/asm-generic/unistd.h */
#define NR_WAITID 95
#define NR_EXECVE 221
#define NR_WAIT4 260
#define NR_EXECVEAT 281
#define NR_POLL NO_SYSCALL /* not on this architecture */
#define NR_FUTEX 98
#define NR_SCHED_SETAFFINITY 122
#define NR_EPOLL_WAIT NO_SYSCALL
#define NR_PPOLL 73
#define NR_SPLICE 76
#define NR_TEE 77
#define NR_EPOLL_PWAIT 22
#define NR_EPOLL_PWAIT2 441

static __always_inline long syscall_of(struct task_struct *task, struct pt_regs *regs)
{
	return BPF_CORE_READ(regs, syscallno);
}

static __always_inline __u64 syscall_argument(struct pt_regs *regs, int index)
{
	switch (index) {
	case 0: /* regs[0] holds the result by the end of the call */
		return BPF_CORE_READ(regs, orig_x0);
	case 1:
		return BPF_CORE_READ(regs, regs[1]);
	case 2:
		return BPF_CORE_READ(regs, regs[2]);
	case 3:
		return BPF_CORE_READ(regs, regs[3]);
	default:
		return BPF_CORE_READ(regs, regs[4]);
	}
}

#endif

#endif
