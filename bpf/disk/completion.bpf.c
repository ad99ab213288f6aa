/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block request is done: its record, and the bracket in which those who slept for it are woken (waits.bpf.c).
 */
#include "disk/context.bpf.h"
#include "disk/end.bpf.h"
#include <bpf/bpf_tracing.h>

/* struct request *rq; it became part of another one */
SEC("?tp_btf/block_rq_merge")
int BPF_PROG(on_rq_merge, struct request *rq)
{
	__u64 bio;

	if (find_request((__u64)rq))
		drop_request((__u64)rq);
	/* Until it is issued it is known by the bio that it began with. */
	bio = settings.disk_io_start ? 0 : (__u64)rq->bio;
	if (bio && find_request(bio))
		drop_request(bio);
	return 0;
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
		bracket->bio_serial = 0;
	}
	if (!request)
		return 0;
	if (request->flags & HT_REQ_UNDECIDED) {
		drop_request((__u64)rq);
		return 0;
	}
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
		end_request((__u64)rq, request, now);
	return 0;
}

/* struct request *rq; all bios are ended, and whoever slept for them is woken */
SEC("?tp_btf/block_io_done")
int BPF_PROG(on_io_done, struct request *rq)
{
	struct ht_disk *request = find_request((__u64)rq);
	struct disk_bracket *bracket = this_bracket();

	if (bracket) {
		bracket->open = 0;
		bracket->bio_serial = 0;
	}
	if (request && !is_in_flush_sequence(rq))
		end_request((__u64)rq, request, bpf_ktime_get_boot_ns());
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
