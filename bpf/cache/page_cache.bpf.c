/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page-cache family: one record per folio that is added to a file's page cache or removed from it,
 * and per step of a use.
 *
 * Which task is an event's? A page is added by the task that reads or writes the file, or by a worker
 * that does so for a device or a file system: `current`. It is evicted by the task that happened to
 * need memory, or by the task that dropped, truncated or deleted the file. The record has the cause,
 * because only in the second case is current responsible.
 *
 * With a target, everything that a traced task does is recorded. Of other tasks, adds and evictions of
 * files that a traced task has used are recorded: evictions will cost the target misses, adds will be
 * its hits. The used files are a bitmap of hashes, which is never full; another file with the same hash
 * only adds unneeded records. Uses by other tasks are not recorded then.
 *
 * Why a record per use instead of a count per task and file: a count cannot distinguish a hit from a
 * miss. That depends on what happened to the page before: added by whom, used, evicted. A record costs
 * a pread of 4 KiB more than a count would (tests/bench). There is one per read(2), or per batch of a
 * long one; a scan of a file makes at most one per 15 folios.
 */
#include "cache/renames.bpf.h"
#include "file.bpf.h"
#include "filter.bpf.h"
#include "unpreempted.bpf.h"
#include "cache/pages_present.bpf.h"
#include <bpf/bpf_tracing.h>

#define PF_MEMALLOC 0x00000800 /* include/linux/sched.h: it reclaims, or may take the last memory */
#define PF_KSWAPD 0x00020000

/* A bitmap by a hash of the file: has the target used it? */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the loader: HT_TOUCHED_BITS / 64 when there is a filter */
	__type(key, __u32);
	__type(value, __u64);
} touched_files SEC(".maps");

static __always_inline __u32 touched_bit(__u64 hash)
{
	return (__u32)(hash >> 14) % HT_TOUCHED_BITS;
}

/* Is the current task in the target? hoodtrace itself never is. */
static __always_inline bool current_traced(__u64 pid_tgid)
{
	return pid_tgid >> 32 != settings.self_pid && is_traced((__u32)pid_tgid);
}

/* Is the inode itself going: mm/truncate.c, truncate_inode_pages_final()? */
static __always_inline bool is_exiting(struct address_space *mapping)
{
	if (!bpf_core_enum_value_exists(enum mapping_flags, AS_EXITING))
		return true;
	return mapping->flags >> bpf_core_enum_value(enum mapping_flags, AS_EXITING) & 1;
}

static __always_inline __u8 eviction_flags(struct address_space *mapping, struct inode *inode,
					   __u64 index)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 size = inode->i_size;

	/* DAMON and MADV_PAGEOUT reclaim without the former. */
	if (task->reclaim_state || task->flags & PF_MEMALLOC)
		return task->flags & PF_KSWAPD ? HT_PAGES_RECLAIM | HT_PAGES_KSWAPD :
						 HT_PAGES_RECLAIM;
	/* A file without a name that is still open loses its pages on request, too: it has them again. */
	if (!inode->i_nlink && is_exiting(mapping))
		return HT_PAGES_DELETED;
	return index << settings.page_shift >= size ? HT_PAGES_TRUNCATED : 0;
}

static __always_inline int emit_pages(struct folio *folio, __u8 kind)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid(), now, hash;
	bool traced = current_traced(pid_tgid);
	struct address_space *mapping;
	struct ht_file_key key;
	struct ht_pages *record;
	struct inode *inode;
	struct emitter e;

	/* What hoodtrace writes itself must not make it write more. */
	if (!traced && !settings.filter && kind != HT_PAGES_EVICTED)
		return 0;
	mapping = folio->mapping;
	if (!mapping)
		return 0;
	inode = mapping->host;
	if (!inode)
		return 0;
	FILL_FILE_KEY_BY(plain_field, &key, inode);
	hash = hash_file(&key);
	if (settings.filter) {
		if (traced)
			set_bits(&touched_files, touched_bit(hash), 1);
		else if (!has_bit(&touched_files, touched_bit(hash)))
			return 0;
	}
	now = bpf_ktime_get_boot_ns();
	name_used_file(inode, &key, hash, now);
	record = EMIT_BEGIN_AT(&e, PAGES, (__u32)pid_tgid, now);
	if (!record)
		return 0;
	record->file = key;
	record->index = folio->index;
	record->pages = 1U << (folio_order(folio) & 31);
	record->cached = mapping->nrpages;
	record->kind = kind;
	record->flags = traced ? HT_PAGES_TRACED : 0;
	if (kind == HT_PAGES_EVICTED)
		record->flags |= eviction_flags(mapping, inode, folio->index);
	__builtin_memset(record->pad, 0, sizeof(record->pad));
	EMIT_END(&e, record);
	return 0;
}

/* struct folio *folio; after it was put in, and locked */
HT_UNPREEMPTED("?tp_btf/mm_filemap_add_to_page_cache", on_page_added)
{
	return emit_pages((void *)ctx[0], HT_PAGES_ADDED);
}

/* Before it is taken out, under the mapping's lock. */
SEC("?tp_btf/mm_filemap_delete_from_page_cache")
int BPF_PROG(on_page_evicted, struct folio *folio)
{
	return emit_pages(folio, HT_PAGES_EVICTED);
}

/* struct folio *folio, struct address_space *mapping; it was clean until now */
HT_UNPREEMPTED("?tp_btf/writeback_dirty_folio", on_page_dirtied)
{
	return emit_pages((void *)ctx[0], HT_PAGES_DIRTIED);
}

static __always_inline int emit_access(struct address_space *mapping, __u64 first, __u64 last,
				       __u8 kind)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid(), now, hash;
	__u8 flags = 0, first_order = 0, last_order = 0;
	__u64 present = 0;
	__u32 zero = 0;
	struct page_look *look;
	struct ht_file_key key;
	struct ht_access *record;
	struct inode *inode;
	struct emitter e;

	if (!current_traced(pid_tgid) || !mapping)
		return 0;
	inode = mapping->host;
	if (!inode)
		return 0;
	FILL_FILE_KEY_BY(plain_field, &key, inode);
	hash = hash_file(&key);
	if (settings.filter)
		set_bits(&touched_files, touched_bit(hash), 1);
	if (kind == HT_ACCESS_FAULT && xarray_is_known()) {
		present = page_present(mapping, first, &first_order);
		last_order = first_order;
		flags = HT_ACCESS_PRESENT;
	}
	if (kind == HT_ACCESS_MAP && xarray_is_known() && last >= first) {
		look = bpf_map_lookup_elem(&look_scratch, &zero);
		if (!look)
			return 0;
		__builtin_memset(look, 0, sizeof(*look));
		look->mapping = mapping;
		look->first = first;
		look->last = last;
		look_at_pages(look);
		present = look->present;
		first_order = look->first_order;
		last_order = look->last_order;
		flags = HT_ACCESS_PRESENT;
	}
	now = bpf_ktime_get_boot_ns();
	name_used_file(inode, &key, hash, now);
	record = EMIT_BEGIN_AT(&e, ACCESS, (__u32)pid_tgid, now);
	if (!record)
		return 0;
	record->file = key;
	record->first = first;
	record->last = last;
	record->size_pages = ((__u64)inode->i_size + (1ULL << settings.page_shift) - 1) >>
			     settings.page_shift;
	record->present = present;
	record->cached = mapping->nrpages;
	record->kind = kind;
	record->flags = flags;
	record->first_order = first_order;
	record->last_order = last_order;
	EMIT_END(&e, record);
	return 0;
}

/* struct address_space *mapping, pgoff_t index, pgoff_t last_index; a batch of folios was found */
HT_UNPREEMPTED("?tp_btf/mm_filemap_get_pages", on_page_read)
{
	return emit_access((void *)ctx[0], ctx[1], ctx[2], HT_ACCESS_READ);
}

/* struct address_space *mapping, pgoff_t index; before it is looked up */
HT_UNPREEMPTED("?tp_btf/mm_filemap_fault", on_filemap_fault)
{
	return emit_access((void *)ctx[0], ctx[1], ctx[1], HT_ACCESS_FAULT);
}

/* struct address_space *mapping, pgoff_t start, pgoff_t end; some of them were mapped */
HT_UNPREEMPTED("?tp_btf/mm_filemap_map_pages", on_page_map)
{
	return emit_access((void *)ctx[0], ctx[1], ctx[2], HT_ACCESS_MAP);
}

/* struct inode *inode, unsigned long index, nr_to_read, lookahead_size */
HT_UNPREEMPTED("?tp_btf/page_cache_ra_unbounded", on_readahead)
{
	struct inode *inode = (void *)ctx[0];
	__u64 first = ctx[1], count = ctx[2];

	if (!count)
		return 0;
	return emit_access(inode->i_mapping, first, first + count - 1, HT_ACCESS_READAHEAD);
}

/* struct inode *inode, pgoff_t index, struct file_ra_state *ra */
HT_UNPREEMPTED("?tp_btf/page_cache_ra_order", on_readahead_order)
{
	struct inode *inode = (void *)ctx[0];
	struct file_ra_state *ra = (void *)ctx[2];
	__u64 first = ctx[1], end = ra->start + ra->size;

	if (end <= first)
		return 0;
	return emit_access(inode->i_mapping, first, end - 1, HT_ACCESS_READAHEAD);
}

/*
 * Who reclaims, for all tasks, traced or not: it explains an eviction, and there are at least some
 * dozens of evictions to each.
 */
static __always_inline int emit_reclaim(__u8 kind, __u8 end, __u64 pages)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	struct ht_reclaim *record;
	struct emitter e;

	record = EMIT_BEGIN(&e, RECLAIM, (__u32)pid_tgid);
	if (!record)
		return 0;
	record->pages = pages;
	record->kind = kind;
	record->end = end;
	record->flags = current_traced(pid_tgid) ? HT_PAGES_TRACED : 0;
	__builtin_memset(record->pad, 0, sizeof(record->pad));
	EMIT_END(&e, record);
	return 0;
}

HT_UNPREEMPTED("?tp_btf/mm_vmscan_kswapd_wake", on_kswapd_wake)
{
	return emit_reclaim(HT_RECLAIM_KSWAPD, 0, 0);
}

HT_UNPREEMPTED("?tp_btf/mm_vmscan_kswapd_sleep", on_kswapd_sleep)
{
	return emit_reclaim(HT_RECLAIM_KSWAPD, 1, 0);
}

HT_UNPREEMPTED("?tp_btf/mm_vmscan_direct_reclaim_begin", on_direct_begin)
{
	return emit_reclaim(HT_RECLAIM_DIRECT, 0, 0);
}

/* unsigned long nr_reclaimed */
HT_UNPREEMPTED("?tp_btf/mm_vmscan_direct_reclaim_end", on_direct_end)
{
	return emit_reclaim(HT_RECLAIM_DIRECT, 1, ctx[0]);
}

HT_UNPREEMPTED("?tp_btf/mm_vmscan_memcg_reclaim_begin", on_memcg_begin)
{
	return emit_reclaim(HT_RECLAIM_MEMCG, 0, 0);
}

/* unsigned long nr_reclaimed */
HT_UNPREEMPTED("?tp_btf/mm_vmscan_memcg_reclaim_end", on_memcg_end)
{
	return emit_reclaim(HT_RECLAIM_MEMCG, 1, ctx[0]);
}

char LICENSE[] SEC("license") = "GPL";
