/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who waited behind whom, by cgroup: the parts of a wait go to pairs of slots of this CPU. Successive
 * runs of one cgroup count as one run.
 *
 * The table of pairs is a hash in an array, and each CPU has its own part of it: it has one writer, and
 * looking something up takes no call.
 */
#ifndef HT_TOTALS_PAIRS_BPF_H
#define HT_TOTALS_PAIRS_BPF_H

#include "runs.bpf.h"
#include "slots.bpf.h"

#define PAIR_PROBES 4

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* the loader: HT_PAIRS_OF_CPU for each CPU */
	__type(key, __u32);
	__type(value, struct ht_totals_pair_sum);
} totals_pairs __weak SEC(".maps");

/* What each CPU ran: an ht_run's tid is the slot, or HT_BEHIND_*. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the loader: possible CPUs */
	__type(key, __u32);
	__type(value, struct ht_history);
} totals_history __weak SEC(".maps");

/* Global: the verifier looks at it once. `ns` is not 0. */
__noinline int add_pair(__u32 cpu, __u32 slot, __u32 behind, __u64 ns)
{
	__u32 hash = (slot * 31 + behind) * GOLDEN_RATIO >> 16, i, place, free_place = ~0U;
	struct ht_totals_pair_sum *pair;
	struct ht_totals_slot *sums;

	for (i = 0; i < PAIR_PROBES; i++) {
		place = cpu * HT_PAIRS_OF_CPU + ((hash + i) & (HT_PAIRS_OF_CPU - 1));
		pair = bpf_map_lookup_elem(&totals_pairs, &place);
		if (!pair)
			return 0;
		if (!pair->ns) {
			if (free_place == ~0U)
				free_place = place;
		} else if (pair->slot == slot && pair->behind == behind) {
			pair->ns += ns;
			return 0;
		}
	}
	pair = bpf_map_lookup_elem(&totals_pairs, &free_place);
	if (pair) {
		pair->slot = slot;
		pair->behind = behind;
		pair->ns = ns;
		return 0;
	}
	sums = bpf_map_lookup_elem(&totals_slots, &slot);
	if (sums)
		sums->sums.behind_others_ns += ns;
	return 0;
}

struct pair_walk {
	struct ht_history *history;
	__u32 cpu;
	__u32 slot;
};

static long add_walked(__u32 index, void *context)
{
	struct pair_walk *walk = context;
	struct ht_history *history = walk->history;
	struct ht_sum *sum;

	if (!history)
		return 1;
	sum = &history->sums[history->used[index & (HT_SUMS - 1)] & (HT_SUM_SLOTS - 1)];
	if (sum->ns)
		add_pair(walk->cpu, walk->slot, sum->tid, sum->ns);
	return 0;
}

/* Global: the verifier looks at it once. The wait was behind more than one run. */
__noinline int walk_pairs(__u32 cpu, __u32 slot, __u64 clock, __u64 wait_ns)
{
	struct ht_history *history = bpf_map_lookup_elem(&totals_history, &cpu);
	struct pair_walk walk = {.history = history, .cpu = cpu, .slot = slot};

	if (!history)
		return 0;
	sum_runs(history, clock, wait_ns);
	bpf_loop(history->tasks, add_walked, &walk, 0);
	if (history->others_ns)
		add_pair(cpu, slot, HT_BEHIND_MANY, history->others_ns);
	if (history->left_ns)
		add_pair(cpu, slot, HT_BEHIND_UNKNOWN, history->left_ns);
	return 0;
}

/* A wait ends: `tail_ns` of it was on this CPU. */
static __always_inline void add_pairs(__u32 cpu, __u32 slot, __u64 clock, __u64 tail_ns,
				      __u64 dispatch_ns)
{
	struct ht_history *history = bpf_map_lookup_elem(&totals_history, &cpu);
	struct ht_run *last;

	if (!history)
		return;
	if (dispatch_ns)
		add_pair(cpu, slot, HT_BEHIND_IDLE, dispatch_ns);
	if (!tail_ns)
		return;
	last = &history->runs[(history->begun - 1) & (HT_HISTORY_LEN - 1)];
	if (!history->begun)
		add_pair(cpu, slot, HT_BEHIND_UNKNOWN, tail_ns);
	else if (last->clock_ns + tail_ns <= clock)
		add_pair(cpu, slot, last->tid, tail_ns);
	else
		walk_pairs(cpu, slot, clock, tail_ns);
}

static __always_inline void remember_slot(__u32 cpu, __u64 clock, __u32 slot)
{
	struct ht_history *history = bpf_map_lookup_elem(&totals_history, &cpu);

	if (!history)
		return;
	if (history->begun && history->runs[(history->begun - 1) & (HT_HISTORY_LEN - 1)].tid == slot)
		return;
	remember_run(history, clock, slot);
}

#endif
