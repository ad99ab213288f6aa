/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the kernel has all physical memory mapped (its "direct map", x86-64), which is what a page
 * table's entries have to be added to. Found by trial: the process's top table lies in the map, the
 * map begins on a multiple of a GiB (kernel_randomize_memory, arch/x86/mm/kaslr.c), and where a walk
 * from there arrives at the two words that the loader has put at an address of its own, it begins.
 *
 * The array of struct pages is found by the pages of this task's kernel stack: the kernel keeps
 * pointers to their struct pages (task_struct.stack_vm_area), and the page table has their frames.
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

/* Where `address` is mapped, with physical memory at `map`; 0 = nowhere. */
static __always_inline __u64 walk_to(struct walk *walk, __u64 map, __u64 address)
{
	__u64 table = walk->top, entry = 0;
	int shift;

	for (shift = 48; shift >= SMALL_PAGE_SHIFT; shift -= 9) {
		if (shift == 48 && !walk->five_levels)
			continue;
		entry = read_word(table + (address >> shift & TABLE_INDEX) * 8);
		if (!(entry & ENTRY_PRESENT))
			return 0;
		table = map + (entry & search.frame_mask);
		if (shift == HUGE_PAGE_SHIFT && entry & ENTRY_LEAF) {
			table = (table & ~(HUGE_PAGE_SIZE - 1)) |
				(address & (HUGE_PAGE_SIZE - 1) & SMALL_PAGE_MASK);
			break;
		}
	}
	return table | (address & ~SMALL_PAGE_MASK);
}

/* Does physical memory begin at `map`? */
static __always_inline bool arrives(struct walk *walk, __u64 map)
{
	__u64 words = walk_to(walk, map, search.address);

	return words && read_word(words) == search.words[0] &&
	       read_word(words + 8) == search.words[1];
}

/* By the n-th page of this task's kernel stack; 0 = not found. */
static __always_inline __u64 vmemmap_by(struct walk *walk, __u32 n)
{
	__u64 area = read_word(bpf_get_current_task() + search.task_stack);
	__u64 page = read_word(read_word(area + search.area_pages) + n * 8);
	__u64 address = read_word(area + search.area_addr) + n * SMALL_PAGE_SIZE;
	__u64 at;

	/* Kernel addresses are the upper half. */
	if (!area || (__s64)page >= 0 || (__s64)address >= 0)
		return 0;
	at = walk_to(walk, result.direct_map, address);
	return at ? page - ((at - result.direct_map) >> SMALL_PAGE_SHIFT) * search.page_bytes : 0;
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
	if (result.direct_map && search.task_stack) {
		__u64 vmemmap = vmemmap_by(&walk, 0);

		if (vmemmap == vmemmap_by(&walk, 1))
			result.vmemmap = vmemmap;
	}
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
