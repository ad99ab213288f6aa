/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names the files again that were renamed since they were named: before each report, and when a file
 * that is about to lose its name has one that was not recorded.
 *
 * An inode may have been freed meanwhile, and its memory used again: it is read without trust, and
 * taken for the file only when it has the file's number, device and generation, and while it is in
 * use. One that is not has no name, and once it is freed other content in i_dentry (i_rcu).
 */
#include "cache/renames.bpf.h"
#include "unpreempted.bpf.h"
#include <bpf/bpf_tracing.h>

static long look_at_set(__u32 index, void *context)
{
	struct ht_named_inodes *set = bpf_map_lookup_elem(&named_inodes, &index);
	struct ht_file_key key;
	struct inode *inode;
	__u64 name;
	__u32 way;

	if (!set)
		return 1;
	for (way = 0; way < HT_NAMED_WAYS; way++) {
		if (!set->inode[way])
			continue;
		inode = (void *)set->inode[way];
		FILL_FILE_KEY_BY(BPF_CORE_READ, &key, inode);
		if (hash_file(&key) != set->file_hash[way] ||
		    BPF_CORE_READ(inode, i_count.counter) <= 0) {
			set->inode[way] = 0;
			continue;
		}
		name = NAME_OF_BY(probe_word, inode);
		if (name == set->name[way])
			continue;
		/* Without space in the ring it is tried again before the next report. */
		if (emit_file(inode, 0, 0, &key, 0))
			set->name[way] = name;
	}
	return 0;
}

/* An iterator to be run, of which only the first turn does something. */
SEC("?iter/task")
int scan_names(struct bpf_iter__task *ctx)
{
	if (ctx->meta->seq_num == 0 && ctx->task)
		bpf_loop(HT_NAMED_SETS, look_at_set, 0, 0);
	return 0;
}

/*
 * Removing a name from a file changes its ctime in every file system, just before the name goes: a file
 * that was renamed and is deleted without a use in between has its last name here. Three tracepoints
 * together report every change of ctime (inode_set_ctime_current(), fs/inode.c, from 6.13 on).
 */
static __always_inline void look_before_change(struct inode *inode)
{
	struct ht_named_inodes *set;
	struct ht_file_key key;
	__u64 hash, name;
	__u32 way;

	FILL_FILE_KEY_BY(plain_field, &key, inode);
	hash = hash_file(&key);
	way = named_way(hash);
	set = named_set(hash);
	if (!set || set->file_hash[way] != hash || set->inode[way] != (__u64)inode)
		return;
	name = NAME_OF_BY(read_word, inode);
	if (name && name != set->name[way] &&
	    emit_file(inode, 0, 0, &key, bpf_ktime_get_boot_ns()))
		set->name[way] = name;
}

/* struct inode *inode, struct timespec64 *ctime; in file systems without fine-grained times */
HT_UNPREEMPTED("?tp_btf/inode_set_ctime_to_ts", on_ctime_set)
{
	look_before_change((void *)ctx[0]);
	return 0;
}

/* struct inode *inode, old, new and current nanoseconds */
HT_UNPREEMPTED("?tp_btf/ctime_ns_xchg", on_ctime_changed)
{
	look_before_change((void *)ctx[0]);
	return 0;
}

/* struct inode *inode, struct timespec64 *ctime; it has this time already */
HT_UNPREEMPTED("?tp_btf/ctime_xchg_skip", on_ctime_same)
{
	look_before_change((void *)ctx[0]);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
