/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Block requests of `serve`: to the sums of the cgroup that pays, in the slot of the CPU that made them. */
#ifndef HT_DISK_SUMS_BPF_H
#define HT_DISK_SUMS_BPF_H

#include "slots.bpf.h"

/*
 * Is the cgroup served? Its slot on this CPU is there from now on, or there was none left. What no cgroup
 * pays counts with those that have no slot.
 */
static __always_inline bool has_sums(struct cgroup *cgroup, __u64 id, __u32 cpu)
{
	if (!id)
		return !settings.filter;
	return search_slot(cgroup, id, cpu) != HT_NO_SLOT;
}

/*
 * The request is done, on whatever CPU. The slot is looked up again: that of a cgroup that is gone may
 * have been given to another one.
 */
static __always_inline void add_request(const struct ht_disk *request)
{
	struct ht_totals_key key = {.cgroup_id = request->cgroup_id, .cpu = request->head.cpu};
	__u32 *known = bpf_map_lookup_elem(&totals_slot_of, &key);
	__u32 number = known ? *known : key.cpu, op = request->op;
	struct ht_totals_slot *slot = bpf_map_lookup_elem(&totals_slots, &number);
	__u64 start_ns = request->start_ns, issue_ns = request->issue_ns;
	__u64 complete_ns = request->complete_ns;

	if (!slot || op >= HT_DISK_OPS)
		return;
	ADD_SUM(&slot->sums, disk_requests[op], 1);
	ADD_SUM(&slot->sums, disk_bytes[op], request->bytes);
	if (request->status)
		ADD_SUM(&slot->sums, disk_errors, 1);
	if (!issue_ns || complete_ns < issue_ns || issue_ns < start_ns)
		return;
	ADD_SUM(&slot->sums, disk_queue_ns[op], issue_ns - start_ns);
	ADD_SUM(&slot->sums, disk_service_ns[op], complete_ns - issue_ns);
}

#endif
