/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page cache and reclaim in `serve`, by the cgroup of the task that works. */
#include "slots.bpf.h"
#include "totals/states.bpf.h"
#include <bpf/bpf_tracing.h>

/* kernel/locking/rwsem.c, RWSEM_READER_BIAS; bit 63 is set after too many readers */
#define RWSEM_READER_SHIFT 8

static __always_inline __u64 folio_bytes(struct folio *folio)
{
	return 1ULL << ((folio_order(folio) & 31) + settings.page_shift);
}

/*
 * Is the page added to be read from the file? A read, a fault and a readahead then hold the mapping's
 * invalidate_lock for reading (filemap_create_folio(), filemap_fault(), page_cache_ra_unbounded(); 5.15
 * on). A write adds its pages without it. When another task happens to read pages of the same file into
 * memory at that moment, a page that is written counts too.
 */
static __always_inline bool is_added_to_read(struct folio *folio)
{
	struct address_space *mapping = folio->mapping;

	return mapping && bpf_core_field_exists(mapping->invalidate_lock.count) &&
	       mapping->invalidate_lock.count.counter >> RWSEM_READER_SHIFT;
}

SEC("?tp_btf/mm_filemap_add_to_page_cache")
int BPF_PROG(on_totals_added, struct folio *folio)
{
	struct ht_sums *sums = current_sums();

	if (!sums)
		return 0;
	ADD_SUM(sums, cached_bytes, folio_bytes(folio));
	if (is_added_to_read(folio))
		ADD_SUM(sums, missed_bytes, folio_bytes(folio));
	return 0;
}

SEC("?tp_btf/mm_filemap_delete_from_page_cache")
int BPF_PROG(on_totals_evicted, struct folio *folio)
{
	struct ht_sums *sums = current_sums();

	if (sums)
		ADD_SUM(sums, evicted_bytes, folio_bytes(folio));
	return 0;
}

static __always_inline int begin_reclaim(void)
{
	struct ht_totals_task *state = find_state((__u32)bpf_get_current_pid_tgid(), 0);

	/* The reclaim of a memory cgroup may be part of another one. */
	if (state && !state->reclaim_ns)
		state->reclaim_ns = bpf_ktime_get_boot_ns();
	return 0;
}

static __always_inline int end_reclaim(void)
{
	struct ht_totals_task *state = find_state((__u32)bpf_get_current_pid_tgid(), 0);
	struct ht_sums *sums;

	if (!state || !state->reclaim_ns)
		return 0;
	sums = current_sums();
	if (sums)
		ADD_SUM(sums, reclaim_ns, bpf_ktime_get_boot_ns() - state->reclaim_ns);
	state->reclaim_ns = 0;
	return 0;
}

SEC("?tp_btf/mm_vmscan_direct_reclaim_begin")
int on_totals_direct(__u64 *ctx)
{
	return begin_reclaim();
}

SEC("?tp_btf/mm_vmscan_direct_reclaim_end")
int on_totals_direct_end(__u64 *ctx)
{
	return end_reclaim();
}

SEC("?tp_btf/mm_vmscan_memcg_reclaim_begin")
int on_totals_memcg(__u64 *ctx)
{
	return begin_reclaim();
}

SEC("?tp_btf/mm_vmscan_memcg_reclaim_end")
int on_totals_memcg_end(__u64 *ctx)
{
	return end_reclaim();
}

char LICENSE[] SEC("license") = "GPL";
