/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making records: reserve, fill, submit. A record that does not fit is counted, and the count stands
 * in the ring where the record would have stood.
 *
 * A record goes to the ring of the CPU that makes it. No record wakes the consumer by itself: the
 * consumer drains the rings on a timer, and is woken only after settings.wake_bytes on one CPU.
 */
#ifndef HT_EMIT_BPF_H
#define HT_EMIT_BPF_H

#include "maps.bpf.h"

/* The struct of each id of the event list. */
#define HT_RECORD_TYPE(id, NAME, type) typedef struct type record_##NAME;
HT_EVENTS(HT_RECORD_TYPE)
#undef HT_RECORD_TYPE

#define RING_OVERHEAD 8 /* BPF_RINGBUF_HDR_SZ */

static __always_inline void count_loss(struct ht_cpu_state *cpu, __u32 type, __u64 now)
{
	/* A cgroup's name is the one record that both sides make: it counts as a move into it. */
	if (type == HT_CGROUP_NAME)
		type = HT_TASK_CGROUP;
	if (type >= HT_KIND_LIMIT)
		return;
	/* Atomic: an interrupt's program may count on the same CPU. */
	__sync_fetch_and_add(&cpu->lost[type], 1);
	if (!cpu->lost_first_ns)
		cpu->lost_first_ns = now;
	cpu->lost_last_ns = now;
}

struct loss_taking {
	struct ht_cpu_state *cpu;
	struct ht_lost *to;
};

static long take_loss(__u32 kind, void *context)
{
	struct loss_taking *taking = context;
	__u32 lost;

	if (kind >= HT_KIND_LIMIT)
		return 1;
	lost = taking->cpu->lost[kind];
	taking->to->counts[kind] = lost;
	__sync_fetch_and_sub(&taking->cpu->lost[kind], lost);
	return 0;
}

/*
 * There were losses: put their count into the ring first. False when even that does not fit. This uses
 * bpf_loop, because the verifier follows a C loop round by round at each of the many call sites.
 */
static __noinline int flush_losses(struct ht_cpu_state *cpu, void *ring, __u32 cpu_id)
{
	struct loss_taking taking = {.cpu = cpu};
	struct ht_lost *lost;

	if (!cpu || !ring)
		return 0;
	lost = bpf_ringbuf_reserve(ring, sizeof(*lost), 0);
	if (!lost)
		return 0;
	lost->head.time_ns = cpu->lost_first_ns;
	lost->head.tid = 0;
	lost->head.type = HT_LOST;
	lost->head.cpu = cpu_id;
	lost->last_ns = cpu->lost_last_ns;
	cpu->lost_first_ns = 0;
	taking.to = lost;
	bpf_loop(HT_KIND_LIMIT, take_loss, &taking, 0);
	bpf_ringbuf_submit(lost, BPF_RB_NO_WAKEUP);
	return 1;
}

struct emitter {
	struct ht_cpu_state *cpu;
	void *ring;
	__u32 cpu_id;
};

/* Finds this CPU's ring; e->cpu is set already. False (and counted) when the CPU has no ring. */
static __always_inline bool emitter_find_ring(struct emitter *e)
{
	e->ring = bpf_map_lookup_elem(&rings, &e->cpu_id);
	if (!e->ring) {
		__sync_fetch_and_add(&e->cpu->no_ring, 1);
		return false;
	}
	return true;
}

static __always_inline bool emitter_find_cpu(struct emitter *e)
{
	e->cpu = this_cpu(&e->cpu_id);
	return e->cpu;
}

/* Finds this CPU's state and ring. */
static __always_inline bool emitter_open(struct emitter *e)
{
	return emitter_find_cpu(e) && emitter_find_ring(e);
}

/*
 * Reserves a record of exactly `size` bytes and fills its header. Null when the ring is full (then the
 * record is counted as lost). The record must be passed to emit_end. Called by the macros below.
 */
static __always_inline void *emit_begin_in(struct emitter *e, __u32 type, __u32 size, __u32 tid,
					   __u64 now)
{
	struct ht_header *head;

	if (e->cpu->lost_first_ns && !flush_losses(e->cpu, e->ring, e->cpu_id)) {
		count_loss(e->cpu, type, now);
		return 0;
	}
	head = bpf_ringbuf_reserve(e->ring, size, 0);
	if (!head) {
		count_loss(e->cpu, type, now);
		return 0;
	}
	head->time_ns = now;
	head->tid = tid;
	head->type = type;
	head->cpu = e->cpu_id;
	return head;
}

static __always_inline void *emit_begin_at(struct emitter *e, __u32 type, __u32 size, __u32 tid,
					   __u64 now)
{
	return emitter_open(e) ? emit_begin_in(e, type, size, tid, now) : 0;
}

static __always_inline void *emit_begin(struct emitter *e, __u32 type, __u32 size, __u32 tid)
{
	return emit_begin_at(e, type, size, tid, bpf_ktime_get_boot_ns());
}

static __always_inline void emit_end(struct emitter *e, void *record, __u32 size)
{
	__u64 flags = BPF_RB_NO_WAKEUP;

	e->cpu->ring_bytes += size + RING_OVERHEAD;
	if (e->cpu->ring_bytes >= settings.wake_bytes) {
		e->cpu->ring_bytes = 0;
		flags = BPF_RB_FORCE_WAKEUP;
	}
	bpf_ringbuf_submit(record, flags);
}

/*
 * Copies a record of variable size, built elsewhere, into the ring; the header is filled here.
 * `size` is a multiple of 8. False when the ring is full (then the record is counted as lost).
 */
static __always_inline bool emit_copy_at(struct ht_header *head, __u32 type, __u32 tid, __u32 size,
					 __u64 now)
{
	__u64 flags = BPF_RB_NO_WAKEUP;
	struct emitter e;

	if (!emitter_open(&e))
		return false;
	head->time_ns = now;
	head->tid = tid;
	head->type = type;
	head->cpu = e.cpu_id;
	if (e.cpu->ring_bytes + size + RING_OVERHEAD >= settings.wake_bytes)
		flags = BPF_RB_FORCE_WAKEUP;
	if ((e.cpu->lost_first_ns && !flush_losses(e.cpu, e.ring, e.cpu_id)) ||
	    bpf_ringbuf_output(e.ring, head, size, flags)) {
		count_loss(e.cpu, type, now);
		return false;
	}
	e.cpu->ring_bytes = flags == BPF_RB_FORCE_WAKEUP ? 0 :
							    e.cpu->ring_bytes + size + RING_OVERHEAD;
	return true;
}

/*
 * Records by their name in the event list, which has their id, struct and size: with a pointer to
 * another struct these do not compile.
 *
 *   EMIT_BEGIN(e, NAME, tid)          a record to fill and to hand to EMIT_END; null when there is no
 *                                     space (then it is counted); the header is filled
 *   EMIT_BEGIN_AT(e, NAME, tid, now)  the same, of this time
 *   EMIT_BEGIN_HERE(e, NAME, tid, now) the same with an emitter whose cpu is set already
 *   EMIT_END(e, record)               submits it
 *   EMIT_TAIL(NAME, record, tail, tail_len, tid, now)
 *                                     copies a record that was put together elsewhere, with its tail
 *                                     right behind it; the tail has 7 spare bytes for padding. False
 *                                     when the ring is full (then it is counted)
 *   EMIT_TO_SEQ(seq, NAME, record)    from an iterator; the header's type is filled
 */
#define EMIT_BEGIN_AT(e, NAME, tid, now) \
	((record_##NAME *)emit_begin_at(e, HT_##NAME, sizeof(record_##NAME), tid, now))

#define EMIT_BEGIN_HERE(e, NAME, tid, now)                                                  \
	((record_##NAME *)(emitter_find_ring(e) ?                                         \
				   emit_begin_in(e, HT_##NAME, sizeof(record_##NAME), tid, now) : \
				   0))

#define EMIT_BEGIN(e, NAME, tid) EMIT_BEGIN_AT(e, NAME, tid, bpf_ktime_get_boot_ns())

#define EMIT_END(e, record) emit_end(e, record, sizeof(*(record)))

#define EMIT_TAIL(NAME, record, tail, tail_len, tid, now)                                \
	({                                                                               \
		record_##NAME *record_ = (record);                                       \
		__u32 len_ = (tail_len);                                                 \
											 \
		record_->tail_bytes = len_;                                              \
		__builtin_memset((tail) + len_, 0, 8);                                   \
		emit_copy_at(&record_->head, HT_##NAME, tid,                             \
			     (sizeof(*record_) + len_ + 7) & ~7u, now);                  \
	})

#define EMIT_TO_SEQ(seq, NAME, record)                                                   \
	({                                                                               \
		record_##NAME *record_ = (record);                                       \
											 \
		((struct ht_header *)record_)->type = HT_##NAME;                         \
		bpf_seq_write(seq, record_, sizeof(*record_));                           \
	})

#endif
