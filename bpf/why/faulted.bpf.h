/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which file a task faults on: filemap_fault() says so before it reads the page (faulted.bpf.c). */
#ifndef HT_WHY_FAULTED_BPF_H
#define HT_WHY_FAULTED_BPF_H

#include "emit.bpf.h"
#include "filter.bpf.h"

/* tid → address of the inode. A fault that reads nothing leaves an entry; the oldest are replaced. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1); /* the loader: HT_FAULTED when the family is loaded */
	__type(key, __u32);
	__type(value, __u64);
} faulted_inodes __weak SEC(".maps");

/* The file of the task's last fault; 0 = none since it was last asked for. */
static __always_inline struct inode *faulted_inode(__u32 tid)
{
	__u64 *inode = bpf_map_lookup_elem(&faulted_inodes, &tid), address;

	if (!inode)
		return 0;
	address = *inode;
	bpf_map_delete_elem(&faulted_inodes, &tid);
	return (struct inode *)address;
}

#endif
