/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mapping of an address: what it is, and which file. bpf_find_vma takes the mmap lock for a moment.
 * A task's last mappings are remembered, and are valid as long as the lock was not taken for writing.
 * While it is held for writing, possibly by a preempted task, the mappings are read without the lock, as
 * the kernel does for a fault (lock_vma_under_rcu, mm/mmap_lock.c).
 */
#ifndef HT_FAULT_PLACE_BPF_H
#define HT_FAULT_PLACE_BPF_H

#include "faults/state.bpf.h"
#include "faults/maple_tree.bpf.h"
#include "faults/userfault.bpf.h"
#include "file.bpf.h"

/* include/linux/mm.h */
#define VM_SHARED 0x00000008
#define VM_GROWSDOWN 0x00000100
#define VM_HUGETLB 0x00400000

#define TMPFS_MAGIC 0x01021994 /* include/uapi/linux/magic.h */

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
	to->generation = 0;
	to->inode_at = 0;
	to->deleted = 0;
	to->unnamed = 0;
	to->facts = flags & VM_SHARED ? HT_FAULT_SHARED : 0;
	to->facts |= userfaults_of(area, flags);
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
	to->dev = FILE_DEV_BY(plain_field, inode, sb);
	to->generation = inode->i_generation;
	to->inode_at = (__u64)inode;
	to->deleted = !inode->i_nlink;
	to->place = HT_PLACE_FILE;
	if (flags & VM_HUGETLB || sb->s_magic == TMPFS_MAGIC)
		to->facts |= minor_userfaults_of(area, flags);
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

static __always_inline struct ht_known_path *path_now(struct ht_fault_state *state)
{
	return &state->paths[state->vma & (HT_KNOWN_VMAS - 1)];
}

/* The open file of place_now, or 0. */
static __always_inline __u64 file_now(struct ht_fault_state *state)
{
	return state->files[state->vma & (HT_KNOWN_VMAS - 1)];
}

/* Levels of a path that are compared at each fault: all where a load is cheap. */
#define FAULT_PATH_LEVELS (settings.rdonly_cast ? PATH_LEVELS : 2)

static __always_inline void remember_path(struct ht_known_path *path, __u64 file)
{
	if (settings.totals) /* no name is wanted */
		return;
	path->dentry = file ? (__u64)BPF_CORE_READ(opened_path((void *)file), dentry) : 0;
	path->hash = path->dentry ? PATH_HASH_BY(read_word, path->dentry, FAULT_PATH_LEVELS) : 0;
}

/*
 * Has the file of a known mapping, which keeps the inode and its name, been renamed since it was looked
 * up, or lost its last name?
 */
static __always_inline bool has_other_name(struct ht_known_vma *vma, struct ht_known_path *path)
{
	struct inode *inode = (void *)vma->inode_at;

	if (!inode || settings.totals)
		return false;
	if (!vma->deleted && !load_field(inode, i_nlink))
		return true;
	return path->dentry &&
	       PATH_HASH_BY(read_word, path->dentry, FAULT_PATH_LEVELS) != path->hash;
}

/* Is the mapping known that `address` lies in? Then it is place_now. */
static __always_inline bool knows_place(struct ht_fault_state *state, __u64 mm, __u32 writes,
					__u64 address, bool compare_name)
{
	int i;

	if (!holds(place_now(state), mm, writes, address)) {
		for (i = 0; i < HT_KNOWN_VMAS; i++)
			if (holds(&state->vmas[i], mm, writes, address))
				break;
		if (i == HT_KNOWN_VMAS)
			return false;
		state->vma = i;
	}
	return !compare_name || !has_other_name(place_now(state), path_now(state));
}

/*
 * Reads the mapping of `address` while another thread changes the mappings of the mm. Returns false
 * when the mapping cannot be found.
 */
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

static __always_inline void name_mapped_file(struct vma_look *look, struct ht_known_path *path,
					     __u64 now)
{
	struct ht_known_vma *vma = look->vma;
	struct ht_file_key key = {
		.inode = vma->inode, .dev = vma->dev, .generation = vma->generation};

	if (look->file && !settings.totals)
		name_open_file((void *)look->file, &key, path->hash, now);
}

/*
 * Finds the mapping of `address` in the task's mm and makes it place_now; its place is
 * HT_PLACE_UNKNOWN when it cannot be found. Looking it up can take longer than the fault itself, so
 * *end_ns is set to the time before the look-up, and is left alone when the mapping was known. Its
 * file is not named yet. Without `compare_name` a known mapping's file is taken to have the name that
 * was recorded: at the end of a fault, whose entry has compared it.
 */
static __always_inline struct ht_known_vma *
look_up_place(struct task_struct *task, struct mm_struct *mm, struct ht_fault_state *state,
	   __u64 address, __u64 *end_ns, bool compare_name)
{
	struct vma_look look = {.mm = mm};
	__u32 writes = mm_writes(mm);
	__u64 identity = mm_identity(mm);
	struct ht_known_vma *vma;

	if (knows_place(state, identity, writes, address, compare_name))
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
	remember_path(path_now(state), look.file);
	vma->unnamed = !!look.file;
	state->files[state->vma & (HT_KNOWN_VMAS - 1)] = look.file;
	return vma;
}

/* The same, and records the name of its file. */
static __always_inline struct ht_known_vma *
find_named_place(struct task_struct *task, struct mm_struct *mm, struct ht_fault_state *state,
		 __u64 address, __u64 *end_ns, bool compare_name)
{
	struct ht_known_vma *vma = look_up_place(task, mm, state, address, end_ns, compare_name);
	struct vma_look look = {.vma = vma};

	if (!vma->unnamed)
		return vma;
	vma->unnamed = 0;
	look.file = file_now(state);
	if (!*end_ns)
		*end_ns = bpf_ktime_get_boot_ns();
	name_mapped_file(&look, path_now(state), *end_ns);
	return vma;
}

static __always_inline struct ht_known_vma *
find_place(struct task_struct *task, struct mm_struct *mm, struct ht_fault_state *state,
	   __u64 address, __u64 *end_ns)
{
	return find_named_place(task, mm, state, address, end_ns, true);
}

/*
 * The task's mappings go away: files that have another name, or none, since they were looked up. A known
 * mapping is still there, and so is its file.
 */
static __always_inline void name_renamed_files(struct task_struct *task, struct ht_fault_state *state)
{
	struct mm_struct *mm = task->mm;
	__u64 now;
	int i;

	if (!mm)
		return;
	now = bpf_ktime_get_boot_ns();
	for (i = 0; i < HT_KNOWN_VMAS; i++) {
		struct ht_known_vma *vma;
		struct vma_look look;

		state->vma = i;
		vma = place_now(state);
		look = (struct vma_look){.vma = vma, .file = file_now(state)};
		if (!holds(vma, mm_identity(mm), mm_writes(mm), vma->start) || !look.file ||
		    !has_other_name(vma, path_now(state)))
			continue;
		remember_path(path_now(state), look.file);
		name_mapped_file(&look, path_now(state), now);
	}
}

#endif
