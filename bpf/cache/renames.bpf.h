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
	__u64 name[HT_NAMED_WAYS]; /* NAME_OF_BY() when it was named */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the loader: HT_NAMED_SETS when the family is loaded */
	__type(key, __u32);
	__type(value, struct ht_named_inodes);
} named_inodes __weak SEC(".maps");

/*
 * Another number when the file or a directory above it has another name, is in another directory, or the
 * file has no name any more; 0 when no name of it is in memory.
 */
#define NAME_OF_BY(READ, of_inode)                                                          \
	({                                                                               \
		__u64 alias_ = READ((__u64)(of_inode) +                                    \
				    bpf_core_field_offset(struct inode, i_dentry.first));   \
											 \
		alias_ ? PATH_HASH_BY(READ, dentry_of_alias((void *)alias_), PATH_LEVELS) + \
				 !(__u32)READ((__u64)(of_inode) +                          \
					      bpf_core_field_offset(struct inode, i_nlink)) : \
			 0;                                                              \
	})

static __always_inline struct ht_named_inodes *named_set(__u64 hash)
{
	__u32 index = (__u32)(hash >> 8) % HT_NAMED_SETS;

	return bpf_map_lookup_elem(&named_inodes, &index);
}

static __always_inline __u32 named_way(__u64 hash)
{
	return (hash >> 40) % HT_NAMED_WAYS;
}

/*
 * Names the file when that was not done yet, and again when it has another name by now. Where a look
 * at all of its path is dear (before 6.2), scan_names alone finds renames.
 */
static __always_inline void name_used_file(struct inode *inode, const struct ht_file_key *key,
					   __u64 hash, __u64 now)
{
	struct ht_named_inodes *set = named_set(hash);
	__u32 way = named_way(hash);
	__u64 name;

	if (!set)
		return;
	if (name_file(inode, key, hash, now)) {
		set->inode[way] = (__u64)inode;
		set->file_hash[way] = hash;
		set->name[way] = NAME_OF_BY(read_word, inode);
		return;
	}
	if (!settings.rdonly_cast || set->file_hash[way] != hash || set->inode[way] != (__u64)inode)
		return;
	name = NAME_OF_BY(load_word, inode);
	if (name && name != set->name[way] && emit_file(inode, 0, 0, key, now))
		set->name[way] = name;
}

#endif
