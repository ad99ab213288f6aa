/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A look into a maple tree without its lock, as readers under RCU do (lib/maple_tree.c,
 * mtree_range_walk; include/linux/maple_tree.h says how an entry names its node's type). What is found
 * must be checked: a node may be changing.
 */
#ifndef HT_MAPLE_TREE_BPF_H
#define HT_MAPLE_TREE_BPF_H

#include "compat.bpf.h"
#include <bpf/bpf_helpers.h>

#define MAPLE_HEIGHT_MAX 31
#define MAPLE_NODE_MASK 255ULL
#define MAPLE_TYPE_SHIFT 3
#define MAPLE_TYPE_MASK 15
#define MAPLE_LEAF_64 1
#define MAPLE_ARANGE_64 3
#define MAPLE_RANGE64_PIVOTS 15
#define MAPLE_ARANGE64_PIVOTS 9

struct maple_walk {
	__u64 index;
	__u64 entry; /* a node's; at the end what the tree holds for the index */
};

/*
 * The slot of `index`. All pivots are looked at, from the last to the first: no branches. (No
 * load_word: the loader does not see into functions that programs call.)
 */
#define maple_slot(index, pivots, count)                                                \
	({                                                                              \
		__u64 ends_[count] = {};                                                \
		__u32 slot_ = (count);                                                  \
		int i_;                                                                 \
                                                                                        \
		bpf_probe_read_kernel(ends_, sizeof(ends_), (void *)(pivots));          \
		_Pragma("unroll") for (i_ = (count) - 1; i_ >= 0; i_--)                 \
		{                                                                       \
			/* A slot's last index; 0 = up to the node's own. */            \
			slot_ = (index) <= ends_[i_] || (i_ && !ends_[i_]) ? i_ : slot_; \
		}                                                                       \
		slot_;                                                                  \
	})

static long maple_descend(__u32 level, void *context)
{
	struct maple_walk *walk = context;
	__u64 node = walk->entry & ~MAPLE_NODE_MASK, slots, entry = 0;
	__u32 type = walk->entry >> MAPLE_TYPE_SHIFT & MAPLE_TYPE_MASK, slot;

	if (!node)
		return 1;
	if (type == MAPLE_ARANGE_64) {
		slot = maple_slot(walk->index,
				  node + bpf_core_field_offset(struct maple_arange_64, pivot),
				  MAPLE_ARANGE64_PIVOTS);
		slots = node + bpf_core_field_offset(struct maple_arange_64, slot);
	} else {
		slot = maple_slot(walk->index,
				  node + bpf_core_field_offset(struct maple_range_64, pivot),
				  MAPLE_RANGE64_PIVOTS);
		slots = node + bpf_core_field_offset(struct maple_range_64, slot);
	}
	bpf_probe_read_kernel(&entry, sizeof(entry), (void *)(slots + slot * sizeof(__u64)));
	walk->entry = entry;
	return type == MAPLE_LEAF_64;
}

/* The tree's entry for `index`; 0 = none, or it could not be read. */
static __always_inline __u64 maple_find(__u64 root, __u64 index)
{
	struct maple_walk walk = {.index = index, .entry = root};

	/* xa_is_node(), include/linux/xarray.h; else it is the only entry, of index 0. */
	if ((root & 3) != 2 || root <= 4096)
		return 0;
	bpf_loop(MAPLE_HEIGHT_MAX, maple_descend, &walk, 0);
	return walk.entry & 3 ? 0 : walk.entry;
}

#endif
