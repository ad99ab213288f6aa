/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page faults of `serve`: by kind, to the sums of the cgroup of the task that made them. */
#ifndef HT_FAULT_SUMS_BPF_H
#define HT_FAULT_SUMS_BPF_H

#include "faults/kind.h"
#include "slots.bpf.h"

/*
 * Of the current task. Global: the verifier checks it once, and not once for each way that leads to a
 * call.
 */
__weak __noinline int add_fault(const struct ht_fault *fault)
{
	struct ht_sums *sums = current_sums();
	__u32 kind;

	if (!sums || !fault)
		return 0;
	kind = fault_kind(fault);
	if (kind >= HT_FAULT_KINDS)
		return 0;
	ADD_SUM(sums, faults[kind], 1);
	if (fault->took_ns != HT_UNKNOWN_NS)
		ADD_SUM(sums, fault_ns[kind], fault->took_ns);
	if (fault_cow(fault) == HT_COW_COPIED)
		ADD_SUM(sums, cow_copied_bytes, fault->bytes);
	return 0;
}

#endif
