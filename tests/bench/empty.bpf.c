/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The floor: programs that do nothing, at the hooks that hoodtrace uses. And a design that it did not
 * take: uses of cached pages counted in the kernel, by task and file.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define EMPTY(hook)              \
	SEC("?tp_btf/" #hook)    \
	int empty_##hook(void *ctx) \
	{                        \
		return 0;        \
	}

EMPTY(sched_switch)
EMPTY(page_fault_user)
EMPTY(mm_page_alloc)
EMPTY(mm_filemap_add_to_page_cache)
EMPTY(mm_filemap_get_pages)
EMPTY(block_rq_issue)
EMPTY(sched_process_exec)
EMPTY(contention_begin)
EMPTY(contention_end)

SEC("?perf_event")
int empty_minor_faults(void *ctx)
{
	return 0;
}

SEC("?fentry/handle_mm_fault")
int empty_handle_fault(void *ctx)
{
	return 0;
}

SEC("?fexit/handle_mm_fault")
int empty_handled_fault(void *ctx)
{
	return 0;
}

struct use_key {
	__u64 inode;
	__u32 dev;
	__u32 tid;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, struct use_key);
	__type(value, __u64);
} uses SEC(".maps");

SEC("?tp_btf/mm_filemap_get_pages")
int counting_get_pages(__u64 *ctx)
{
	struct address_space *mapping = (void *)ctx[0];
	__u64 pages = ctx[2] - ctx[1] + 1, *count;
	struct use_key key = {
		.inode = mapping->host->i_ino,
		.dev = mapping->host->i_sb->s_dev,
		.tid = (__u32)bpf_get_current_pid_tgid(),
	};

	count = bpf_map_lookup_elem(&uses, &key);
	if (count)
		__sync_fetch_and_add(count, pages);
	else
		bpf_map_update_elem(&uses, &key, &pages, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
