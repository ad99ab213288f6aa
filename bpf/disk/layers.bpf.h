/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices above others. dm and md make bios of their own for the device below, often in a worker. The
 * function that is called at the end of such a bio (bi_end_io) tells whose it is, and how the bio of the
 * device above is reached from it: settings.bio_steps, which live/bio_steps.cpp has found.
 */
#ifndef HT_DISK_LAYERS_BPF_H
#define HT_DISK_LAYERS_BPF_H

#include "disk/request.bpf.h"
#include "path_hash.bpf.h"

#define MOST_STEPS_UP 6 /* crypt on linear: dm_crypt_io, its clone, its bio's clone; splits come in addition */

/* The bio that this one is a part of; 0 = none is known. */
static __always_inline __u64 bio_above(__u64 bio, bool *is_layer)
{
	__u64 end_io = probe_word(bio + bpf_core_field_offset(struct bio, bi_end_io)), at = 0;
	int i;

	if (!end_io)
		return 0;
#pragma unroll
	for (i = 0; i < HT_BIO_STEPS; i++) {
		if (settings.bio_steps[i].end_io != end_io)
			continue;
		if (settings.bio_steps[i].container == HT_STEP_PRIVATE)
			at = probe_word(bio + bpf_core_field_offset(struct bio, bi_private));
		else
			at = bio - settings.bio_steps[i].container;
		if (at && settings.bio_steps[i].first != HT_STEP_NONE)
			at = probe_word(at + settings.bio_steps[i].first);
		if (at && settings.bio_steps[i].second != HT_STEP_NONE)
			at = probe_word(at + settings.bio_steps[i].second);
		*is_layer |= settings.bio_steps[i].is_layer;
		return at;
	}
	return 0;
}

/* The bio of the topmost device; 0 = this bio is not known to be a part of one. */
static __noinline __u64 topmost_bio(__u64 bio)
{
	bool is_layer = false;
	__u64 above;
	int i;

#pragma unroll
	for (i = 0; i < MOST_STEPS_UP; i++) {
		above = bio_above(bio, &is_layer);
		if (!above)
			break;
		bio = above;
	}
	return is_layer ? bio : 0;
}

/* Does the bio's device take bios as they are, without requests? */
static __always_inline bool makes_no_requests(struct bio *bio)
{
	struct block_device *part = load_field(bio, bi_bdev);
	struct gendisk *disk = part ? load_field(part, bd_disk) : 0;
	const struct block_device_operations *calls = disk ? load_field(disk, fops) : 0;

	return calls && load_field(calls, submit_bio);
}

/* What is known of bios of such devices is kept beside the requests: addresses are even. */
static __always_inline __u64 key_of_bio(__u64 bio)
{
	return number_of(bio) | 1;
}

/* The request of a loop device whose direct I/O `iocb` is: struct loop_cmd follows the request. */
static __always_inline __u64 request_of_loop(__u64 iocb)
{
	if (!settings.loop_end_io ||
	    read_word(iocb + bpf_core_field_offset(struct kiocb, ki_complete)) != settings.loop_end_io)
		return 0;
	return iocb - settings.loop_command - bpf_core_type_size(struct request);
}

#endif
