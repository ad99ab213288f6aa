/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the current task is in: its system call, and the level of interrupts. */
#ifndef HT_DISK_CONTEXT_BPF_H
#define HT_DISK_CONTEXT_BPF_H

#include "emit.bpf.h"
#include "compat.bpf.h"
#include "interrupts.bpf.h"
#include "syscall.bpf.h"
#include "task.bpf.h"

#if defined(__TARGET_ARCH_x86)

/* arch/x86/entry/syscalls/syscall_64.tbl */
#define NR_MSYNC 26
#define NR_FSYNC 74
#define NR_FDATASYNC 75
#define NR_SYNC 162
#define NR_SYNC_FILE_RANGE 277
#define NR_SYNCFS 306

#else

/* include/uapi/asm-generic/unistd.h */
#define NR_SYNC 81
#define NR_FSYNC 82
#define NR_FDATASYNC 83
#define NR_SYNC_FILE_RANGE 84
#define NR_MSYNC 227
#define NR_SYNCFS 267

#endif

static __always_inline bool is_sync_call(long call)
{
	return call == NR_FSYNC || call == NR_FDATASYNC || call == NR_SYNC || call == NR_SYNCFS ||
	       call == NR_MSYNC || call == NR_SYNC_FILE_RANGE;
}

static __always_inline bool has_fd(long call)
{
	return call == NR_FSYNC || call == NR_FDATASYNC || call == NR_SYNCFS ||
	       call == NR_SYNC_FILE_RANGE;
}

/* The system call that the task is in, plus 1; 0 = none, or of a 32-bit process. */
static __always_inline __u32 current_call(struct task_struct *task)
{
	struct pt_regs *regs;
	long call;

	if (task->flags & (PF_KTHREAD | PF_IO_WORKER) || is_in_compat_call(task))
		return 0;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	call = CALL_IN(regs);
	return call >= 0 ? call + 1 : 0;
}

static __always_inline __u8 waking_context_here(void)
{
	return waking_context(bpf_get_current_task_btf());
}

#endif
