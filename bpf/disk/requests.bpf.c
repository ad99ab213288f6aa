/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The disk family's block requests, from their begin to the driver. completion.bpf.c makes the record of a
 * request that is done.
 *
 * A request begins at block_io_start, in the task that submits it. Kernels before 6.5 have no such hook:
 * there block_getrq passes the request's first bio, by which block_rq_issue finds what was known then.
 * At block_rq_issue, the first time, all bios are linked: they are walked for their bytes, their number
 * and their files. The kernel's flush requests (a device's cache is written out) begin nowhere but there.
 *
 * With a target, requests that a traced task submits are recorded, and what kernel threads write of
 * files that a traced task has dirtied. For `serve` they are those that a served cgroup pays.
 */
#include "disk/bio_walk.bpf.h"
#include "disk/context.bpf.h"
#include "disk/sums.bpf.h"
#include "unpreempted.bpf.h"
#include <bpf/bpf_tracing.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct disk_scratch);
} disk_scratch SEC(".maps");

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

/* The file of a request's first bio; false when the request is not recorded. */
static __always_inline bool take_file(struct disk_scratch *scratch, struct bio *bio, __u32 cmd_flags,
				      bool traced, __u64 now)
{
	struct bio_file *file = &scratch->file;
	__u64 hash = 0;

	fill_bio_file(file, bio, cmd_flags, false);
	if (file->inode)
		hash = hash_file(&file->key);
	if (settings.filter && !traced &&
	    !(hash && has_bit(&dirtied_files, dirtied_bit(hash))))
		return false;
	if (file->inode)
		name_file(file->inode, &file->key, hash, now);
	return true;
}

/* Is the request recorded? Fills whose it is. */
static __always_inline bool begin_request(struct disk_scratch *scratch, struct bio *bio, __u32 cmd_flags,
					  __u64 now)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct ht_disk *request = &scratch->request;
	bool kthread = task->flags & PF_KTHREAD, traced;
	__u32 tid = task->pid, cpu = bpf_get_smp_processor_id();
	struct bio_file *file = &scratch->file;
	struct block_device *part;
	struct cgroup *payer;
	__u64 cgroup_id;

	if (settings.totals) {
		payer = paying_cgroup(bio, task, kthread);
		cgroup_id = id_of(payer);
		traced = has_sums(payer, cgroup_id, cpu);
		if (!traced)
			return false;
	} else {
		traced = task->tgid != settings.self_pid && is_traced(tid);
		if (settings.filter && !traced && !kthread)
			return false;
		if (!take_file(scratch, bio, cmd_flags, traced, now))
			return false;
		cgroup_id = id_of(paying_cgroup(bio, task, kthread));
	}
	__builtin_memset(request, 0, sizeof(*request));
	request->head.tid = tid;
	request->head.cpu = cpu;
	if (!settings.totals) {
		request->file = file->key;
		request->offset = file->offset;
		request->kind = file->kind;
		if (file->direct)
			request->flags |= HT_REQ_DIRECT;
		request->call = current_call(task);
	}
	request->serial = serial_of(now);
	request->start_ns = now;
	request->op = disk_op(cmd_flags);
	request->flags |= disk_flags(cmd_flags);
	if (traced)
		request->flags |= HT_REQ_TRACED;
	if (kthread)
		request->flags |= HT_REQ_KTHREAD;
	request->cgroup_id = cgroup_id;
	request->sector = load_field(bio, bi_iter.bi_sector);
	request->bytes = load_field(bio, bi_iter.bi_size);
	part = load_field(bio, bi_bdev);
	if (part) {
		request->part = load_field(part, bd_dev);
		request->dev = disk_dev(load_field(part, bd_disk));
	}
	if (request->flags & (HT_REQ_PREFLUSH | HT_REQ_FUA)) {
		struct disk_flusher flusher = {
			.serial = request->serial,
			.cgroup_id = request->cgroup_id,
			.tid = tid,
			.flags = request->flags & (HT_REQ_TRACED | HT_REQ_KTHREAD),
			.cpu = cpu,
		};

		bpf_map_update_elem(&disk_flushers, &request->dev, &flusher, BPF_ANY);
	}
	return true;
}

static __always_inline int start_request(__u64 key, struct bio *bio, __u32 cmd_flags)
{
	struct disk_scratch *scratch;
	__u32 zero = 0;

	if (!bio)
		return 0;
	scratch = bpf_map_lookup_elem(&disk_scratch, &zero);
	if (scratch && begin_request(scratch, bio, cmd_flags, bpf_ktime_get_boot_ns()))
		keep_request(key, &scratch->request);
	else
		drop_request_if_any(key);
	return 0;
}

/* struct request *rq; the first bio is linked, the rest of the request is not filled yet */
HT_UNPREEMPTED("?tp_btf/block_io_start", on_io_start)
{
	struct request *rq = (void *)ctx[0];

	return start_request((__u64)rq, rq->bio, rq->cmd_flags);
}

/* struct bio *bio; it gets a request of its own. Only where there is no block_io_start. */
HT_UNPREEMPTED("?tp_btf/block_getrq", on_getrq)
{
	struct bio *bio = (void *)ctx[0];

	return start_request((__u64)bio, bio, bio->bi_opf);
}

/* The kernel's own flush: it has no bio, and begins here. */
static __always_inline void begin_flush(struct request *rq, struct disk_scratch *scratch, __u64 now)
{
	struct ht_disk *request = &scratch->request;
	__u32 dev = disk_dev(load_field(rq->q, disk));
	struct disk_flusher *flusher = bpf_map_lookup_elem(&disk_flushers, &dev);

	if (settings.filter && (!flusher || !(flusher->flags & HT_REQ_TRACED)))
		return;
	__builtin_memset(request, 0, sizeof(*request));
	if (flusher) {
		request->head.tid = flusher->tid;
		request->cgroup_id = flusher->cgroup_id;
		request->head.cpu = flusher->cpu;
		request->flags = flusher->flags;
	}
	request->serial = serial_of(now);
	request->start_ns = request->issue_ns = now;
	request->op = HT_DISK_FLUSH;
	request->flags |= disk_flags(rq->cmd_flags);
	request->dev = request->part = dev;
	request->offset = HT_UNKNOWN_NS;
	keep_request((__u64)rq, request);
}

/* struct request *rq; it goes to the driver, for the first time or again */
HT_UNPREEMPTED("?tp_btf/block_rq_issue", on_rq_issue)
{
	struct request *rq = (void *)ctx[0];
	__u64 key = (__u64)rq, now;
	struct disk_scratch *scratch;
	struct ht_disk *request = find_request(key);
	__u32 zero = 0;

	/* On a kernel without block_io_start an entry of this address that was issued is an old one. */
	if (!settings.disk_io_start && (!request || request->issue_ns))
		request = take_from_bio(rq, request);
	if (request && request->issue_ns) {
		if (request->op != HT_DISK_FLUSH || (rq->cmd_flags & OP_MASK) != OP_FLUSH ||
		    !request->complete_ns) {
			request->requeues++;
			return 0;
		}
	}
	now = bpf_ktime_get_boot_ns();
	scratch = bpf_map_lookup_elem(&disk_scratch, &zero);
	if (!scratch)
		return 0;
	if (!request) {
		if ((rq->cmd_flags & OP_MASK) == OP_FLUSH)
			begin_flush(rq, scratch, now);
		return 0;
	}
	request->issue_ns = now;
	request->sector = rq->__sector;
	/* The usual case: one bio, whose file is known. Sums are of no file. */
	if (settings.totals || !rq->bio || !rq->bio->bi_next)
		return 0;
	walk_bios(rq, request, scratch, now);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
