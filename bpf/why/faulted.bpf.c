/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of a page fault whose page is not mapped by its neighbours' faults: it may have to be read.
 * The hook exists from 6.13 on; before, such a sleep has no file.
 */
#include "why/faulted.bpf.h"
#include "unpreempted.bpf.h"
#include <bpf/bpf_tracing.h>

/* struct address_space *mapping, pgoff_t index; before it is looked up */
HT_UNPREEMPTED("?tp_btf/mm_filemap_fault", on_faulted_file)
{
	struct address_space *mapping = (void *)ctx[0];
	__u32 tid = bpf_get_current_pid_tgid();
	__u64 inode;

	if (!is_traced(tid))
		return 0;
	inode = (__u64)BPF_CORE_READ(mapping, host);
	if (bpf_map_update_elem(&faulted_inodes, &tid, &inode, BPF_ANY))
		count_full_map();
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
