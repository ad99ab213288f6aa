/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request begins: is it recorded, and whose is it? */
#ifndef HT_DISK_BEGIN_BPF_H
#define HT_DISK_BEGIN_BPF_H

#include "disk/bio_walk.bpf.h"
#include "disk/context.bpf.h"
#include "disk/sums.bpf.h"

#define LOOP_MAJOR 7 /* include/uapi/linux/major.h */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct disk_scratch);
} disk_scratch __weak SEC(".maps");

/* The cgroup that pays: of a writeback the file's (v2 only), else the task's. */
static __always_inline struct cgroup *paying_cgroup(struct bio *bio, struct task_struct *task,
						    bool kthread)
{
	struct css_set *set = load_field(task, cgroups);
	struct cgroup *own = set ? load_field(set, dfl_cgrp) : 0, *payer;
	struct blkcg_gq *group;
	struct blkcg *blkcg;

	if (kthread && bpf_core_field_exists(bio->bi_blkg)) {
		group = load_field(bio, bi_blkg);
		blkcg = group ? BPF_CORE_READ(group, blkcg) : 0;
		payer = blkcg ? BPF_CORE_READ(blkcg, css.cgroup) : 0;
		if (payer && BPF_CORE_READ(payer, root) == BPF_CORE_READ(own, root))
			return payer;
	}
	return own;
}

static __always_inline __u64 id_of(struct cgroup *cgroup)
{
	struct kernfs_node *node = cgroup ? load_field(cgroup, kn) : 0;

	return node ? load_field(node, id) : 0;
}

/* The request of the device above, when it is recorded and known to be that. */
static __always_inline struct ht_disk *request_above(const struct bio_file *file)
{
	__u64 request;

	if (settings.disk_layers && file->above)
		return find_request(key_of_bio(file->above));
	if (!settings.loop_end_io || !file->iocb)
		return 0;
	request = request_of_loop(file->iocb);
	return request ? find_request(request) : 0;
}

/*
 * A traced task asks for something on a loop device: what the device's worker asks for in the backing file is
 * recorded too, although a kernel thread does it.
 */
static __always_inline void mark_backing_file(struct gendisk *disk)
{
	struct ht_file_key key;
	struct inode *inode;
	__u64 loop, file;

	if (!settings.filter || !settings.loop_file || !disk || load_field(disk, major) != LOOP_MAJOR)
		return;
	loop = (__u64)load_field(disk, private_data);
	file = loop ? read_word(loop + settings.loop_file) : 0;
	inode = file ? load_field((struct file *)file, f_inode) : 0;
	if (!inode)
		return;
	FILL_FILE_KEY_BY(load_field, &key, inode);
	set_bits(&dirtied_files, dirtied_bit(hash_file(&key)), 1);
}

/* Whom it is for, and of which file; false when the request is not recorded. */
static __always_inline bool take_file(struct disk_scratch *scratch, struct bio *bio, __u32 cmd_flags,
				      bool *traced, __u64 now)
{
	struct ht_disk *request = &scratch->request, *above;
	struct bio_file *file = &scratch->file;
	__u64 hash = 0;

	fill_bio_file(file, bio, cmd_flags, false);
	if (file->inode)
		hash = hash_file(&file->key);
	above = request_above(file);
	if (above) {
		request->upper = above->upper ? above->upper : above->serial;
		request->head.tid = above->head.tid;
		request->cgroup_id = above->cgroup_id;
		request->call = above->call;
		request->flags = above->flags & (HT_REQ_TRACED | HT_REQ_KTHREAD);
		*traced = above->flags & HT_REQ_TRACED;
	} else if (settings.filter && !*traced &&
		   !(hash && has_bit(&dirtied_files, dirtied_bit(hash)))) {
		/* Pages of a wanted file may be merged to it: known when it is issued. */
		if (disk_op(cmd_flags) != HT_DISK_WRITE || !file->inode)
			return false;
		request->flags = HT_REQ_UNDECIDED;
		return true;
	}
	if (file->inode)
		name_file(file->inode, &file->key, hash, now);
	return true;
}

/* Is the request recorded? Fills whose it is. */
static __always_inline bool begin_request(struct disk_scratch *scratch, struct bio *bio, __u32 cmd_flags,
					  __u64 now, __u16 more_flags)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct ht_disk *request = &scratch->request;
	bool kthread = task->flags & PF_KTHREAD, traced;
	__u32 tid = task->pid, cpu = bpf_get_smp_processor_id();
	struct bio_file *file = &scratch->file;
	struct block_device *part;
	struct gendisk *disk;
	struct cgroup *payer;
	__u64 cgroup_id;

	if (settings.totals) {
		payer = paying_cgroup(bio, task, kthread);
		cgroup_id = id_of(payer);
		traced = has_sums(payer, cgroup_id, cpu);
		if (!traced)
			return false;
		__builtin_memset(request, 0, sizeof(*request));
		request->cgroup_id = cgroup_id;
		request->head.tid = tid;
	} else {
		traced = task->tgid != settings.self_pid && is_traced(tid);
		__builtin_memset(request, 0, sizeof(*request));
		request->head.tid = tid;
		if (!take_file(scratch, bio, cmd_flags, &traced, now))
			return false;
	}
	request->head.cpu = cpu;
	if (!settings.totals) {
		request->file = file->key;
		request->offset = file->offset;
		request->kind = file->kind;
		if (file->direct)
			request->flags |= HT_REQ_DIRECT;
	}
	if (!request->upper) {
		if (!settings.totals) {
			request->cgroup_id = id_of(paying_cgroup(bio, task, kthread));
			request->call = current_call(task);
		}
		if (traced)
			request->flags |= HT_REQ_TRACED;
		if (kthread)
			request->flags |= HT_REQ_KTHREAD;
	}
	request->serial = serial_of(now);
	request->start_ns = now;
	request->op = disk_op(cmd_flags);
	request->flags |= disk_flags(cmd_flags) | more_flags;
	request->sector = load_field(bio, bi_iter.bi_sector);
	request->bytes = load_field(bio, bi_iter.bi_size);
	part = load_field(bio, bi_bdev);
	if (part) {
		request->part = load_field(part, bd_dev);
		disk = load_field(part, bd_disk);
		request->dev = disk_dev(disk);
		if (!settings.totals && traced)
			mark_backing_file(disk);
	}
	if (request->flags & (HT_REQ_PREFLUSH | HT_REQ_FUA)) {
		struct disk_flusher flusher = {
			.serial = request->serial,
			.upper = request->upper,
			.cgroup_id = request->cgroup_id,
			.tid = request->head.tid,
			.flags = request->flags & (HT_REQ_TRACED | HT_REQ_KTHREAD),
			.cpu = cpu,
		};

		bpf_map_update_elem(&disk_flushers, &request->dev, &flusher, BPF_ANY);
	}
	return true;
}

/* Most requests on a busy machine: of nobody in the target, nor of a kernel thread for it. */
static __always_inline bool is_of_strangers(void)
{
	struct task_struct *task;

	if (!settings.filter || settings.totals)
		return false;
	task = bpf_get_current_task_btf();
	return !(task->flags & PF_KTHREAD) &&
	       (!is_traced(task->pid) || task->tgid == settings.self_pid);
}

static __always_inline int start_request(__u64 key, struct bio *bio, __u32 cmd_flags, __u16 more_flags)
{
	struct disk_scratch *scratch;
	__u32 zero = 0;
	__u64 now;

	if (!bio)
		return 0;
	if (is_of_strangers()) {
		drop_request_if_any(key);
		return 0;
	}
	scratch = bpf_map_lookup_elem(&disk_scratch, &zero);
	now = bpf_ktime_get_boot_ns();
	if (scratch && begin_request(scratch, bio, cmd_flags, now, more_flags)) {
		/* Nothing queues it. */
		if (more_flags & HT_REQ_BIO)
			scratch->request.issue_ns = now;
		keep_request(key, &scratch->request);
	} else {
		drop_request_if_any(key);
	}
	return 0;
}

#endif
