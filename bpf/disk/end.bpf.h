/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record of a request that is done, or its part of the sums. */
#ifndef HT_DISK_END_BPF_H
#define HT_DISK_END_BPF_H

#include "disk/request.bpf.h"
#include "disk/sums.bpf.h"

static __always_inline void end_request(__u64 key, struct ht_disk *request, __u64 now)
{
	struct ht_disk *record;
	struct emitter e;

	if (settings.totals) {
		add_request(request);
		drop_request(key);
		return;
	}
	record = EMIT_BEGIN_AT(&e, DISK, request->head.tid, now);
	if (record) {
		struct ht_header head = record->head;

		*record = *request;
		record->head = head;
		EMIT_END(&e, record);
	}
	drop_request(key);
}

#endif
