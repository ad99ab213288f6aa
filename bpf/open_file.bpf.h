/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The open files of a task. */
#ifndef HT_OPEN_FILE_BPF_H
#define HT_OPEN_FILE_BPF_H

#include "kernel_memory.bpf.h"

/* The file behind a descriptor of the task; 0 = none. */
static __always_inline struct file *file_of_fd(struct task_struct *task, __u32 fd)
{
	struct files_struct *files = load_field(task, files);
	struct fdtable *table;

	if (!files)
		return 0;
	table = load_field(files, fdt);
	if (!table || fd >= load_field(table, max_fds))
		return 0;
	return (struct file *)read_word((__u64)load_field(table, fd) + fd * sizeof(__u64));
}

#endif
