/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which file an inode is, and what it is called.
 *
 * A name is told once per file, before the first record that has its key: the files told are
 * remembered as hashes, in sets of four like a CPU's cache. It cannot be full and needs no cleaning;
 * what falls out of it is told again. The time is part of the hash, so that a file in use is named
 * about once a minute: a reader that had to forget it knows it again, and sees a rename.
 */
#ifndef HT_FILE_BPF_H
#define HT_FILE_BPF_H

#include "emit.bpf.h"
#include "compat.bpf.h"

#define BTRFS_SUPER_MAGIC 0x9123683E /* include/uapi/linux/magic.h */
#define NAME_EPOCH_SHIFT 36          /* of nanoseconds: 69 s */
#define NAME_DEPTH 64                /* directories */
#define NAME_LEN 256                 /* NAME_MAX + 1, include/uapi/linux/limits.h */
#define NAME_BYTES 4096              /* of all of them */
#define FS_NAME_LEN 32

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the loader: HT_NAMED_SETS when the family is loaded */
	__type(key, __u32);
	__type(value, struct ht_named_set);
} named_files __weak SEC(".maps");

struct ht_file_scratch {
	struct ht_file file;
	char text[2 * FS_NAME_LEN + NAME_BYTES + NAME_LEN + 8];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ht_file_scratch);
} file_scratch __weak SEC(".maps");

/*
 * The device that stat(2) shows. A btrfs subvolume has one of its own, and inode numbers are unique
 * only within it.
 */
static __always_inline __u32 file_dev(struct inode *inode, struct super_block *sb)
{
	void *root = 0;
	__u32 dev = 0;

	if (sb->s_magic != BTRFS_SUPER_MAGIC || !settings.btrfs_anon_dev)
		return sb->s_dev;
	bpf_probe_read_kernel(&root, sizeof(root), (void *)inode + settings.btrfs_root);
	bpf_probe_read_kernel(&dev, sizeof(dev), root + settings.btrfs_anon_dev);
	return dev ? dev : sb->s_dev;
}

static __always_inline void fill_file_key(struct ht_file_key *key, struct inode *inode)
{
	key->inode = inode->i_ino;
	key->dev = file_dev(inode, inode->i_sb);
	key->generation = inode->i_generation;
}

/* Never 0. */
static __always_inline __u64 hash_file(const struct ht_file_key *key)
{
	__u64 hash = key->inode * 0x9e3779b97f4a7c15ULL;

	hash ^= ((__u64)key->dev << 32 | key->generation) * 0xc2b2ae3d27d4eb4fULL;
	hash ^= hash >> 29;
	hash *= 0xbf58476d1ce4e5b9ULL;
	return (hash ^ hash >> 32) | 1;
}

/* Reads a string to text + len and returns the length behind it. */
static __always_inline __u32 add_text(struct ht_file_scratch *scratch, __u32 len, const char *from,
				      __u32 limit)
{
	long n;

	if (len > 2 * FS_NAME_LEN + NAME_BYTES)
		return len;
	n = bpf_probe_read_kernel_str(scratch->text + len, limit, from);
	if (n <= 0) {
		scratch->text[len] = 0;
		n = 1;
	}
	return len + (__u32)n;
}

/* What a walk up the directories knows. */
struct name_walk {
	struct ht_file_scratch *scratch;
	struct dentry *dentry;
	__u32 len;
	__u32 names;
	__u32 done;
	__u32 pad;
};

static long take_name(__u32 index, void *context)
{
	struct name_walk *walk = context;
	struct dentry *dentry = walk->dentry, *parent = BPF_CORE_READ(dentry, d_parent);

	if (parent == dentry) { /* the root, whose name is "/" */
		walk->done = 1;
		return 1;
	}
	if (walk->len > 2 * FS_NAME_LEN + NAME_BYTES)
		return 1;
	walk->len = add_text(walk->scratch, walk->len,
			     (const char *)BPF_CORE_READ(dentry, d_name.name), NAME_LEN);
	walk->names++;
	walk->dentry = parent;
	return 0;
}

static __noinline int emit_file(struct inode *inode, const struct ht_file_key *key, __u64 now)
{
	struct super_block *sb;
	struct ht_file_scratch *scratch;
	struct name_walk walk = {};
	struct hlist_node *alias;
	struct ht_file *file;
	__u32 zero = 0, len;

	scratch = bpf_map_lookup_elem(&file_scratch, &zero);
	if (!scratch)
		return 0;
	file = &scratch->file;
	sb = BPF_CORE_READ(inode, i_sb);
	file->file = *key;
	file->size_bytes = BPF_CORE_READ(inode, i_size);
	file->mount_dev = BPF_CORE_READ(sb, s_dev);
	file->rdev = BPF_CORE_READ(inode, i_rdev);
	file->links = BPF_CORE_READ(inode, i_nlink);
	file->mode = BPF_CORE_READ(inode, i_mode);
	file->flags = 0;
	len = add_text(scratch, 0, BPF_CORE_READ(sb, s_type, name), FS_NAME_LEN);
	len = add_text(scratch, len,
		       (const char *)sb + bpf_core_field_offset(struct super_block, s_id),
		       FS_NAME_LEN);
	walk.scratch = scratch;
	walk.len = len;
	alias = BPF_CORE_READ(inode, i_dentry.first);
	if (alias) {
		walk.dentry = dentry_of_alias(alias);
		bpf_loop(NAME_DEPTH, take_name, &walk, 0);
		if (!walk.done)
			file->flags |= HT_FILE_CUT;
	} else {
		file->flags |= HT_FILE_NO_NAME;
	}
	file->names = walk.names;
	len = walk.len;
	if (len > sizeof(scratch->text) - 8)
		return 0;
	return EMIT_TAIL(FILE, file, scratch->text, len, (__u32)bpf_get_current_pid_tgid(), now);
}

/* Tells the file's name unless it was told. */
static __always_inline void name_file(struct inode *inode, const struct ht_file_key *key,
				      __u64 hash, __u64 now)
{
	__u64 named = hash + (now >> NAME_EPOCH_SHIFT);
	__u32 index = (__u32)(hash >> 8) % HT_NAMED_SETS, way;
	struct ht_named_set *set = bpf_map_lookup_elem(&named_files, &index);

	if (!set)
		return;
	for (way = 0; way < HT_NAMED_WAYS; way++)
		if (set->file_hash[way] == named)
			return;
	/* Two CPUs may both tell it: no harm. */
	if (emit_file(inode, key, now))
		set->file_hash[(hash >> 40) % HT_NAMED_WAYS] = named;
}

#endif
