/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A walk down an xarray, or a radix tree, which has the same nodes (lib/xarray.c, include/linux/xarray.h,
 * idr.h). They are freed by RCU, which BPF programs hold off.
 */
#ifndef HT_XARRAY_BPF_H
#define HT_XARRAY_BPF_H

/* Not the one beside this file where a test has its own (tests/unit/bpf/host). */
#include <compat.bpf.h>

#define XA_CHUNK 64 /* XA_CHUNK_SIZE without CONFIG_BASE_SMALL */
#define XA_LEVELS 11

/* Entries: ...10 is a node or a sibling, ...1 a value (what was evicted leaves one), else a pointer. */
#define xa_is_internal(entry) (((entry) & 3) == 2)
#define xa_is_sibling(entry) (xa_is_internal(entry) && (entry) < ((XA_CHUNK - 1) << 2 | 3))
#define xa_is_pointer(entry) ((entry) && !((entry) & 3))

static __always_inline bool xarray_is_known(void)
{
	return bpf_core_field_size(((struct xa_node *)0)->slots) == XA_CHUNK * sizeof(void *);
}

static __always_inline __u64 xa_slot(struct xa_node *node, __u32 slot)
{
	__u64 entry = 0;

	bpf_probe_read_kernel(&entry, sizeof(entry),
			      (void *)node + bpf_core_field_offset(struct xa_node, slots) +
				      (slot & (XA_CHUNK - 1)) * sizeof(entry));
	return entry;
}

/* Follows a sibling to the slot that holds the pointer. */
static __always_inline __u64 xa_entry(struct xa_node *node, __u32 slot)
{
	__u64 entry = xa_slot(node, slot);

	return xa_is_sibling(entry) ? xa_slot(node, entry >> 2) : entry;
}

/* What is at the index below `entry`, an xarray's xa_head; 0 = nothing. `lowest` is the last node, or 0. */
static __always_inline __u64 xa_find_below(__u64 entry, __u64 index, struct xa_node **lowest,
					   __u32 *shift)
{
	struct xa_node *node;
	int i;

	*lowest = 0;
	*shift = 0;
	if (!xa_is_internal(entry))
		return !index && xa_is_pointer(entry) ? entry : 0;
	node = (void *)(entry - 2);
	*shift = BPF_CORE_READ(node, shift);
	if (*shift < 58 && index >> *shift >= XA_CHUNK)
		return 0; /* behind the last one */
	for (i = 0; i < XA_LEVELS; i++) {
		*shift = BPF_CORE_READ(node, shift) & 63;
		*lowest = node;
		entry = xa_entry(node, index >> *shift);
		if (!*shift || !xa_is_internal(entry))
			break;
		node = (void *)(entry - 2);
	}
	return xa_is_pointer(entry) ? entry : 0;
}

#endif
