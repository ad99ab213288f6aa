/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which pages of a range a file has in the page cache. */
#ifndef HT_CACHE_PAGES_PRESENT_BPF_H
#define HT_CACHE_PAGES_PRESENT_BPF_H

#include "xarray.bpf.h"

/* The folio of a page, or 0; `lowest` is the lowest node on the way there, or 0. */
static __always_inline __u64 xa_find(struct address_space *mapping, __u64 index,
				     struct xa_node **lowest, __u32 *shift)
{
	return xa_find_below((__u64)BPF_CORE_READ(mapping, i_pages.xa_head), index, lowest, shift);
}

/* Can the folio be mapped without a read (next_uptodate_folio, mm/filemap.c)? */
static __always_inline bool is_mappable(__u64 entry)
{
	unsigned long flags = folio_flags((struct folio *)entry);

	return flags >> bpf_core_enum_value(enum pageflags, PG_uptodate) & 1 &&
	       !(flags >> bpf_core_enum_value(enum pageflags, PG_locked) & 1) &&
	       !(flags >> bpf_core_enum_value(enum pageflags, PG_readahead) & 1);
}

#define LOOK_GROUP 16 /* slots that are read at once */

/* The state of a walk over the pages of a range. */
struct page_look {
	struct address_space *mapping;
	struct xa_node *node; /* a leaf, and the slots in it for pages base, base + 1, ... */
	__u64 base;
	__u64 slots[LOOK_GROUP];
	__u64 first;
	__u64 last;
	__u64 present; /* bit n: page first + n is cached and can be mapped as it is */
	__u64 sibling; /* the sibling entry that was followed last, and where to */
	__u64 followed;
	__u64 entry; /* the folio that was looked at last */
	__u32 mappable;
	__u8 first_order; /* of the first of these folios, and of the last */
	__u8 last_order;
	__u8 pad[2];
};

/*
 * Not on the stack: what the verifier knows of each field there multiplies its states, by those of
 * every round of the loops (0.36 s of a load, and half a minute emulated). The loops take the
 * address of a pointer to it, for what they hand on has to be on the stack.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct page_look);
} look_scratch __weak SEC(".maps");

/* Not inline: clang would move loads that a guard protects out of the loop and the guard. */
static __noinline int look_at_folio(struct page_look *look, __u64 entry, __u64 index)
{
	if (index < look->first || index > look->last || !xa_is_pointer(entry))
		return 0;
	/* A folio has one entry, or several: it is looked at once. */
	if (entry != look->entry) {
		look->entry = entry;
		look->mappable = is_mappable(entry);
		if (look->mappable) {
			look->last_order = folio_order((struct folio *)entry);
			if (!look->present)
				look->first_order = look->last_order;
		}
	}
	if (look->mappable)
		look->present |= 1ULL << ((index - look->first) & 63);
	return 0;
}

static long look_at_slot(__u32 i, void *context)
{
	struct page_look *look = *(struct page_look **)context;
	__u64 entry = look->slots[i & (LOOK_GROUP - 1)];

	if (xa_is_sibling(entry)) {
		if (entry != look->sibling) {
			look->sibling = entry;
			look->followed = xa_slot(look->node, entry >> 2);
		}
		entry = look->followed;
	}
	look_at_folio(look, entry, look->base + i);
	return 0;
}

/* A folio that is larger than a leaf has no slots here. */
static long look_at_page(__u32 i, void *context)
{
	struct page_look *look = *(struct page_look **)context;

	look_at_folio(look, look->followed, look->base + i);
	return 0;
}

static long look_at_group(__u32 n, void *context)
{
	struct page_look *look = *(struct page_look **)context;
	struct xa_node *node;
	__u32 shift;

	look->base = (look->first & ~(LOOK_GROUP - 1ULL)) + (__u64)n * LOOK_GROUP;
	if (look->base > look->last)
		return 1;
	look->sibling = 0; /* means another folio in another node */
	look->followed = xa_find(look->mapping,
				 look->base < look->first ? look->first : look->base, &node, &shift);
	look->node = node;
	if (!node) { /* a file of which at most page 0 is cached */
		look_at_folio(look, look->followed, 0);
		return 1;
	}
	if (shift) {
		if (look->followed)
			bpf_loop(LOOK_GROUP, look_at_page, &look, 0);
		return 0;
	}
	if (!bpf_probe_read_kernel(look->slots, sizeof(look->slots),
				   (void *)node + bpf_core_field_offset(struct xa_node, slots) +
					   (look->base & (XA_CHUNK - 1)) * sizeof(__u64)))
		bpf_loop(LOOK_GROUP, look_at_slot, &look, 0);
	return 0;
}

/* Looks at the pages look->first to look->last, at most 64. */
static __noinline int look_at_pages(struct page_look *look)
{
	if (look->last - look->first > 63)
		look->last = look->first + 63;
	bpf_loop(64 / LOOK_GROUP + 1, look_at_group, &look, 0);
	return 0;
}

/* Bit 0: the page is cached. Bit 1: it can be mapped without a read. */
static __noinline __u64 page_present(struct address_space *mapping, __u64 index, __u8 *order)
{
	struct xa_node *node;
	__u32 shift;
	__u64 entry = xa_find(mapping, index, &node, &shift);

	if (!entry)
		return 0;
	*order = folio_order((struct folio *)entry);
	return is_mappable(entry) ? 3 : 1;
}

#endif
