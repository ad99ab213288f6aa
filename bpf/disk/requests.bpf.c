/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The disk family's block requests: one record per request, made when it is done.
 *
 * A request begins at block_io_start, in the task that submits it. Kernels before 6.5 have no such hook:
 * there block_getrq passes the request's first bio, by which block_rq_issue finds what was known then.
 * At block_rq_issue, the first time, all bios are linked: they are walked for their bytes, their number
 * and their files. The kernel's flush requests (a device's cache is written out) begin nowhere but there.
 *
 * With a target, requests that a traced task submits are recorded, and what kernel threads write of
 * files that a traced task has dirtied.
 */
#include "disk/bio.bpf.h"
#include "disk/context.bpf.h"
#include "unpreempted.bpf.h"
#include <bpf/bpf_tracing.h>

#define WALK_BIOS 512 /* a request of 1280 KiB has at most 320 of 4 KiB */

/* Scratch memory of a request's begin; preemption is off. */
struct disk_scratch {
	struct ht_disk request;
	struct bio_file file;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct disk_scratch);
} disk_scratch SEC(".maps");

/* The cgroup that pays: of a writeback the file's (v2 only), else the task's. */
static __always_inline __u64 paying_cgroup(struct bio *bio, struct task_struct *task, bool kthread)
{
	struct css_set *set = load_field(task, cgroups);
	struct cgroup *own = set ? load_field(set, dfl_cgrp) : 0, *payer;
	struct blkcg_gq *group;
	struct kernfs_node *node;
	struct blkcg *blkcg;

	if (kthread && bpf_core_field_exists(bio->bi_blkg)) {
		group = load_field(bio, bi_blkg);
		blkcg = group ? BPF_CORE_READ(group, blkcg) : 0;
		payer = blkcg ? BPF_CORE_READ(blkcg, css.cgroup) : 0;
		if (payer && BPF_CORE_READ(payer, root) == BPF_CORE_READ(own, root))
			return BPF_CORE_READ(payer, kn, id);
	}
	node = own ? load_field(own, kn) : 0;
	return node ? load_field(node, id) : 0;
}

/* Is the request recorded? Fills whose it is. */
static __always_inline bool begin_request(struct disk_scratch *scratch, struct bio *bio, __u32 cmd_flags,
					  __u64 now)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct ht_disk *request = &scratch->request;
	struct bio_file *file = &scratch->file;
	bool kthread = task->flags & PF_KTHREAD;
	__u32 tid = task->pid;
	bool traced = task->tgid != settings.self_pid && is_traced(tid);
	struct block_device *part;
	__u64 hash = 0;

	if (settings.filter && !traced && !kthread)
		return false;
	fill_bio_file(file, bio, cmd_flags, false);
	if (file->inode)
		hash = hash_file(&file->key);
	if (settings.filter && !traced &&
	    !(hash && has_bit(&dirtied_files, dirtied_bit(hash))))
		return false;
	if (file->inode)
		name_file(file->inode, &file->key, hash, now);
	__builtin_memset(request, 0, sizeof(*request));
	request->head.tid = tid;
	request->file = file->key;
	request->offset = file->offset;
	request->kind = file->kind;
	request->serial = serial_of(now);
	request->start_ns = now;
	request->op = disk_op(cmd_flags);
	request->flags = disk_flags(cmd_flags);
	if (traced)
		request->flags |= HT_REQ_TRACED;
	if (kthread)
		request->flags |= HT_REQ_KTHREAD;
	if (file->direct)
		request->flags |= HT_REQ_DIRECT;
	request->call = current_call(task);
	request->cgroup_id = paying_cgroup(bio, task, kthread);
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

/* A walk along the bios of a request. */
struct bio_walk {
	struct disk_scratch *scratch;
	struct bio *bio;
	struct ht_file_key part; /* the file of the last bios, when it is not the request's */
	__u64 offset;
	__u64 next; /* in the file: what a bio that continues the last one begins with */
	__u64 now;
	__u32 part_bytes;
	__u32 bytes;
	__u32 bios;
	__u32 cmd_flags;
	__u8 kind;
	__u8 in_part;
	__u8 pad[6];
};

static __always_inline void emit_part(struct bio_walk *walk)
{
	struct ht_disk_part *part;
	struct emitter e;

	if (!walk->part_bytes)
		return;
	part = EMIT_BEGIN_AT(&e, DISK_PART, walk->scratch->request.head.tid, walk->now);
	if (!part)
		return;
	part->file = walk->part;
	part->serial = walk->scratch->request.serial;
	part->offset = walk->offset;
	part->bytes = walk->part_bytes;
	part->kind = walk->kind;
	__builtin_memset(part->pad, 0, sizeof(part->pad));
	EMIT_END(&e, part);
	walk->part_bytes = 0;
}

static __always_inline bool is_same_file(const struct ht_file_key *a, const struct ht_file_key *b)
{
	return a->inode == b->inode && a->dev == b->dev && a->generation == b->generation;
}

static __always_inline bool continues(struct bio_walk *walk, const struct bio_file *file,
				      const struct ht_file_key *key, __u8 kind)
{
	return file->kind == kind && is_same_file(&file->key, key) &&
	       (file->offset == HT_UNKNOWN_NS || file->offset == walk->next);
}

static long walk_bio(__u32 index, void *context)
{
	struct bio_walk *walk = context;
	struct bio *bio = walk->bio;
	struct bio_file *file;
	__u32 bytes;

	if (!bio || !walk->scratch)
		return 1;
	bytes = BPF_CORE_READ(bio, bi_iter.bi_size);
	walk->bytes += bytes;
	walk->bios++;
	walk->bio = BPF_CORE_READ(bio, bi_next);
	if (!index) {
		walk->next = walk->scratch->request.offset + bytes;
		return 0;
	}
	file = &walk->scratch->file;
	fill_bio_file(file, bio, walk->cmd_flags, true);
	/* It continues the request's first file, from where that ended, or the part that was begun. */
	if (!walk->in_part && continues(walk, file, &walk->scratch->request.file,
					walk->scratch->request.kind)) {
		walk->next = file->offset + bytes;
		return 0;
	}
	if (walk->in_part && !continues(walk, file, &walk->part, walk->kind))
		emit_part(walk);
	if (!walk->part_bytes) {
		walk->in_part = 1;
		walk->part = file->key;
		walk->kind = file->kind;
		walk->offset = file->offset;
		if (file->inode)
			name_file(file->inode, &file->key, hash_file(&file->key), walk->now);
	}
	walk->next = file->offset + bytes;
	walk->part_bytes += bytes;
	return 0;
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

/* Without block_io_start a request is known by its first bio at first; `otherwise` where that is not known. */
static __always_inline struct ht_disk *take_from_bio(struct request *rq, struct ht_disk *otherwise)
{
	__u64 bio = (__u64)rq->bio;
	struct ht_disk *of_bio = bio ? find_request(bio) : 0;

	if (!of_bio)
		return otherwise;
	keep_request((__u64)rq, of_bio);
	drop_request(bio);
	return find_request((__u64)rq);
}

/* struct request *rq; it goes to the driver, for the first time or again */
HT_UNPREEMPTED("?tp_btf/block_rq_issue", on_rq_issue)
{
	struct request *rq = (void *)ctx[0];
	__u64 key = (__u64)rq, now;
	struct disk_scratch *scratch;
	struct bio_walk walk = {};
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
	/* The usual case: one bio, whose file is known. */
	if (!rq->bio || !rq->bio->bi_next)
		return 0;
	scratch->request = *request;
	walk.scratch = scratch;
	walk.bio = rq->bio;
	walk.now = now;
	walk.cmd_flags = rq->cmd_flags;
	bpf_loop(WALK_BIOS, walk_bio, &walk, 0);
	emit_part(&walk);
	if (walk.bio)
		request->flags |= HT_REQ_CUT;
	request->merges = walk.bios ? walk.bios - 1 : 0;
	request->bytes = walk.bytes;
	return 0;
}

/* struct request *rq; it became part of another one */
SEC("?tp_btf/block_rq_merge")
int BPF_PROG(on_rq_merge, struct request *rq)
{
	if (find_request((__u64)rq))
		drop_request((__u64)rq);
	return 0;
}

static __always_inline void end_request(struct request *rq, struct ht_disk *request, __u64 now)
{
	struct ht_disk *record;
	struct emitter e;

	record = EMIT_BEGIN_AT(&e, DISK, request->head.tid, now);
	if (record) {
		struct ht_header head = record->head;

		*record = *request;
		record->head = head;
		EMIT_END(&e, record);
	}
	drop_request((__u64)rq);
}

/* A part of a flush sequence: the request itself goes on (block/blk-flush.c). */
static __always_inline bool is_in_flush_sequence(struct request *rq)
{
	return rq->rq_flags & settings.rqf_flush_seq;
}

/*
 * Is block_io_done called for this request? Not for the flush request, and not with iostats=0 unless
 * something else needs its time (blk_mq_need_time_stamp(), block/blk-mq.c).
 */
static __always_inline bool ends_with_io_done(struct request *rq)
{
	return settings.disk_io_done && rq->rq_flags & settings.rqf_io_stat;
}

/* struct request *rq, blk_status_t error, unsigned int nr_bytes; before the bios are ended */
SEC("?tp_btf/block_rq_complete")
int BPF_PROG(on_rq_complete, struct request *rq, __u8 error, unsigned int nr_bytes)
{
	struct ht_disk *request = find_request((__u64)rq);
	struct disk_bracket *bracket = this_bracket();
	__u64 now;

	/* A flush without data is never issued itself: its flush request is (block/blk-flush.c). */
	if (!settings.disk_io_start && !request)
		request = take_from_bio(rq, request);
	if (bracket) {
		bracket->serial = request ? request->serial : 0;
		bracket->tid = (__u32)bpf_get_current_pid_tgid();
		bracket->context = waking_context_here();
		bracket->open = 1;
	}
	if (!request)
		return 0;
	now = bpf_ktime_get_boot_ns();
	if (!request->complete_ns || request->op == HT_DISK_FLUSH)
		request->bytes = 0;
	request->bytes += nr_bytes;
	request->complete_ns = now;
	if (error)
		request->status = error;
	if (rq->rq_flags & settings.rqf_io_stat)
		request->flags |= HT_REQ_COUNTED;
	if (request->op == HT_DISK_FLUSH ||
	    (!ends_with_io_done(rq) && !is_in_flush_sequence(rq) && nr_bytes >= rq->__data_len))
		end_request(rq, request, now);
	return 0;
}

/* struct request *rq; all bios are ended, and whoever slept for them is woken */
SEC("?tp_btf/block_io_done")
int BPF_PROG(on_io_done, struct request *rq)
{
	struct ht_disk *request = find_request((__u64)rq);
	struct disk_bracket *bracket = this_bracket();

	if (bracket)
		bracket->open = 0;
	if (request && !is_in_flush_sequence(rq))
		end_request(rq, request, bpf_ktime_get_boot_ns());
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
