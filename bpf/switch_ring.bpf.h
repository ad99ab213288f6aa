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

/* CPU * settings.switch_slots + n → a record. */
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
	struct ht_switch *slot;
	__u64 written;
	__u32 at;

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
	at = e->cpu_id * settings.switch_slots + (written & (settings.switch_slots - 1));
	slot = bpf_map_lookup_elem(&switch_slots, &at);
	if (!slot || written - *(volatile __u64 *)&ring->taken >= settings.switch_slots) {
		count_loss(e->cpu, HT_SWITCH, now);
		return;
	}
	record->head.time_ns = now;
	record->head.tid = tid;
	record->head.type = HT_SWITCH;
	record->head.cpu = e->cpu_id;
	*slot = *record;
	publish(ring, written + 1);
	if (!((written + 1) & (settings.switch_slots / HT_WAKE_SHARE - 1)))
		wake_consumer(e);
}

#endif
