/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mapping that an address lies in: what it is, and which file. bpf_find_vma takes the mmap lock
 * for a moment; a task's last answers are kept, and hold for as long as no writer had that lock. While
 * a writer has it, which may have lost its CPU, the mappings are read without, as the kernel itself
 * does for a fault (lock_vma_under_rcu, mm/mmap_lock.c).
 */
#ifndef HT_FAULT_PLACE_BPF_H
#define HT_FAULT_PLACE_BPF_H

#include "emit.bpf.h"
#include "faults/state.bpf.h"
#include "faults/maple_tree.bpf.h"

/* include/linux/mm.h */
#define VM_SHARED 0x00000008
#define VM_GROWSDOWN 0x00000100
#define VM_HUGETLB 0x00400000

#define TMPFS_MAGIC 0x01021994 /* include/uapi/linux/magic.h */

#define FILE_NAME_LEN 256   /* NAME_MAX and its NUL */
#define FILE_PATH_LEN 1024  /* kept of a path; what is more stays away from the front */
#define FILE_PATH_STEPS 48  /* names and mounts on it */

struct ht_mapping_key {
	__u64 inode;
	__u32 dev;
	__u32 pad;
};

/* Files that have been named. LRU: a name that fell out is told again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1); /* the loader: HT_NAMED_FILES when the family is loaded */
	__type(key, struct ht_mapping_key);
	__type(value, __u32);
} named_mappings __weak SEC(".maps");

struct ht_mapping_scratch {
	struct ht_fault_file file;
	char text[FILE_PATH_LEN + FILE_NAME_LEN];
};

/* A file's name is put together here; looked up with preemption off, in no interrupt. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ht_mapping_scratch);
} mapping_scratch __weak SEC(".maps");

struct path_walk {
	struct ht_mapping_scratch *scratch;
	struct dentry *dentry;
	struct mount *mount;
	__u32 len;
};

/* One name, or one step from a mount's root to where it is mounted. */
static long walk_up(__u32 index, void *context)
{
	struct path_walk *walk = context;
	struct dentry *dentry = walk->dentry, *parent;
	struct mount *mount = walk->mount, *above;
	__u32 len = walk->len;
	const void *name;
	long n;

	parent = BPF_CORE_READ(dentry, d_parent);
	if (dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
		above = BPF_CORE_READ(mount, mnt_parent);
		if (above && above != mount) {
			walk->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
			walk->mount = above;
			return 0;
		}
		if (len)
			return 1;
	}
	if (dentry == parent && len)
		return 1;
	if (len >= FILE_PATH_LEN)
		return 1;
	name = BPF_CORE_READ(dentry, d_name.name);
	n = bpf_probe_read_kernel_str(walk->scratch->text + len, FILE_NAME_LEN, name);
	if (n <= 0)
		return 1;
	walk->len = len + n;
	walk->dentry = parent;
	return dentry == parent;
}

static __always_inline void name_file(struct ht_known_vma *vma, struct file *file, __u32 tid)
{
	struct ht_mapping_key key = {.inode = vma->inode, .dev = vma->dev};
	struct ht_mapping_scratch *scratch;
	struct path_walk walk = {};
	__u32 zero = 0, len;

	if (bpf_map_lookup_elem(&named_mappings, &key))
		return;
	scratch = bpf_map_lookup_elem(&mapping_scratch, &zero);
	if (!scratch)
		return;
	bpf_map_update_elem(&named_mappings, &key, &zero, BPF_ANY);
	walk.scratch = scratch;
	walk.dentry = BPF_CORE_READ(file, f_path.dentry);
	walk.mount = (void *)BPF_CORE_READ(file, f_path.mnt) -
		     bpf_core_field_offset(struct mount, mnt);
	bpf_loop(FILE_PATH_STEPS, walk_up, &walk, 0);
	len = walk.len;
	if (len > FILE_PATH_LEN + FILE_NAME_LEN - 8)
		len = FILE_PATH_LEN + FILE_NAME_LEN - 8;
	scratch->file.inode = vma->inode;
	scratch->file.dev = vma->dev;
	EMIT_TAIL(FAULT_FILE, &scratch->file, scratch->text, len, tid, bpf_ktime_get_boot_ns());
}

struct vma_look {
	struct ht_known_vma *vma;
	struct mm_struct *mm;
	__u64 file;
};

static __always_inline void read_vma(struct vma_look *look, struct vm_area_struct *area)
{
	struct ht_known_vma *to = look->vma;
	struct mm_struct *mm = look->mm;
	unsigned long flags = area->vm_flags;
	struct file *file = area->vm_file;
	bool anonymous = !area->vm_ops;
	struct super_block *sb;
	struct inode *inode;

	to->start = area->vm_start;
	to->end = area->vm_end;
	to->inode = 0;
	to->dev = 0;
	to->facts = flags & VM_SHARED ? HT_FAULT_SHARED : 0;
	look->file = 0;
	if (anonymous) {
		__u64 stack = mm->start_stack;

		/* fs/proc/task_mmu.c, vma_is_initial_heap() and vma_is_initial_stack() */
		to->place = HT_PLACE_ANON;
		if (to->start < mm->brk && to->end > mm->start_brk)
			to->place = HT_PLACE_HEAP;
		else if (flags & VM_GROWSDOWN || (to->start <= stack && to->end >= stack))
			to->place = HT_PLACE_STACK;
		return;
	}
	if (!file) {
		to->place = HT_PLACE_SPECIAL;
		return;
	}
	inode = file->f_inode;
	sb = inode->i_sb;
	to->inode = inode->i_ino;
	to->dev = sb->s_dev;
	to->place = HT_PLACE_FILE;
	if (flags & VM_HUGETLB)
		to->place = HT_PLACE_HUGETLB;
	else if (sb->s_magic == TMPFS_MAGIC)
		to->place = HT_PLACE_SHMEM;
	look->file = (__u64)file;
}

static long take_vma(struct task_struct *task, struct vm_area_struct *area, void *context)
{
	read_vma(context, area);
	return 0;
}

/* Is `address` in this known mapping, and is it known to be still there? */
static __always_inline bool holds(struct ht_known_vma *vma, __u64 mm, __u32 writes, __u64 address)
{
	return has_mm_writes() && address >= vma->start && address < vma->end &&
	       vma->writes == writes && vma->mm == mm;
}

/*
 * The one of state->vmas that place_now is. By an index that comes from memory: the verifier then
 * follows what comes after it once, and not for each of them.
 */
static __always_inline struct ht_known_vma *place_now(struct ht_fault_state *state)
{
	return &state->vmas[state->vma & (HT_KNOWN_VMAS - 1)];
}

/* Is the mapping known that `address` lies in? Then it is place_now. */
static __always_inline bool knows_place(struct ht_fault_state *state, __u64 mm, __u32 writes,
					__u64 address)
{
	int i;

	if (holds(place_now(state), mm, writes, address))
		return true;
	for (i = 0; i < HT_KNOWN_VMAS; i++) {
		if (!holds(&state->vmas[i], mm, writes, address))
			continue;
		state->vma = i;
		return true;
	}
	return false;
}

/* Reads the mapping of `address` while somebody changes the mm's mappings. False: it cannot be told. */
static __always_inline bool read_place_unlocked(struct vma_look *look, __u64 address)
{
	struct vm_area_struct *area;
	__u64 found;

	if (!settings.rdonly_cast)
		return false;
	found = maple_find(load_word((__u64)look->mm +
				     bpf_core_field_offset(struct mm_struct, mm_mt.ma_root)),
			   address);
	if (!found)
		return false;
	area = at_address(struct vm_area_struct, found);
	read_vma(look, area);
	/* Still what it was taken for? It may have been freed, and be another mm's by now. */
	return (__u64)area->vm_mm == (__u64)look->mm && address >= look->vma->start &&
	       address < look->vma->end;
}

/*
 * Makes the mapping of `address` in the task's mm place_now; its place is unknown when that cannot be
 * told. The look-up can take longer than the fault: *end_ns is the time before it, 0 when there was
 * none.
 */
static __always_inline struct ht_known_vma *
find_place(struct task_struct *task, struct mm_struct *mm, struct ht_fault_state *state,
	   __u64 address, __u64 *end_ns)
{
	struct vma_look look = {.mm = mm};
	__u32 writes = mm_writes(mm);
	__u64 identity = mm_identity(mm);
	struct ht_known_vma *vma;

	if (knows_place(state, identity, writes, address))
		return place_now(state);
	*end_ns = bpf_ktime_get_boot_ns();
	state->vma = state->next_vma++;
	vma = place_now(state);
	look.vma = vma;
	if (!mm) {
		__builtin_memset(vma, 0, sizeof(*vma));
		return vma;
	}
	vma->writes = writes;
	vma->mm = identity;
	if (bpf_find_vma(task, address, take_vma, &look, 0)) {
		if (!read_place_unlocked(&look, address)) {
			__builtin_memset(vma, 0, sizeof(*vma));
			return vma;
		}
		vma->mm = 0; /* for this time only */
	}
	if (look.file && vma->inode)
		name_file(vma, (void *)look.file, task->pid);
	return vma;
}

#endif
