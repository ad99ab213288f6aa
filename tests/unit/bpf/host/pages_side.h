/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bpf/cache/pages_present.bpf.h over an xarray in the test's own memory. C and C++. */
#ifndef HT_HOST_XARRAY_SIDE_H
#define HT_HOST_XARRAY_SIDE_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A page cache that folios can be put into. */
void *host_cache_make(void);
void host_cache_free(void *cache);
/* A folio of 1 << order pages at `index`, a multiple of that. */
void host_cache_add(void *cache, __u64 index, __u32 order, int uptodate, int locked);
/* A page was evicted: its slot holds a value. */
void host_cache_evict(void *cache, __u64 index);

struct host_look {
	__u64 present;
	__u8 first_order;
	__u8 last_order;
};
struct host_look host_look_at(void *cache, __u64 first, __u64 last);
__u64 host_page_present(void *cache, __u64 index, __u8 *order);

#ifdef __cplusplus
}
#endif

#endif
