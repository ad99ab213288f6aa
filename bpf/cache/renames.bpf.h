/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which inodes were named, and how, so that a file that was renamed since can be named again. No
 * tracepoint shows a rename, and most files are used under another name last: what a package manager
 * or an editor writes is renamed once it is whole, and overlayfs copies a file up in its work folder.
 */
#ifndef HT_RENAMES_BPF_H
#define HT_RENAMES_BPF_H

#include "file.bpf.h"

/* Parallel to named_files: the same sets and ways. */
struct ht_named_inodes {
	__u64 inode[HT_NAMED_WAYS];
	__u64 file_hash[HT_NAMED_WAYS];
	__u64 name[HT_NAMED_WAYS]; /* name_of() when it was named */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the loader: HT_NAMED_SETS when the family is loaded */
	__type(key, __u32);
	__type(value, struct ht_named_inodes);
} named_inodes __weak SEC(".maps");

#define NAME_LEVELS 24 /* directories above a file that are looked at */

/*
 * Another one when the file or a directory above it has another name, is in another directory, or the
 * file has no name any more.
 */
static __always_inline __u64 name_of(struct inode *inode)
{
	struct hlist_node *alias = BPF_CORE_READ(inode, i_dentry.first);
	struct dentry *dentry, *parent;
	__u64 name = 0;
	int i;

	if (!alias)
		return 0;
	dentry = dentry_of_alias(alias);
	for (i = 0; i < NAME_LEVELS; i++) {
		parent = BPF_CORE_READ(dentry, d_parent);
		name = name * 31 + ((__u64)parent << 8 ^ BPF_CORE_READ(dentry, d_name.hash));
		if (parent == dentry)
			break;
		dentry = parent;
	}
	return name + !BPF_CORE_READ(inode, i_nlink);
}

/* The file was named just now. */
static __always_inline void remember_name(struct inode *inode, __u64 hash)
{
	__u32 index = (__u32)(hash >> 8) % HT_NAMED_SETS, way = (hash >> 40) % HT_NAMED_WAYS;
	struct ht_named_inodes *set = bpf_map_lookup_elem(&named_inodes, &index);

	if (!set)
		return;
	set->inode[way] = (__u64)inode;
	set->file_hash[way] = hash;
	set->name[way] = name_of(inode);
}

#endif
