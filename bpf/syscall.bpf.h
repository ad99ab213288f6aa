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

#define TS_COMPAT 0x2 /* arch/x86/include/asm/thread_info.h */

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

/* include/uapi/asm-generic/unistd.h */
#define NR_WAITID 95
#define NR_EXECVE 221
#define NR_WAIT4 260
#define NR_EXECVEAT 281

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
