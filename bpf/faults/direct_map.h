/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the search for the direct map is given, and what it finds. */
#ifndef HT_DIRECT_MAP_H
#define HT_DIRECT_MAP_H

#include "events.h"

struct ht_direct_map_search {
	__u64 address; /* of `words`, in the process that runs the search */
	__u64 words[2];
	__u64 frame_mask; /* of a page table's entry: the physical address */
	__u32 task_mm;    /* offset in task_struct */
	__u32 mm_pgd;     /* offset in mm_struct */
	__u32 task_stack; /* stack_vm_area, offset in task_struct; 0 = it has none */
	__u32 area_addr;  /* offsets in vm_struct */
	__u32 area_pages;
	__u32 page_bytes; /* of a struct page */
};

struct ht_direct_map_result {
	__u64 direct_map; /* 0 = not found */
	__u64 vmemmap;    /* the struct page of physical address 0; 0 = not found */
	__u32 five_levels;
	__u32 pad;
};

#endif
