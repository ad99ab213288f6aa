/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a page table holds for an address (x86-64), read level by level without a lock, as the
 * kernel's own lockless walkers do (mm/gup.c, gup_fast_pgd_range): a few loads from lines that the
 * CPU has just used for the same walk. A table that is taken out meanwhile stays what it was until
 * the program has left (RCU; tlb_remove_table, mm/mmu_gather.c).
 *
 * Only where the loader has found the direct map (settings.direct_map, live/page_tables.hpp).
 */
#ifndef HT_PAGE_TABLE_BPF_H
#define HT_PAGE_TABLE_BPF_H

#include "kernel_memory.bpf.h"
#include "faults/page_entry.h"

/* include/linux/page-flags.h: of struct page.mapping */
#define PAGE_ANON 1
#define PAGE_KSM 3

#if defined(__TARGET_ARCH_x86)

static __always_inline bool reads_page_tables(void)
{
	return settings.direct_map;
}

static __always_inline __u64 table_entry(__u64 table, __u64 address, __u32 shift)
{
	return load_word(table + (address >> shift & TABLE_INDEX) * 8);
}

static __always_inline __u64 next_table(__u64 entry)
{
	return settings.direct_map + (entry & settings.frame_mask);
}

/* The entry that maps `address`, or would; 0 = nothing is there. */
static __always_inline __u64 page_entry(struct mm_struct *mm, __u64 address)
{
	__u64 table = load_word((__u64)mm + bpf_core_field_offset(struct mm_struct, pgd)), entry;

	if (settings.five_levels) {
		entry = table_entry(table, address, 48);
		if (!(entry & ENTRY_PRESENT))
			return 0;
		table = next_table(entry);
	}
	entry = table_entry(table, address, 39);
	if (!(entry & ENTRY_PRESENT))
		return 0;
	entry = table_entry(next_table(entry), address, 30);
	if (!(entry & ENTRY_PRESENT) || entry & ENTRY_LEAF)
		return entry ? entry | ENTRY_HUGE | ENTRY_GIANT : 0;
	entry = table_entry(next_table(entry), address, HUGE_PAGE_SHIFT);
	if (!(entry & ENTRY_PRESENT) || entry & ENTRY_LEAF)
		return entry ? entry | ENTRY_HUGE : 0;
	return table_entry(next_table(entry), address, SMALL_PAGE_SHIFT);
}

#else

static __always_inline bool reads_page_tables(void)
{
	return false;
}

static __always_inline __u64 page_entry(struct mm_struct *mm, __u64 address)
{
	return 0;
}

#endif

static __always_inline bool is_mapped(__u64 entry)
{
	return entry & (ENTRY_PRESENT | ENTRY_PROT_NONE);
}

static __always_inline bool knows_ksm(void)
{
	return settings.vmemmap && has_page_head();
}

/*
 * Is this small page one that KSM has merged? A KSM page is never part of a larger one
 * (FOLIO_MAPPING_KSM, include/linux/page-flags.h).
 */
static __always_inline bool is_ksm_page(__u64 entry)
{
	__u64 page;

	if (!knows_ksm() || entry & ENTRY_HUGE || !(entry & ENTRY_PRESENT))
		return false;
	page = settings.vmemmap + ((entry & settings.frame_mask) >> SMALL_PAGE_SHIFT) *
					  bpf_core_type_size(struct page);
	if (load_word(page + page_head_offset()) & 1)
		return false;
	return (load_word(page + bpf_core_field_offset(struct folio, mapping)) & PAGE_KSM) ==
	       PAGE_KSM;
}

/* The physical address of the small page at `address`, of a huge one's the part. */
static __always_inline __u64 frame_of(__u64 entry, __u64 address)
{
	/* Not present: stored inverted (arch/x86/include/asm/pgtable-invert.h). */
	__u64 frame = (entry & ENTRY_PRESENT ? entry : ~entry) & settings.frame_mask;

	if (!(entry & ENTRY_HUGE))
		return frame;
	return (frame & ~(HUGE_PAGE_SIZE - 1)) | (address & (HUGE_PAGE_SIZE - 1) & SMALL_PAGE_MASK);
}

#endif
