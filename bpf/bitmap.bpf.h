/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bitmaps: array maps of 64-bit words. They cannot be full, need no cleaning, and cost a load. With
 * `set` and `clear` the word is written only when that changes it.
 */
#ifndef HT_BITMAP_BPF_H
#define HT_BITMAP_BPF_H

#include <bpf/bpf_helpers.h>

/* The word that holds bit `index`, or null when the map is smaller. */
static __always_inline __u64 *word_of_bit(void *bitmap, __u32 index)
{
	__u32 word = index / 64;

	return bpf_map_lookup_elem(bitmap, &word);
}

static __always_inline bool has_bit(void *bitmap, __u32 index)
{
	__u64 *word = word_of_bit(bitmap, index);

	return word && *word >> (index % 64) & 1;
}

/* `bits` is shifted to `index`; bits beyond the end of that word are ignored. */
static __always_inline void set_bits(void *bitmap, __u32 index, __u64 bits)
{
	__u64 *word = word_of_bit(bitmap, index);

	bits <<= index % 64;
	if (word && (*word & bits) != bits)
		__sync_fetch_and_or(word, bits);
}

static __always_inline void clear_bits(void *bitmap, __u32 index, __u64 bits)
{
	__u64 *word = word_of_bit(bitmap, index);

	bits <<= index % 64;
	if (word && *word & bits)
		__sync_fetch_and_and(word, ~bits);
}

#endif
