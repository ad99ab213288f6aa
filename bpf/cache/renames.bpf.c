/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names the files again that were renamed since they were named: before each report.
 *
 * An inode may have been freed meanwhile, and its memory used again: it is read without trust, and
 * taken for the file only when it has the file's number, device and generation, and while it is in
 * use. One that is not has no name, and once it is freed other content in i_dentry (i_rcu).
 */
#include "cache/renames.bpf.h"

/* fill_file_key() of an inode that is not known to be one. */
static __always_inline void read_file_key(struct ht_file_key *key, struct inode *inode)
{
	struct super_block *sb = BPF_CORE_READ(inode, i_sb);
	void *root = 0;
	__u32 dev = 0;

	key->inode = BPF_CORE_READ(inode, i_ino);
	key->dev = BPF_CORE_READ(sb, s_dev);
	key->generation = BPF_CORE_READ(inode, i_generation);
	if (BPF_CORE_READ(sb, s_magic) != BTRFS_SUPER_MAGIC || !settings.btrfs_anon_dev)
		return;
	bpf_probe_read_kernel(&root, sizeof(root), (void *)inode + settings.btrfs_root);
	bpf_probe_read_kernel(&dev, sizeof(dev), root + settings.btrfs_anon_dev);
	if (dev)
		key->dev = dev;
}

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
		read_file_key(&key, inode);
		if (hash_file(&key) != set->file_hash[way] ||
		    BPF_CORE_READ(inode, i_count.counter) <= 0) {
			set->inode[way] = 0;
			continue;
		}
		name = name_of(inode);
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

char LICENSE[] SEC("license") = "GPL";
