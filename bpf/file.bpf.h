/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which file an inode is, and what it is called: for every family that reports files.
 *
 * A name is recorded once per file, before the first record that has the file's key. The files that
 * have been named are remembered as hashes, in sets of four like a CPU's cache: the map cannot
 * overflow and needs no cleaning, and a file that was replaced in it is named again. The time is part
 * of the hash, so that a file in use is named about once a minute: a reader that had to forget it
 * knows it again. The path is part of it where an event has one (name_open_file()): a file that was
 * renamed is named again at its next event.
 */
#ifndef HT_FILE_BPF_H
#define HT_FILE_BPF_H

#include "emit.bpf.h"
#include "compat.bpf.h"
#include "path_hash.bpf.h"

#define BTRFS_SUPER_MAGIC 0x9123683E /* include/uapi/linux/magic.h */
#define NAME_EPOCH_SHIFT 36          /* of nanoseconds: 69 s */
#define NAME_DEPTH 64                /* directories */
#define NAME_LEN 256                 /* NAME_MAX + 1, include/uapi/linux/limits.h */
#define NAME_BYTES 4096              /* of all of them */
#define FS_NAME_LEN 32
#define FMODE_BACKING (3U << 24) /* include/linux/fs.h: bit 25; 24 in later kernels, where 25 is another's */
/* Added to the hash of a file that was named with its mounts, and of one that has lost its last name. */
#define NAME_FULL_SALT 0x9e3779b97f4a7c15ULL
#define NAME_DELETED_SALT 0xbf58476d1ce4e5b9ULL

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

/* Scratch memory. 0: for hooks, where preemption is off; 1: for an iterator, which can be preempted. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct ht_file_scratch);
} file_scratch __weak SEC(".maps");

/* The device of a btrfs inode's subvolume; `otherwise` where that is not known. */
static __always_inline __u32 btrfs_dev(void *inode, __u32 otherwise)
{
	void *root = 0;
	__u32 dev = 0;

	bpf_probe_read_kernel(&root, sizeof(root), inode + settings.btrfs_root);
	bpf_probe_read_kernel(&dev, sizeof(dev), root + settings.btrfs_anon_dev);
	return dev ? dev : otherwise;
}

/*
 * The device that stat(2) shows. A btrfs subvolume has one of its own, and inode numbers are unique
 * only within it. READ(pointer, field) is how the verifier lets the caller read: plain_field,
 * load_field (kernel_memory.bpf.h) or BPF_CORE_READ.
 */
#define FILE_DEV_BY(READ, inode, sb)                                                     \
	(READ(sb, s_magic) == BTRFS_SUPER_MAGIC && settings.btrfs_anon_dev ?              \
		 btrfs_dev(inode, READ(sb, s_dev)) :                                      \
		 READ(sb, s_dev))

#define FILL_FILE_KEY_BY(READ, key, of_inode)                                            \
	do {                                                                             \
		struct super_block *sb_ = READ(of_inode, i_sb);                          \
											 \
		(key)->inode = READ(of_inode, i_ino);                                    \
		(key)->dev = FILE_DEV_BY(READ, of_inode, sb_);                           \
		(key)->generation = READ(of_inode, i_generation);                        \
	} while (0)

#define plain_field(pointer, field) ((pointer)->field)

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

/* The state of a walk up the directories. */
struct name_walk {
	struct ht_file_scratch *scratch;
	struct dentry *dentry;
	struct mount *mount; /* 0 = the walk ends at the root of the file system */
	__u32 len;
	__u32 names;
	__u32 done;
	__u32 flags; /* HT_FILE_* */
};

/*
 * Takes one name, or one step from the root of a mount to the directory that it is mounted on. Returns
 *1 at the end of the walk: a constant, because the verifier must prove that the result is 0 or 1.
 */
static long take_name(__u32 index, void *context)
{
	struct name_walk *walk = context;
	struct dentry *dentry = walk->dentry, *parent = BPF_CORE_READ(dentry, d_parent);
	struct mount *mount = walk->mount, *above;

	if (mount && dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
		above = BPF_CORE_READ(mount, mnt_parent);
		if (!above || above == mount) {
			walk->done = 1;
			return 1;
		}
		walk->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
		walk->mount = above;
		return 0;
	}
	/* A root, whose name is "/". */
	if (parent == dentry && (!mount || walk->names)) {
		walk->done = 1;
		return 1;
	}
	if (walk->len > 2 * FS_NAME_LEN + NAME_BYTES)
		return 1;
	walk->len = add_text(walk->scratch, walk->len,
			     (const char *)BPF_CORE_READ(dentry, d_name.name), NAME_LEN);
	walk->names++;
	walk->dentry = parent;
	if (parent != dentry)
		return 0;
	/* In no directory, such as memfd's. */
	walk->done = 1;
	walk->flags = HT_FILE_PSEUDO;
	return 1;
}

/* Addresses of the kernel. In memory, a global subprogram takes pointers for numbers. */
struct file_place {
	__u64 inode;
	__u64 dentry;
	__u64 mount;
};

/*
 * Reads the path of a dentry in a mount; without a mount, a path of the inode in its own file system.
 * `now` is 0 when an iterator calls it. Global: the verifier checks it once, and not once for each way
 * that leads to a call (then on_sched_switch takes 400 000 steps of the 1 000 000 that are allowed).
 */
__weak __noinline int emit_file_at(const struct file_place *at, const struct ht_file_key *key,
				   __u64 now)
{
	struct inode *inode;
	struct dentry *dentry;
	struct mount *mount;
	struct super_block *sb;
	struct ht_file_scratch *scratch;
	struct name_walk walk = {};
	struct hlist_node *alias;
	struct ht_file *file;
	__u32 which = now ? 0 : 1, len;

	scratch = bpf_map_lookup_elem(&file_scratch, &which);
	if (!scratch || !at || !key)
		return 0;
	inode = (void *)at->inode;
	dentry = (void *)at->dentry;
	mount = (void *)at->mount;
	if (!now)
		now = bpf_ktime_get_boot_ns();
	file = &scratch->file;
	sb = BPF_CORE_READ(inode, i_sb);
	file->file = *key;
	file->size_bytes = BPF_CORE_READ(inode, i_size);
	file->mount_dev = BPF_CORE_READ(sb, s_dev);
	file->rdev = BPF_CORE_READ(inode, i_rdev);
	file->links = BPF_CORE_READ(inode, i_nlink);
	file->mode = BPF_CORE_READ(inode, i_mode);
	file->flags = mount ? HT_FILE_FULL : 0;
	len = add_text(scratch, 0, BPF_CORE_READ(sb, s_type, name), FS_NAME_LEN);
	len = add_text(scratch, len,
		       (const char *)sb + bpf_core_field_offset(struct super_block, s_id),
		       FS_NAME_LEN);
	walk.scratch = scratch;
	walk.len = len;
	walk.mount = mount;
	if (!mount) {
		alias = BPF_CORE_READ(inode, i_dentry.first);
		dentry = alias ? dentry_of_alias(alias) : 0;
	}
	if (dentry) {
		walk.dentry = dentry;
		bpf_loop(NAME_DEPTH, take_name, &walk, 0);
		if (!walk.done)
			file->flags |= HT_FILE_CUT;
	} else {
		file->flags |= HT_FILE_NO_NAME;
	}
	file->flags |= walk.flags;
	file->names = walk.names;
	len = walk.len;
	if (len > sizeof(scratch->text) - 8)
		return 0;
	return EMIT_TAIL(FILE, file, scratch->text, len, (__u32)bpf_get_current_pid_tgid(), now);
}

static __always_inline int emit_file(struct inode *inode, struct dentry *dentry, struct mount *mount,
				     const struct ht_file_key *key, __u64 now)
{
	struct file_place at = {(__u64)inode, (__u64)dentry, (__u64)mount};

	return emit_file_at(&at, key, now);
}

/* The slot of named_files where `named` must be stored; 0 = it is there already. */
static __always_inline __u64 *place_to_name(__u64 hash, __u64 named)
{
	__u32 index = (__u32)(hash >> 8) % HT_NAMED_SETS, way;
	struct ht_named_set *set = bpf_map_lookup_elem(&named_files, &index);

	if (!set)
		return 0;
	for (way = 0; way < HT_NAMED_WAYS; way++)
		if (set->file_hash[way] == named)
			return 0;
	/* By the path, too: a file with several names has several places. */
	return &set->file_hash[(named >> 40) % HT_NAMED_WAYS];
}

/*
 * Records the name of the file unless that was done already; true when it records. Two CPUs may both do
 * it, which is harmless.
 */
static __always_inline bool name_file(struct inode *inode, const struct ht_file_key *key,
				      __u64 hash, __u64 now)
{
	__u64 named = hash + (now >> NAME_EPOCH_SHIFT);
	__u64 *place = place_to_name(hash, named);

	if (!place || !emit_file(inode, 0, 0, key, now))
		return false;
	*place = named;
	return true;
}

/*
 * The path by which a file was opened. Below overlayfs a mapping has the layer's file, in a mount that
 * is in no tree; the path of the overlay is beside it (file_user_path(), include/linux/fs.h). Before 6.8
 * it is the file's own path.
 */
static __always_inline struct path *opened_path(struct file *file)
{
	struct path *own = (void *)file + bpf_core_field_offset(struct file, f_path), *user;
	struct backing_file *backing = (void *)file;
	struct super_block *sb;
	struct mount *mount;

	if (!bpf_core_field_exists(backing->user_path) ||
	    !(BPF_CORE_READ(file, f_mode) & FMODE_BACKING))
		return own;
	mount = (void *)BPF_CORE_READ(own, mnt) - bpf_core_field_offset(struct mount, mnt);
	if (BPF_CORE_READ(mount, mnt_parent) != mount)
		return own;
	user = (void *)file + bpf_core_field_offset(struct backing_file, user_path);
	/* It is a path indeed: both its parts are of one file system. */
	sb = BPF_CORE_READ(user, mnt, mnt_sb);
	return sb && sb == BPF_CORE_READ(user, dentry, d_sb) ? user : own;
}

/*
 * The same with the path by which the file was opened, across all mounts. `path_hash` is that of the
 * path; 0 = once a minute is enough.
 */
static __always_inline void name_open_file(struct file *file, const struct ht_file_key *key,
					   __u64 path_hash, __u64 now)
{
	__u64 hash = hash_file(key);
	__u64 named = hash + (now >> NAME_EPOCH_SHIFT) + NAME_FULL_SALT + path_hash;
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct path *path = opened_path(file);
	struct mount *mount;
	__u64 *place;

	if (!BPF_CORE_READ(inode, i_nlink))
		named += NAME_DELETED_SALT;
	place = place_to_name(hash, named);
	if (!place)
		return;
	mount = (void *)BPF_CORE_READ(path, mnt) - bpf_core_field_offset(struct mount, mnt);
	if (emit_file(inode, BPF_CORE_READ(path, dentry), mount, key, now))
		*place = named;
}

#endif
