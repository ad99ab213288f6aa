/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pages_side.h"

#include <stdlib.h>

#include "cache/pages_present.bpf.h"

/* lib/xarray.c, as far as a page cache uses it: nodes of 64, siblings behind a folio's first slot. */
static struct xa_node *node_of(void *entry)
{
	return (void *)((__u64)entry - 2);
}

static struct xa_node *make_node(__u32 shift)
{
	struct xa_node *node = calloc(1, sizeof(*node));

	node->shift = shift;
	return node;
}

void *host_cache_make(void)
{
	return calloc(1, sizeof(struct address_space));
}

static void free_entry(void *entry)
{
	struct xa_node *node;
	int i;

	if (xa_is_pointer((__u64)entry))
		free(entry);
	if (!xa_is_internal((__u64)entry) || xa_is_sibling((__u64)entry))
		return;
	node = node_of(entry);
	for (i = 0; i < XA_CHUNK; i++)
		free_entry(node->slots[i]);
	free(node);
}

void host_cache_free(void *cache)
{
	free_entry(((struct address_space *)cache)->i_pages.xa_head);
	free(cache);
}

/* The node whose slots are of 1 << shift pages, on the way to `index`; made where it is missing. */
static struct xa_node *reach(struct address_space *mapping, __u64 index, __u32 shift)
{
	void **head = &mapping->i_pages.xa_head, **slot;
	struct xa_node *node;

	if (!xa_is_internal((__u64)*head)) {
		node = make_node(shift);
		node->slots[0] = *head;
		*head = (void *)((__u64)node + 2);
	}
	while (node_of(*head)->shift < shift || index >> node_of(*head)->shift >= XA_CHUNK) {
		node = make_node(node_of(*head)->shift + 6);
		node->slots[0] = *head;
		*head = (void *)((__u64)node + 2);
	}
	node = node_of(*head);
	while (node->shift > shift) {
		slot = &node->slots[index >> node->shift & (XA_CHUNK - 1)];
		if (!xa_is_internal((__u64)*slot))
			*slot = (void *)((__u64)make_node(node->shift - 6) + 2);
		node = node_of(*slot);
	}
	return node;
}

void host_cache_add(void *cache, __u64 index, __u32 order, int uptodate, int locked)
{
	struct address_space *mapping = cache;
	__u32 shift = order / 6 * 6, slots = 1u << (order - shift), first, i;
	struct folio *folio = calloc(1, sizeof(*folio));
	struct xa_node *node;

	folio->order = order;
	folio->flags = (uptodate ? 1ul << PG_uptodate : 0) | (locked ? 1ul << PG_locked : 0);
	if (!index && !order && !mapping->i_pages.xa_head) {
		mapping->i_pages.xa_head = folio;
		return;
	}
	node = reach(mapping, index, shift);
	first = index >> shift & (XA_CHUNK - 1);
	/* Where smaller folios were, nodes with their shadows are left. */
	for (i = 0; i < slots; i++)
		free_entry(node->slots[first + i]);
	node->slots[first] = folio;
	for (i = 1; i < slots; i++)
		node->slots[first + i] = (void *)(__u64)(first << 2 | 2);
}

void host_cache_evict(void *cache, __u64 index)
{
	struct xa_node *node = reach(cache, index, 0);
	void **slot = &node->slots[index & (XA_CHUNK - 1)];

	free(*slot);
	*slot = (void *)(__u64)(7 << 1 | 1);
}

struct host_look host_look_at(void *cache, __u64 first, __u64 last)
{
	struct page_look look = {.mapping = cache, .first = first, .last = last};
	struct host_look seen;

	look_at_pages(&look);
	seen.present = look.present;
	seen.first_order = look.first_order;
	seen.last_order = look.last_order;
	return seen;
}

__u64 host_page_present(void *cache, __u64 index, __u8 *order)
{
	return page_present(cache, index, order);
}
