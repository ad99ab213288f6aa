/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whom a traced task waited behind: each CPU remembers its last HT_HISTORY_LEN runs, and when a wait
 * ends there its part of them is summed up by task and recorded. Only with a target: in a stream of
 * the whole system userspace sees every run itself.
 *
 * Bounded: a wait looks at HT_HISTORY_LEN runs at most (some 10 ns each), lists HT_SUMS tasks,
* and needs HT_SUMS / HT_BEHIND_SEGMENTS + 1 records at most.
 */
#ifndef HT_SCHED_CULPRITS_BPF_H
#define HT_SCHED_CULPRITS_BPF_H

#include "emit.bpf.h"

#define SUM_PROBES 8

/* Remembers that `tid` runs from now on. */
static __always_inline void remember_run(struct ht_history *history, __u64 clock_ns, __u32 tid)
{
	struct ht_run *run = &history->runs[history->begun & (HT_HISTORY_LEN - 1)];

	run->clock_ns = clock_ns;
	run->tid = tid;
	history->begun++;
}

struct run_walk {
	struct ht_history *history;
	__u64 newest;
	__u64 end_ns;  /* where the part already explained begins, run-queue clock */
	__u64 left_ns; /* of the wait, still unexplained */
};

static __always_inline void add_sum(struct ht_history *history, __u32 tid, __u64 ns)
{
	/* 2^32 / the golden ratio: neighbouring tids are spread out (Knuth, TAOCP 6.4). */
	__u32 hash = tid * 0x9e3779b1u >> 24;
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

#define BEHIND_BYTES(n) (sizeof(struct ht_behind) - (HT_BEHIND_SEGMENTS - (n)) * sizeof(struct ht_segment))

/* One ht_behind with `most` of the wait's sums, from number `first` on. */
static __always_inline int emit_sums(__u32 tid, __u64 now, __u32 first, __u32 most)
{
	struct ht_history *history;
	struct ht_behind *record;
	struct emitter e;
	__u32 i, count = 0;

	/*
	 * A wait behind many takes many records. When the ring is three quarters full, other records
	 * go first: who ran meanwhile is then counted as lost and shown as unknown.
	 */
	if (!emitter_open(&e))
		return 0;
	history = bpf_map_lookup_elem(&history_of_cpu, &e.cpu_id);
	if (!history)
		return 0;
	if (bpf_ringbuf_query(e.ring, BPF_RB_AVAIL_DATA) >
	    HT_WAKE_SHARE * 3 / 4 * (__u64)settings.wake_bytes) {
		count_loss(e.cpu, HT_BEHIND, now);
		return 0;
	}
	record = emit_begin_in(&e, HT_BEHIND, BEHIND_BYTES(most), tid, now);
	if (!record)
		return 0;
	for (i = 0; i < most; i++) {
		struct ht_segment *segment = &record->segments[i];
		__u32 at = first + i;

		segment->ns = 0;
		segment->tid = 0;
		segment->pad = 0;
		if (at < history->tasks) {
			__u32 slot = history->used[at & (HT_SUMS - 1)];
			struct ht_sum *sum = &history->sums[slot & (HT_SUM_SLOTS - 1)];

			segment->ns = sum->ns;
			segment->tid = sum->tid;
		} else if (at == history->tasks && history->others_ns) {
			segment->ns = history->others_ns;
			segment->tid = HT_BEHIND_OTHERS;
		} else {
			continue;
		}
		count++;
	}
	record->count = count;
	record->pad = 0;
	record->rest_ns = first + most > history->tasks ? history->left_ns : 0;
	emit_end(&e, record, BEHIND_BYTES(most));
	return first + most <= history->tasks;
}

/*
 * Global functions, so that the verifier looks at each once and not once per call; what they work
 * on is the CPU's own (sched_switch runs with interrupts off).
 */
__noinline int emit_one_behind(__u32 tid, __u64 now)
{
	return emit_sums(tid, now, 0, 1);
}

#define BEHIND_FEW 4

__noinline int emit_few_behind(__u32 tid, __u64 now)
{
	return emit_sums(tid, now, 0, BEHIND_FEW);
}

__noinline int emit_many_behind(__u32 tid, __u64 now, __u32 first)
{
	return emit_sums(tid, now, first, HT_BEHIND_SEGMENTS);
}

/* The wait of `tid` ends at clock_ns. */
static __always_inline void record_culprits(struct ht_history *history, __u64 clock_ns,
					    __u64 wait_ns, __u32 tid, __u64 now)
{
	struct run_walk walk = {
		.history = history,
		.newest = history->begun - 1,
		.end_ns = clock_ns,
		.left_ns = wait_ns,
	};
	__u32 i, runs = HT_HISTORY_LEN;

	if (history->begun < runs)
		runs = history->begun;
	history->wait++;
	history->tasks = 0;
	history->others_ns = 0;
	bpf_loop(runs, sum_run, &walk, 0);
	history->left_ns = walk.left_ns;
	if (history->tasks <= 1 && !history->others_ns) {
		if (history->tasks)
			emit_one_behind(tid, now);
	} else if (history->tasks < BEHIND_FEW) {
		emit_few_behind(tid, now);
	} else {
		for (i = 0; i <= HT_SUMS; i += HT_BEHIND_SEGMENTS)
			if (!emit_many_behind(tid, now, i))
				break;
	}
}

#endif
