/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who wakes: the system call that the waker is in, and whether it or an interrupt does it. */
#ifndef HT_WHY_WAKER_BPF_H
#define HT_WHY_WAKER_BPF_H

#include "interrupts.bpf.h"
#include "syscall.bpf.h"
#include "task.bpf.h"
#include "why/sleep.bpf.h"

static __always_inline void fill_waker(struct ht_waking *record)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct pt_regs *regs;
	long call;

	record->context = waking_context(current);
	if (current->flags & (PF_KTHREAD | PF_IO_WORKER))
		return;
	regs = (struct pt_regs *)bpf_task_pt_regs(current);
	call = CALL_IN(regs);
	if (call >= 0)
		record->waker_call = call + 1;
	if (is_in_compat_call(current))
		record->flags = HT_WAKING_COMPAT;
}

#endif
