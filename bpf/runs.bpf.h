/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each CPU ran: its last HT_HISTORY_LEN runs one by one, and the same and older ones in
 * HT_BLOCKS blocks that are summed up by task already. A block has HT_BLOCK_RUNS runs, or fewer that
 * took HT_BLOCK_NS, but at least HT_BLOCK_LEAST_RUNS.
 *
 * A wait is walked back from its end: the runs since the last whole block, then the blocks that lie
 * in the wait as a whole, then the runs of the block in which the wait began, as far as they are still
 * there. So a wait behind 57 000 runs takes no more steps than one behind 8 000, and what stays
 * unknown of it is less than a block.
 */
#ifndef HT_RUNS_BPF_H
#define HT_RUNS_BPF_H

#include "maps.bpf.h"

#define SUM_PROBES 8
#define BLOCK_PROBES 4
#define GOLDEN_RATIO 0x9e3779b1u /* 2^32 divided by it spreads neighbouring tids (Knuth, TAOCP 6.4) */

static __always_inline void add_to_block(struct ht_block *block, __u32 tid, __u64 ns)
{
	__u32 hash = tid * GOLDEN_RATIO >> 27;
	int i;

	for (i = 0; i < BLOCK_PROBES; i++) {
		struct ht_block_sum *sum = &block->sums[(hash + i) & (HT_BLOCK_SUMS - 1)];

		if (sum->ns && sum->tid != tid)
			continue;
		sum->tid = tid;
		sum->ns += ns;
		return;
	}
	block->others_ns += ns;
}

/* Remembers that `tid` runs from now on: the run before it has ended. */
static __always_inline void remember_run(struct ht_history *history, __u64 clock_ns, __u32 tid)
{
	__u64 begun = history->begun;
	struct ht_run *run = &history->runs[(begun - 1) & (HT_HISTORY_LEN - 1)];
	struct ht_block *block = &history->blocks[history->block & (HT_BLOCKS - 1)];

	if (begun && clock_ns > run->clock_ns)
		add_to_block(block, run->tid, clock_ns - run->clock_ns);
	if (!begun || begun - block->first_run >= HT_BLOCK_RUNS ||
	    (clock_ns - block->begin_ns >= HT_BLOCK_NS && begun - block->first_run >= HT_BLOCK_LEAST_RUNS)) {
		history->block++;
		block = &history->blocks[history->block & (HT_BLOCKS - 1)];
		__builtin_memset(block, 0, sizeof(*block));
		block->begin_ns = clock_ns;
		block->first_run = begun;
		block->number = history->block;
	}
	run = &history->runs[begun & (HT_HISTORY_LEN - 1)];
	run->clock_ns = clock_ns;
	run->tid = tid;
	history->begun = begun + 1;
}

struct run_walk {
	struct ht_history *history;
	__u64 newest;   /* run, where the walk begins */
	__u64 block;    /* the newest one that is whole */
	__u64 lowest;   /* run: from there on all is summed up */
	__u64 start_ns; /* of the wait, run-queue clock */
	__u64 end_ns;   /* where the part already explained begins */
	__u64 left_ns;  /* of the wait, still unexplained */
};

static __always_inline void add_sum(struct ht_history *history, __u32 tid, __u64 ns)
{
	__u32 hash = tid * GOLDEN_RATIO >> 24;
	int i;

	for (i = 0; i < SUM_PROBES; i++) {
		__u32 slot = (hash + i) & (HT_SUM_SLOTS - 1);
		struct ht_sum *sum = &history->sums[slot];

		if (sum->wait == history->wait) {
			if (sum->tid != tid)
				continue;
			sum->ns += ns;
			return;
		}
		if (history->tasks >= HT_SUMS)
			break;
		sum->wait = history->wait;
		sum->tid = tid;
		sum->ns = ns;
		history->used[history->tasks & (HT_SUMS - 1)] = slot;
		history->tasks++;
		return;
	}
	history->others_ns += ns;
}

static long sum_run(__u32 back, void *context)
{
	struct run_walk *walk = context;
	struct ht_history *history = walk->history;
	struct ht_run *run;
	__u64 ns = 0;

	if (!history)
		return 1;
	run = &history->runs[(walk->newest - back) & (HT_HISTORY_LEN - 1)];
	if (walk->end_ns > run->clock_ns) {
		ns = walk->end_ns - run->clock_ns;
		walk->end_ns = run->clock_ns;
	}
	if (ns > walk->left_ns)
		ns = walk->left_ns;
	if (ns)
		add_sum(history, run->tid, ns);
	walk->left_ns -= ns;
	return !walk->left_ns;
}

/* One sum of one block, newest block first; ends at the block in which the wait began. */
static long sum_block(__u32 index, void *context)
{
	struct run_walk *walk = context;
	struct ht_history *history = walk->history;
	__u32 back = index / HT_BLOCK_SUMS, slot = index % HT_BLOCK_SUMS;
	struct ht_block *block;
	__u64 ns;

	if (!history || back >= walk->block)
		return 1;
	block = &history->blocks[(walk->block - back) & (HT_BLOCKS - 1)];
	if (!slot) {
		if (block->number != walk->block - back || block->begin_ns < walk->start_ns)
			return 1;
		walk->lowest = block->first_run;
		walk->end_ns = block->begin_ns;
		ns = block->others_ns < walk->left_ns ? block->others_ns : walk->left_ns;
		history->others_ns += ns;
		walk->left_ns -= ns;
	}
	ns = block->sums[slot].ns;
	if (ns > walk->left_ns)
		ns = walk->left_ns;
	if (ns)
		add_sum(history, block->sums[slot].tid, ns);
	walk->left_ns -= ns;
	return 0;
}

/* Sums up by task who ran on this CPU in the wait that ends at clock_ns. */
static __always_inline void sum_runs(struct ht_history *history, __u64 clock_ns, __u64 wait_ns)
{
	__u64 begun = history->begun, oldest = begun > HT_HISTORY_LEN ? begun - HT_HISTORY_LEN : 0;
	struct run_walk walk = {
		.history = history,
		.newest = begun - 1,
		.start_ns = clock_ns - wait_ns,
		.end_ns = clock_ns,
		.left_ns = wait_ns,
	};

	history->wait++;
	history->tasks = 0;
	history->others_ns = 0;
	if (begun) {
		walk.lowest = history->blocks[history->block & (HT_BLOCKS - 1)].first_run;
		bpf_loop(begun - walk.lowest, sum_run, &walk, 0);
		walk.block = history->block - 1;
		if (walk.left_ns)
			bpf_loop(HT_BLOCKS * HT_BLOCK_SUMS, sum_block, &walk, 0);
		walk.newest = walk.lowest - 1;
		if (walk.left_ns && walk.lowest > oldest)
			bpf_loop(walk.lowest - oldest, sum_run, &walk, 0);
	}
	history->left_ns = walk.left_ns;
}

#endif
