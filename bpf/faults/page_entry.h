/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An entry of a page table of x86-64: arch/x86/include/asm/pgtable_types.h; the same in every level. */
#ifndef HT_PAGE_ENTRY_H
#define HT_PAGE_ENTRY_H

#define ENTRY_PRESENT 0x001ULL
#define ENTRY_WRITABLE 0x002ULL
#define ENTRY_DIRTY 0x040ULL
#define ENTRY_LEAF 0x080ULL      /* above the last level: a huge page, no table */
#define ENTRY_PROT_NONE 0x100ULL /* mapped, and not present: of a NUMA hint, or PROT_NONE */
#define ENTRY_SPECIAL 0x200ULL   /* in anonymous memory: the zero page */
#define ENTRY_UFFD_WP 0x400ULL   /* _PAGE_UFFD_WP: write-protected by userfaultfd */

/* Of no meaning to the CPU or the kernel: the entry is one above the last level. */
#define ENTRY_HUGE (1ULL << 52)
#define ENTRY_GIANT (1ULL << 53) /* and two above it */

#define TABLE_INDEX 511

/* x86-64's; settings.page_shift is this kernel's, whatever it is. */
#define SMALL_PAGE_SHIFT 12
#define SMALL_PAGE_SIZE (1ULL << SMALL_PAGE_SHIFT)
#define SMALL_PAGE_MASK (~(SMALL_PAGE_SIZE - 1))
#define HUGE_PAGE_SHIFT 21
#define HUGE_PAGE_SIZE (1ULL << HUGE_PAGE_SHIFT)
#define GIANT_PAGE_SIZE (1ULL << 30)

#endif
