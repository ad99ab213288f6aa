/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The records of sched_switch have a ring of their own: slots of one size in an array that userspace
 * maps, one writer and one reader. A BPF ring buffer takes a lock and two atomics per record, which
 * is a third of what tracing a switch costs (tests/bench).
 *
 * One writer, because sched_switch runs with interrupts off and so not within itself. Records of
 * other programs on this CPU are merged with these by their time; what was lost is told in the
 * other ring before the next switch is shown here, so that a reader that looks at this ring first
 * meets the gap where it was.
 */
#ifndef HT_SWITCH_RING_BPF_H
#define HT_SWITCH_RING_BPF_H

#include "emit.bpf.h"

#define CHUNK_SLOTS (1U << settings.chunk_shift)

/* (CPU * HT_SWITCH_CHUNKS + place) * CHUNK_SLOTS + n → a record. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* the loader, when sched_switch is traced */
	__type(key, __u32);
	__type(value, struct ht_switch);
} switch_slots SEC(".maps");

/* CPU → how far its writer and its reader are. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* the loader: as many CPUs as have slots */
	__type(key, __u32);
	__type(value, struct ht_switch_ring);
} switch_rings SEC(".maps");

/* Makes a slot's bytes visible before `written` says that it holds a record. */
static __always_inline void publish(struct ht_switch_ring *ring, __u64 written)
{
#ifdef __TARGET_ARCH_x86
	asm volatile("" : : : "memory"); /* stores are seen in their order */
	*(volatile __u64 *)&ring->written = written;
#else
	__sync_fetch_and_add(&ring->written, 1);
#endif
}

/*
 * Where does the next chunk go? To the lowest place that is unused, and not round and round: so a
 * consumer that keeps up leaves few slots in use, which stay in the CPU's own cache. Writing each
 * record to memory that was last seen megabytes ago costs a switch half as much as all else here
 * (tests/bench). False when all are in use.
 */
static __noinline int find_place(struct ht_switch_ring *ring, __u64 chunk)
{
	__u64 taken, unused;
	__u32 place = 0;
	int i;

	if (!ring)
		return 0;
	taken = *(volatile __u64 *)&ring->taken >> settings.chunk_shift;
	unused = ring->unused;
	/* A few are enough: one is needed. */
	for (i = 0; i < 8 && ring->freed < taken; i++)
		unused |= 1ULL << ring->places[ring->freed++ & (HT_SWITCH_CHUNKS - 1)];
	ring->unused = unused;
	if (!unused)
		return 0;
	for (i = 32; i; i /= 2)
		if (!(unused & ((1ULL << i) - 1))) {
			unused >>= i;
			place += i;
		}
	ring->unused &= ~(1ULL << place);
	ring->places[chunk & (HT_SWITCH_CHUNKS - 1)] = place;
	return 1;
}

static __always_inline void wake_consumer(struct emitter *e)
{
	void *nothing;

	if (!emitter_find_ring(e))
		return;
	nothing = bpf_ringbuf_reserve(e->ring, 8, 0);
	/* Full, it has woken the consumer before. */
	if (nothing)
		bpf_ringbuf_discard(nothing, BPF_RB_FORCE_WAKEUP);
}

/*
 * Copies the record, whose header is filled here; what finds no room is counted. The emitter knows
 * its CPU's state.
 */
static __always_inline void emit_switch(struct emitter *e, struct ht_switch *record, __u32 tid,
					__u64 now)
{
	struct ht_switch_ring *ring = bpf_map_lookup_elem(&switch_rings, &e->cpu_id);
	__u32 at, in_chunk;
	struct ht_switch *slot;
	__u64 written, chunk;

	if (!ring) { /* a CPU that came later */
		emit_copy_at(&record->head, HT_SWITCH, tid, sizeof(*record), now);
		return;
	}
	if (e->cpu->lost_first_ns &&
	    (!emitter_find_ring(e) || !flush_losses(e->cpu, e->ring, e->cpu_id))) {
		count_loss(e->cpu, HT_SWITCH, now);
		return;
	}
	written = ring->written;
	chunk = written >> settings.chunk_shift;
	in_chunk = written & (CHUNK_SLOTS - 1);
	if (!in_chunk && !find_place(ring, chunk)) {
		count_loss(e->cpu, HT_SWITCH, now);
		return;
	}
	at = ((e->cpu_id * HT_SWITCH_CHUNKS + ring->places[chunk & (HT_SWITCH_CHUNKS - 1)])
	      << settings.chunk_shift) + in_chunk;
	slot = bpf_map_lookup_elem(&switch_slots, &at);
	if (!slot) {
		count_loss(e->cpu, HT_SWITCH, now);
		return;
	}
	record->head.time_ns = now;
	record->head.tid = tid;
	record->head.type = HT_SWITCH;
	record->head.cpu = e->cpu_id;
	*slot = *record;
	publish(ring, written + 1);
	if (!((written + 1) & (CHUNK_SLOTS * HT_WAKE_CHUNKS - 1)))
		wake_consumer(e);
}

#endif
