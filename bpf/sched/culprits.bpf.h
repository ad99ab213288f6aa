/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whom a traced task waited behind: when a wait ends on a CPU, that CPU's runs during the wait are
 * summed up by task and recorded. Only with a target: in a stream of the whole system userspace sees
 * every run itself.
 *
 * Bounded: a wait distinguishes HT_SUMS tasks, and takes HT_SUMS / HT_BEHIND_SEGMENTS + 1 records at
 * most.
 */
#ifndef HT_SCHED_CULPRITS_BPF_H
#define HT_SCHED_CULPRITS_BPF_H

#include "emit.bpf.h"
#include "runs.bpf.h"

#define BEHIND_BYTES(n) (sizeof(struct ht_behind) - (HT_BEHIND_SEGMENTS - (n)) * sizeof(struct ht_segment))

/*
 * A wait behind many takes many records. When the ring is three quarters full, other records go first:
 * who ran meanwhile is then counted as lost and shown as unknown.
 */
static __always_inline bool leaves_room(struct emitter *e, __u64 now)
{
	if (bpf_ringbuf_query(e->ring, BPF_RB_AVAIL_DATA) <=
	    HT_WAKE_SHARE * 3 / 4 * (__u64)settings.wake_bytes)
		return true;
	count_loss(e->cpu, HT_BEHIND, now);
	return false;
}

/* One ht_behind with `most` of the wait's sums, from number `first` on. */
static __always_inline int emit_sums(__u32 tid, __u64 now, __u32 first, __u32 most)
{
	struct ht_history *history;
	struct ht_behind *record;
	struct emitter e;
	__u32 i, count = 0;

	if (!emitter_open(&e))
		return 0;
	history = bpf_map_lookup_elem(&history_of_cpu, &e.cpu_id);
	if (!history || !leaves_room(&e, now))
		return 0;
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

/*
 * The commonest wait, which lies in one run: nothing is summed up. Global for the same reason, with what
 * it needs in its arguments.
 */
__noinline int emit_behind_run(__u32 tid, __u64 now, __u32 whom, __u64 ns)
{
	struct ht_behind *record;
	struct emitter e;

	if (!emitter_open(&e) || !leaves_room(&e, now))
		return 0;
	record = emit_begin_in(&e, HT_BEHIND, BEHIND_BYTES(1), tid, now);
	if (!record)
		return 0;
	record->rest_ns = 0;
	record->count = 1;
	record->pad = 0;
	record->segments[0].ns = ns;
	record->segments[0].tid = whom;
	record->segments[0].pad = 0;
	emit_end(&e, record, BEHIND_BYTES(1));
	return 0;
}

/* The wait of `tid` ends at clock_ns. */
static __always_inline void record_culprits(struct ht_history *history, __u64 clock_ns,
					    __u64 wait_ns, __u32 tid, __u64 now)
{
	struct ht_run *last = &history->runs[(history->begun - 1) & (HT_HISTORY_LEN - 1)];
	__u32 i;

	if (history->begun && last->clock_ns <= clock_ns - wait_ns) {
		emit_behind_run(tid, now, last->tid, wait_ns);
		return;
	}
	sum_runs(history, clock_ns, wait_ns);
	if (history->tasks <= 1 && !history->others_ns && !history->left_ns) {
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
