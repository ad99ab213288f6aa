/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices that make no requests: zram, dm, md. Each bio that somebody gives to one is recorded like a request,
 * from block_bio_queue to block_bio_complete. What such a device asks of the devices below is recorded
 * there, with the serial of this bio (ht_disk.upper).
 *
 * A bio is reported queued once, by the first device that gets it, and complete once (BIO_TRACE_COMPLETION,
 * block/blk-core.c).
 */
#include "disk/begin.bpf.h"
#include "disk/end.bpf.h"
#include "unpreempted.bpf.h"
#include <bpf/bpf_tracing.h>

/* struct bio *bio */
HT_UNPREEMPTED("?tp_btf/block_bio_queue", on_bio_queue)
{
	struct bio *bio = (void *)ctx[0];

	if (!makes_no_requests(bio))
		return 0;
	return start_request(key_of_bio((__u64)bio), bio, bio->bi_opf, HT_REQ_BIO);
}

/* struct request_queue *q, struct bio *bio; its bi_end_io, which wakes who slept for it, is called next */
SEC("?tp_btf/block_bio_complete")
int BPF_PROG(on_bio_complete, struct request_queue *queue, struct bio *bio)
{
	__u64 key = key_of_bio((__u64)bio), now;
	struct ht_disk *request = find_request(key);
	struct disk_bracket *bracket;

	if (!request)
		return 0;
	now = bpf_ktime_get_boot_ns();
	request->complete_ns = now;
	request->status = bio->bi_status;
	request->flags |= HT_REQ_COUNTED;
	bracket = this_bracket();
	if (bracket) {
		bracket->bio_serial = request->serial;
		bracket->bio_owner = request->head.tid;
		bracket->bio_tid = (__u32)bpf_get_current_pid_tgid();
		bracket->bio_context = waking_context_here();
	}
	end_request(key, request, now);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
