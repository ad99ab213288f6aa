/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the kernel has all physical memory mapped (its "direct map", x86-64), which is what a page
 * table's entries have to be added to. Found by trial: the process's top table lies in the map, the
 * map begins on a multiple of a GiB (kernel_randomize_memory, arch/x86/mm/kaslr.c), and where a walk
 * from there arrives at the two words that the loader has put at an address of its own, it begins.
 *
 * Run once, by test_run, in the loader's own context. No CO-RE: libbpf would read the whole BTF of
 * the kernel once more for two offsets that the loader knows.
 */
#include "faults/direct_map.h"
#include "faults/page_entry.h"
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define GIB (1ULL << 30)
#define FOUR_LEVELS_SIGN 47 /* the lowest of the bits that are all set in a kernel address then */
#define MOST_GIB (1U << 20)

const volatile struct ht_direct_map_search search = {};
struct ht_direct_map_result result = {};

static __always_inline __u64 read_word(__u64 address)
{
	__u64 word = 0;

	bpf_probe_read_kernel(&word, sizeof(word), (void *)address);
	return word;
}

struct walk {
	__u64 top; /* the top table's address */
	bool five_levels;
};

/* Does physical memory begin at `map`? */
static __always_inline bool arrives(struct walk *walk, __u64 map)
{
	__u64 address = search.address, table = walk->top, entry = 0;
	int shift;

	for (shift = 48; shift >= SMALL_PAGE_SHIFT; shift -= 9) {
		if (shift == 48 && !walk->five_levels)
			continue;
		entry = read_word(table + (address >> shift & TABLE_INDEX) * 8);
		if (!(entry & ENTRY_PRESENT))
			return false;
		table = map + (entry & search.frame_mask);
		if (shift == HUGE_PAGE_SHIFT && entry & ENTRY_LEAF) {
			table = (table & ~(HUGE_PAGE_SIZE - 1)) |
				(address & (HUGE_PAGE_SIZE - 1) & SMALL_PAGE_MASK);
			break;
		}
	}
	table |= address & ~SMALL_PAGE_MASK;
	return read_word(table) == search.words[0] && read_word(table + 8) == search.words[1];
}

static long try_next(__u32 index, void *context)
{
	struct walk *walk = context;
	__u64 map = (walk->top & ~(GIB - 1)) - index * GIB;

	/* Kernel addresses are the upper half. */
	if ((__s64)map >= 0)
		return 1;
	if (!arrives(walk, map))
		return 0;
	result.direct_map = map;
	return 1;
}

SEC("raw_tp/sched_switch")
int find_direct_map(void *ctx)
{
	__u64 mm = read_word(bpf_get_current_task() + search.task_mm);
	struct walk walk = {.top = read_word(mm + search.mm_pgd)};

	if (!mm || !walk.top)
		return 0;
	walk.five_levels = (__s64)walk.top >> FOUR_LEVELS_SIGN != -1;
	result.five_levels = walk.five_levels;
	bpf_loop(MOST_GIB, try_next, &walk, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
