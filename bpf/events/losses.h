/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of what is missing in the stream. */
#ifndef HT_EVENTS_LOSSES_H
#define HT_EVENTS_LOSSES_H

#include "events/header.h"

/*
 * Records of this CPU that did not fit into its ring between head.time_ns and last_ns, by type id. It
 * stands in the ring where they would have stood. All counts zero: records of unknown types are
 * missing there (a damaged or dropped part of a recording; an ht_trouble says how many, on all CPUs).
 */
struct ht_lost {
	struct ht_header head;
	__u64 last_ns;
	__u32 counts[HT_KIND_LIMIT]; /* before 2026-11-29 the first 32 alone */
};

/*
 * What went wrong, other than a full ring; X(id, NAME, json key). UNWRITTEN: the recorder had no memory
 * for them; DAMAGED: in blocks of a recording whose checksum is wrong; CUT (1): its end is missing.
 */
#define HT_TROUBLES(X)                        \
	X(1, MISSED, missed)                  \
	X(2, LATE, late)                      \
	X(3, MAP_FULL, map_full)              \
	X(4, UNDECODABLE, undecodable)        \
	X(5, NO_RING, no_ring)                \
	X(16, UNWRITTEN, unwritten)           \
	X(17, DAMAGED, damaged)               \
	X(18, CUT, cut)

/* count more of `what` since the last such record. */
struct ht_trouble {
	struct ht_header head;
	__u64 count;
	__u32 what;
	__u32 pad;
};

#define HT_TROUBLE_ENUM(id, NAME, key) HT_TROUBLE_##NAME = id,
enum ht_trouble_id { HT_TROUBLES(HT_TROUBLE_ENUM) };
#undef HT_TROUBLE_ENUM

#endif
