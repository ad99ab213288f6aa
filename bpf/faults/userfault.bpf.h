/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults that wait for another thread (userfaultfd): which a mapping has, and whether a fault was one.
 * A mapping can be registered for pages that are missing, for pages of a file that are there and not
 * mapped (minor), and for writes to pages that were write-protected (mm/userfaultfd.c).
 */
#ifndef HT_FAULT_USERFAULT_BPF_H
#define HT_FAULT_USERFAULT_BPF_H

#include "faults/state.bpf.h"

/* include/linux/mm.h; 0 without CONFIG_USERFAULTFD */
#define VM_UFFD_MISSING 0x00000200
#define VM_UFFD_WP 0x00001000
/* VM_UFFD_MINOR: bit 37 from 5.13 on, 38 from 6.6 on, 41 from 6.16 on. In mappings of tmpfs and of
 * hugetlb, which alone can have it, the other two mean nothing. */
#define VM_UFFD_MINOR_BITS (1ULL << 37 | 1ULL << 38 | 1ULL << 41)

/* include/uapi/linux/userfaultfd.h: the kernel itself resolves write protection, nobody waits. */
#define UFFD_FEATURE_WP_ASYNC (1 << 15)

static __always_inline bool has_userfaultfd(struct vm_area_struct *area)
{
	return bpf_core_field_exists(area->vm_userfaultfd_ctx.ctx) && area->vm_userfaultfd_ctx.ctx;
}

/* HT_FAULT_UFFD: missing pages; HT_FAULT_UFFD_WP: writes to protected ones wait. */
static __always_inline __u32 userfaults_of(struct vm_area_struct *area, unsigned long flags)
{
	struct userfaultfd_ctx *type = 0;
	__u32 facts = 0, features = 0;

	if (flags & VM_UFFD_MISSING)
		facts |= HT_FAULT_UFFD;
	if (!(flags & VM_UFFD_WP) || !has_userfaultfd(area))
		return facts;
	if (bpf_core_field_exists(type->features))
		features = area->vm_userfaultfd_ctx.ctx->features;
	return features & UFFD_FEATURE_WP_ASYNC ? facts : facts | HT_FAULT_UFFD_WP;
}

/* Of tmpfs and hugetlb. */
static __always_inline __u32 minor_userfaults_of(struct vm_area_struct *area, unsigned long flags)
{
	if (!has_userfaultfd(area))
		return 0;
	if (flags & VM_UFFD_MINOR_BITS || !(flags & (VM_UFFD_MISSING | VM_UFFD_WP)))
		return HT_FAULT_UFFD;
	return 0;
}

#endif
