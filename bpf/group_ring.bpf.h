/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ring for the most frequent records: an array of slots that userspace maps, with one writer and
 * one reader. A BPF ring buffer takes a lock and two atomic operations per record, which is a third
 * of the cost of tracing a switch (tests/bench).
 *
 * The writer fills a group of 8 records ("open") and then copies it to the slots. The reader's CPU
 * holds the cache lines of the slots, so the first store to a slot waits for its line, about 50 ns;
 * a hook that soon serializes the CPU (a change of the address space, a return from an exception)
 * cannot hide that wait. Storing 8 records at once waits about once. The reader also reads the open
 * group after the last slot.
 *
 * The writer must not be interrupted by another writer of the same ring. Userspace merges these
 * records with those of the ring buffers by time. Lost records are reported in the CPU's ring buffer
 * before the next record is published here: a reader that looks at this ring first and at the ring
 * buffer afterwards always sees the loss before what follows it.
 */
#ifndef HT_GROUP_RING_BPF_H
#define HT_GROUP_RING_BPF_H

#include "emit.bpf.h"

/* Publishes the records: earlier stores become visible before the new value of `count`. */
static __always_inline void publish(__u64 *count, __u64 more)
{
#ifdef __TARGET_ARCH_x86
	asm volatile("" : : : "memory"); /* stores are seen in their order */
	*(volatile __u64 *)count = *count + more;
	asm volatile("" : : : "memory");
#else
	__sync_fetch_and_add(count, more);
#endif
}

static __always_inline void wake_consumer(struct emitter *e)
{
	void *nothing;

	if (!emitter_find_ring(e))
		return;
	nothing = bpf_ringbuf_reserve(e->ring, 8, 0);
	/* A full ring has already woken the consumer. */
	if (nothing)
		bpf_ringbuf_discard(nothing, BPF_RB_FORCE_WAKEUP);
}

#define HT_TIME_NOT_READ 0 /* a loss reads the clock itself */

/*
 * May the next record be written into the open group? If not, it is counted as lost. Before the first
 * record of a group this checks that the whole group fits. The emitter's `cpu` must be set.
 */
static __always_inline bool group_has_room(struct emitter *e, struct ht_ring_writer *writer,
					   struct ht_ring_reader *reader, __u32 groups,
					   __u32 type, __u64 now)
{
	bool room = writer->written & (HT_GROUP_LEN - 1) ||
		    writer->written + HT_GROUP_LEN - *(volatile __u64 *)&reader->taken <=
			    groups * HT_GROUP_LEN;

	if (room && (!e->cpu->lost_first_ns ||
		     (emitter_find_ring(e) && flush_losses(e->cpu, e->ring, e->cpu_id))))
		return true;
	count_loss(e->cpu, type, now == HT_TIME_NOT_READ ? bpf_ktime_get_boot_ns() : now);
	return false;
}

/* A record is complete in the open group. Is the group full? Then it must be stored. */
static __always_inline bool group_is_full(struct ht_ring_writer *writer)
{
	publish(&writer->written, 1);
	return !(writer->written & (HT_GROUP_LEN - 1));
}

/*
 * Stores wait for their cache lines one after the other; loads wait for theirs in parallel. So each line
 * is read once before it is written.
 */
#define fetch_lines(place, bytes)                                                       \
	do {                                                                            \
		_Pragma("unroll") for (int at_ = 0; at_ < (bytes); at_ += 64)           \
			(void)*(volatile __u64 *)((void *)(place) + at_);               \
	} while (0)

/* The slots that the open group is copied to. */
static __always_inline __u32 group_place(struct emitter *e, struct ht_ring_writer *writer,
					 __u32 groups)
{
	return e->cpu_id * groups + (writer->stored / HT_GROUP_LEN & (groups - 1));
}

static __always_inline void group_is_stored(struct emitter *e, struct ht_ring_writer *writer,
					    __u32 groups)
{
	publish(&writer->stored, HT_GROUP_LEN);
	if (!(writer->stored & (groups * HT_GROUP_LEN / HT_WAKE_SHARE - 1)))
		wake_consumer(e);
}

/*
 * HT_GROUP_RING(name, NAME): the ring of the records HT_NAME (struct ht_name). Each CPU has
 * settings.name_groups groups of slots.
 *   begin_name   a record to fill and to hand to end_name; null when the ring is full (then it is
 *                counted, at `now`, which may be HT_TIME_NOT_READ)
 *   end_name     fills its header and publishes it
 * Maps: name_slots, CPU * settings.name_groups + n → a group; name_rings, CPU → its open group and
 * both positions. The plan sizes them when the records are traced.
 */
#define HT_GROUP_RING(name, NAME)								\
	_Static_assert(__builtin_types_compatible_p(struct ht_##name, record_##NAME),		\
		       "the event list has another struct for " #NAME);			\
												\
	struct {										\
		__uint(type, BPF_MAP_TYPE_ARRAY);						\
		__uint(map_flags, BPF_F_MMAPABLE);						\
		__uint(max_entries, 1);								\
		__type(key, __u32);								\
		__type(value, struct ht_##name##_group);					\
	} name##_slots __weak SEC(".maps");								\
												\
	struct {										\
		__uint(type, BPF_MAP_TYPE_ARRAY);						\
		__uint(map_flags, BPF_F_MMAPABLE);						\
		__uint(max_entries, 1);								\
		__type(key, __u32);								\
		__type(value, struct ht_##name##_ring);						\
	} name##_rings __weak SEC(".maps");								\
												\
	static __always_inline struct ht_##name *begin_##name(					\
		struct emitter *e, struct ht_##name##_ring **ring, __u64 now)			\
	{											\
		struct ht_##name##_ring *own = bpf_map_lookup_elem(&name##_rings, &e->cpu_id);	\
												\
		*ring = own;									\
		if (!own || !group_has_room(e, &own->writer, &own->reader,			\
					    settings.name##_groups, HT_##NAME, now))			\
			return 0;								\
		return &own->open.records[own->writer.written & (HT_GROUP_LEN - 1)];		\
	}											\
												\
	static __always_inline void end_##name(struct emitter *e, struct ht_##name##_ring *ring,\
					       struct ht_##name *record, __u32 tid, __u64 now)	\
	{											\
		struct ht_##name##_group *slot;							\
		__u32 at;									\
												\
		record->head.time_ns = now;							\
		record->head.tid = tid;								\
		record->head.type = HT_##NAME;						\
		record->head.cpu = e->cpu_id;							\
		if (e->cpu_id >= settings.slot_cpus) { /* a CPU that came later */		\
			emit_copy_at(&record->head, HT_##NAME, tid, sizeof(*record), now);	\
			return;									\
		}										\
		if (!group_is_full(&ring->writer))						\
			return;									\
		at = group_place(e, &ring->writer, settings.name##_groups);			\
		slot = bpf_map_lookup_elem(&name##_slots, &at);					\
		if (slot) {									\
			fetch_lines(slot, sizeof(*slot));					\
			*slot = ring->open;							\
		}										\
		group_is_stored(e, &ring->writer, settings.name##_groups);			\
	}

#endif
