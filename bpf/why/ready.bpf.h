/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which file ended a sleep in epoll_wait: at the switch-in it is the first of the ready list. */
#ifndef HT_WHY_READY_BPF_H
#define HT_WHY_READY_BPF_H

#include "syscall.bpf.h"
#include "task.bpf.h"
#include "why/object.bpf.h"

static __always_inline bool is_epoll_wait(long call)
{
	return call == NR_EPOLL_PWAIT || call == NR_EPOLL_PWAIT2 ||
	       (NR_EPOLL_WAIT != NO_SYSCALL && call == NR_EPOLL_WAIT);
}

/* Nothing when the list is empty: a timeout, or another thread was faster. The emitter's cpu is set. */
static __always_inline void record_ready(struct emitter *e, struct task_struct *task, __u64 now)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	struct ht_why_scratch *scratch;
	struct ht_ready *record;
	struct eventpoll *poll;
	struct epitem *item;
	struct file *file;
	__u64 list, first, object;
	__u32 which = 0;

	if (!is_epoll_wait(CALL_IN(regs)) || task->flags & (PF_KTHREAD | PF_IO_WORKER))
		return;
	file = file_of_fd(task, FIRST_ARGUMENT_IN(regs));
	if (!file)
		return;
	poll = load_field(file, private_data);
	list = (__u64)poll + bpf_core_field_offset(struct eventpoll, rdllist);
	first = read_word(list);
	if (!poll || !first || first == list)
		return;
	item = (void *)first - bpf_core_field_offset(struct epitem, rdllink);
	/* A number, not a pointer: object_of() calculates with it. */
	file = (void *)read_word((__u64)item + bpf_core_field_offset(struct epitem, ffd.file));
	scratch = bpf_map_lookup_elem(&why_scratch, &which);
	object = file && scratch ?
			 object_of(load_field(file, f_inode), file, scratch, now) :
			 0;
	record = EMIT_BEGIN_HERE(e, READY, task->pid, now);
	if (!record)
		return;
	record->object = object;
	record->fd = load_field(item, ffd.fd);
	record->pad = 0;
	EMIT_END(e, record);
}

#endif
