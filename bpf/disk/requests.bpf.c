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
#include "disk/begin.bpf.h"
#include "unpreempted.bpf.h"
#include <bpf/bpf_tracing.h>

/* struct request *rq; the first bio is linked, the rest of the request is not filled yet */
HT_UNPREEMPTED("?tp_btf/block_io_start", on_io_start)
{
	struct request *rq = (void *)ctx[0];

	return start_request((__u64)rq, rq->bio, rq->cmd_flags, 0);
}

/* struct bio *bio; it gets a request of its own. Only where there is no block_io_start. */
HT_UNPREEMPTED("?tp_btf/block_getrq", on_getrq)
{
	struct bio *bio = (void *)ctx[0];

	return start_request((__u64)bio, bio, bio->bi_opf, 0);
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
		request->upper = flusher->upper;
	}
	request->serial = serial_of(now);
	request->start_ns = request->issue_ns = now;
	request->op = HT_DISK_FLUSH;
	request->flags |= disk_flags(rq->cmd_flags);
	request->dev = request->part = dev;
	request->offset = HT_UNKNOWN_NS;
	keep_request((__u64)rq, request);
}

/* A search for the bio that a request began with. */
struct bio_search {
	__u64 bio;
	__u64 found; /* 0 = not yet */
};

static long look_at_bio(__u32 index, void *context)
{
	struct bio_search *search = context;

	if (!search->bio)
		return 1;
	if (find_request(search->bio)) {
		search->found = search->bio;
		return 1;
	}
	search->bio = probe_word(search->bio + bpf_core_field_offset(struct bio, bi_next));
	return 0;
}

/* Without block_io_start: bios that were merged to its front are before the one that it began with. */
static __always_inline struct ht_disk *take_from_later_bio(struct request *rq)
{
	struct bio_search search = {.bio = number_of((__u64)rq->bio)};
	struct ht_disk *of_bio;

	bpf_loop(WALK_BIOS, look_at_bio, &search, 0);
	of_bio = search.found ? find_request(search.found) : 0;
	if (!of_bio)
		return 0;
	keep_request((__u64)rq, of_bio);
	drop_request(search.found);
	return find_request((__u64)rq);
}

struct wanted_search {
	struct disk_scratch *scratch;
	struct bio *bio;
	__u32 cmd_flags;
	__u32 found;
};

static long look_for_wanted(__u32 index, void *context)
{
	struct wanted_search *search = context;
	struct bio *bio = search->bio;
	struct bio_file *file;

	if (!bio || !search->scratch)
		return 1;
	file = &search->scratch->file;
	fill_bio_file(file, bio, search->cmd_flags, true);
	if (file->inode && has_bit(&dirtied_files, dirtied_bit(hash_file(&file->key)))) {
		search->found = 1;
		return 1;
	}
	search->bio = BPF_CORE_READ(bio, bi_next);
	return 0;
}

/* Is one of its bios of a file that the target dirtied? Then its first file gets its name. */
static __always_inline bool is_wanted_after_all(struct request *rq, struct disk_scratch *scratch, __u64 now)
{
	struct wanted_search search = {
		.scratch = scratch,
		.bio = rq->bio,
		.cmd_flags = rq->cmd_flags,
	};
	struct bio_file *file = &scratch->file;

	if (!rq->bio || !rq->bio->bi_next)
		return false;
	bpf_loop(WALK_BIOS, look_for_wanted, &search, 0);
	if (!search.found)
		return false;
	fill_bio_file(file, rq->bio, rq->cmd_flags, false);
	if (file->inode)
		name_file(file->inode, &file->key, hash_file(&file->key), now);
	return true;
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
	if (!settings.disk_io_start && (!request || request->issue_ns)) {
		request = take_from_bio(rq, request);
		if (!request && rq->bio)
			request = take_from_later_bio(rq);
	}
	if (request && request->issue_ns) {
		if (request->op != HT_DISK_FLUSH || (rq->cmd_flags & OP_MASK) != OP_FLUSH ||
		    !request->complete_ns) {
			request->requeues++;
			return 0;
		}
	}
	if (!request && (rq->cmd_flags & OP_MASK) != OP_FLUSH)
		return 0;
	now = bpf_ktime_get_boot_ns();
	scratch = bpf_map_lookup_elem(&disk_scratch, &zero);
	if (!scratch)
		return 0;
	if (!request) {
		begin_flush(rq, scratch, now);
		return 0;
	}
	if (request->flags & HT_REQ_UNDECIDED) {
		if (!is_wanted_after_all(rq, scratch, now)) {
			drop_request(key);
			return 0;
		}
		request->flags &= ~HT_REQ_UNDECIDED;
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
