/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which file a process executes, as /proc/PID/exe shows it to the process itself, and where it
 * executed it from.
 *
 * bprm->filename is what the caller wrote: a symbolic link, a path below its working directory, or
 * /dev/fd/3. The path is walked up from the dentry instead, across mounts, to the process's root
 * (fs/d_path.c, prepend_path). bpf_d_path() does the same and is not allowed in this hook.
 */
#ifndef HT_EXE_BPF_H
#define HT_EXE_BPF_H

#include "emit.bpf.h"
#include <bpf/bpf_core_read.h>

#define PATH_STEPS 128 /* directories and mounts */
#define PATH_NAME_LEN 256
#define PATH_NAMES_LEN 4096 /* of one path */

struct ht_exe_scratch {
	struct ht_exe exe;
	char text[2 * PATH_NAMES_LEN + PATH_NAME_LEN + 8];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ht_exe_scratch);
} exe_scratch SEC(".maps");

struct path_walk {
	struct ht_exe_scratch *scratch;
	struct dentry *dentry;
	struct mount *mount;
	struct dentry *root_dentry; /* of the process */
	struct mount *root_mount;
	__u32 len;
	__u32 limit; /* of len, before a name is added */
	__u32 names;
	__u32 done;
};

static long take_path_step(__u32 index, void *context)
{
	struct path_walk *walk = context;
	struct dentry *dentry = walk->dentry, *parent;
	struct mount *mount = walk->mount, *above;
	__u32 len = walk->len;
	bool is_root;
	long n;

	if (!dentry || !mount || (dentry == walk->root_dentry && mount == walk->root_mount)) {
		walk->done = 1;
		return 1;
	}
	if (dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
		above = BPF_CORE_READ(mount, mnt_parent);
		/* The top, or what has no directory at all, such as a memfd. */
		if (above == mount || !above) {
			walk->done = 1;
			if (walk->names)
				return 1;
		} else {
			walk->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
			walk->mount = above;
			return 0;
		}
	}
	parent = BPF_CORE_READ(dentry, d_parent);
	is_root = parent == dentry;
	if (is_root)
		walk->done = 1;
	if (len > walk->limit || len > 2 * PATH_NAMES_LEN)
		return 1;
	n = bpf_probe_read_kernel_str(walk->scratch->text + len, PATH_NAME_LEN,
				      (const char *)BPF_CORE_READ(dentry, d_name.name));
	if (n <= 0) {
		walk->scratch->text[len] = 0;
		n = 1;
	}
	walk->len = len + (__u32)n;
	walk->names++;
	walk->dentry = parent;
	return is_root;
}

/* Adds the names of a path to the scratch, the last name first; false: there are more above. */
static __always_inline bool add_path(struct path_walk *walk, struct dentry *dentry,
				     struct vfsmount *mount)
{
	walk->dentry = dentry;
	walk->mount = (void *)mount - bpf_core_field_offset(struct mount, mnt);
	walk->limit = walk->len + PATH_NAMES_LEN - PATH_NAME_LEN;
	walk->names = 0;
	walk->done = 0;
	bpf_loop(PATH_STEPS, take_path_step, walk, 0);
	return walk->done;
}

/* Of a failed exec: where it was executed from, whether it is shown (HT_EXE_WHO) or not. */
static __noinline int emit_exe(struct task_struct *task, __u32 executed)
{
	struct path_walk walk = {};
	struct ht_exe_scratch *scratch;
	struct fs_struct *fs;
	struct dentry *dentry;
	struct vfsmount *mount;
	struct file *file;
	struct ht_exe *exe;
	__u32 zero = 0, tid, len;

	if (!task)
		return 0;
	scratch = bpf_map_lookup_elem(&exe_scratch, &zero);
	if (!scratch)
		return 0;
	exe = &scratch->exe;
	tid = BPF_CORE_READ(task, pid);
	exe->pid = BPF_CORE_READ(task, tgid);
	exe->uid = 0;
	exe->flags = 0;
	exe->names = exe->cwd_names = 0;
	fs = BPF_CORE_READ(task, fs);
	mount = BPF_CORE_READ(fs, root.mnt);
	walk.scratch = scratch;
	walk.root_dentry = BPF_CORE_READ(fs, root.dentry);
	walk.root_mount = (void *)mount - bpf_core_field_offset(struct mount, mnt);
	file = executed ? BPF_CORE_READ(task, mm, exe_file) : 0;
	if (file) {
		dentry = BPF_CORE_READ(file, f_path.dentry);
		mount = BPF_CORE_READ(file, f_path.mnt);
		if (!add_path(&walk, dentry, mount))
			exe->flags |= HT_EXE_CUT;
		if (!BPF_CORE_READ(dentry, d_hash.pprev))
			exe->flags |= HT_EXE_DELETED;
		exe->names = walk.names;
	}
	if (settings.life & HT_LIFE_WHO || !executed) {
		dentry = BPF_CORE_READ(fs, pwd.dentry);
		mount = BPF_CORE_READ(fs, pwd.mnt);
		if (settings.life & HT_LIFE_WHO)
			exe->flags |= HT_EXE_WHO;
		if (!add_path(&walk, dentry, mount))
			exe->flags |= HT_EXE_CWD_CUT;
		exe->cwd_names = walk.names;
		exe->uid = BPF_CORE_READ(task, cred, uid.val);
	}
	len = walk.len;
	if (len > sizeof(scratch->text) - 8)
		return 0;
	EMIT_TAIL(EXE, exe, scratch->text, len, tid, bpf_ktime_get_boot_ns());
	return 0;
}

#endif
