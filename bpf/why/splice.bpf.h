/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For which of its two files a splice or a tee sleeps. */
#ifndef HT_WHY_SPLICE_BPF_H
#define HT_WHY_SPLICE_BPF_H

#include "kernel_memory.bpf.h"
#include "open_file.bpf.h"
#include "syscall.bpf.h"
#include "task.bpf.h"
#include "why/object.bpf.h"

static __always_inline struct pipe_inode_info *pipe_of(struct file *file)
{
	struct inode *inode = file ? load_field(file, f_inode) : 0;

	/* Of a device the same memory is i_cdev. */
	if (!inode || (load_field(inode, i_mode) & S_IFMT) != S_IFIFO)
		return 0;
	return load_field(inode, i_pipe);
}

/*
 * Its descriptor. Interruptibly it sleeps for bytes in the one pipe, or for room in the other
 * (ipipe_prep, wait_for_space, fs/splice.c); otherwise for the file that is no pipe.
 */
static __always_inline __u32 fd_of_splice(struct task_struct *task, const struct ht_sleep *sleep)
{
	__u32 in = sleep->args[0];
	__u32 out = sleep->call == NR_SPLICE ? sleep->args[2] : sleep->args[1];
	struct pipe_inode_info *from = pipe_of(file_of_fd(task, in));
	struct pipe_inode_info *to = pipe_of(file_of_fd(task, out));

	if (sleep->state & TASK_UNINTERRUPTIBLE)
		return from ? out : in;
	if (from)
		return load_field(from, head) == load_field(from, tail) ? in : out;
	if (to && load_field(to, head) - load_field(to, tail) >= load_field(to, max_usage))
		return out;
	return in;
}

#endif
