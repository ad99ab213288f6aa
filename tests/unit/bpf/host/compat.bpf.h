/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for bpf/compat.bpf.h where pages_present.bpf.h is compiled for the host: the kernel's types as
 * far as that file reads them, and CO-RE's macros for types that are what they seem.
 */
#ifndef HT_COMPAT_BPF_H
#define HT_COMPAT_BPF_H

#include <bpf/bpf_helpers.h>

enum pageflags { PG_locked, PG_uptodate, PG_readahead };

struct folio {
	unsigned long flags;
	__u32 order;
};

struct xa_node {
	unsigned char shift;
	void *slots[64];
};

struct xarray {
	void *xa_head;
};

struct address_space {
	struct xarray i_pages;
};

#define BPF_CORE_READ(from, field) ((from)->field)
#define bpf_core_field_size(field) sizeof(field)
#define bpf_core_field_offset(type, field) __builtin_offsetof(type, field)
#define bpf_core_enum_value(type, value) (value)

static inline unsigned long folio_flags(struct folio *folio)
{
	return folio->flags;
}

static inline __u32 folio_order(struct folio *folio)
{
	return folio->order;
}

#endif
