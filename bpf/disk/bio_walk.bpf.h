/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bios of a request, when all are linked: their bytes, their number, and a record for each run of them
 * that is of another file, or of another place in it, than the request's first.
 */
#ifndef HT_DISK_BIO_WALK_BPF_H
#define HT_DISK_BIO_WALK_BPF_H

#include "disk/bio.bpf.h"

#define WALK_BIOS 512 /* a request of 1280 KiB has at most 320 of 4 KiB */

/*
 * A walk along the bios of a request. In a map: verifiers before ab5cfac139ab (6.7) check a callback of bpf_loop() as
 * if it were called once, take what the stack has at the first call for its value at every call, and remove
 * the code that is for others.
 */
struct bio_walk {
	struct ht_file_key part; /* the file of the last bios, when it is not the request's */
	__u64 bio;
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

/* Scratch memory of a request's begin; preemption is off. */
struct disk_scratch {
	struct ht_disk request;
	struct bio_file file;
	struct bio_walk walk;
};

struct walk_context {
	struct disk_scratch *scratch;
};

static __always_inline void emit_part(struct disk_scratch *scratch)
{
	struct bio_walk *walk = &scratch->walk;
	struct ht_disk_part *part;
	struct emitter e;

	if (!walk->part_bytes)
		return;
	part = EMIT_BEGIN_AT(&e, DISK_PART, scratch->request.head.tid, walk->now);
	if (!part)
		return;
	part->file = walk->part;
	part->serial = scratch->request.serial;
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
	struct disk_scratch *scratch = ((struct walk_context *)context)->scratch;
	struct bio_walk *walk;
	struct bio_file *file;
	struct bio *bio;
	__u32 bytes;

	if (!scratch)
		return 1;
	walk = &scratch->walk;
	bio = (struct bio *)walk->bio;
	if (!bio)
		return 1;
	bytes = BPF_CORE_READ(bio, bi_iter.bi_size);
	walk->bytes += bytes;
	walk->bio = (__u64)BPF_CORE_READ(bio, bi_next);
	/* Not by the index: it is 0 at the only call that an old verifier looks at. */
	if (!walk->bios++) {
		walk->next = scratch->request.offset + bytes;
		return 0;
	}
	file = &scratch->file;
	fill_bio_file(file, bio, walk->cmd_flags, true);
	/* It continues the request's first file, from where that ended, or the part that was begun. */
	if (!walk->in_part &&
	    continues(walk, file, &scratch->request.file, scratch->request.kind)) {
		walk->next = file->offset + bytes;
		return 0;
	}
	if (walk->in_part && !continues(walk, file, &walk->part, walk->kind))
		emit_part(scratch);
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

/* Walks the bios of `request`, whose first file is known. */
static __always_inline void walk_bios(struct request *rq, struct ht_disk *request,
				      struct disk_scratch *scratch, __u64 now)
{
	struct walk_context context = {scratch};
	struct bio_walk *walk = &scratch->walk;

	__builtin_memset(walk, 0, sizeof(*walk));
	walk->bio = number_of((__u64)rq->bio);
	walk->now = now;
	walk->cmd_flags = rq->cmd_flags;
	scratch->request = *request;
	bpf_loop(WALK_BIOS, walk_bio, &context, 0);
	emit_part(scratch);
	if (walk->bio)
		request->flags |= HT_REQ_CUT;
	request->merges = walk->bios ? walk->bios - 1 : 0;
	request->bytes = walk->bytes;
}

#endif
