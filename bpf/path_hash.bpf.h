/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A number that stands for the path of a file in its file system: another one after a rename of the file
 * or of a directory above it. No tracepoint reports a rename, so the number is compared at each event.
 * A dentry's name, its hash and its parent share a cache line with what a path walk has just read.
 */
#ifndef HT_PATH_HASH_BPF_H
#define HT_PATH_HASH_BPF_H

#include "kernel_memory.bpf.h"

#define PATH_LEVELS 24 /* names that are looked at, the file's first */

/*
 * From the names alone, not from where they are in memory: files below several overlays with the same
 * layer have the same path. READ(address) is load_word in a program, and probe_word in a callback
 * (unpreempted.bpf.h). d_name begins with the hash and the length of the name (struct qstr,
 * include/linux/dcache.h).
 */
#define PATH_HASH_BY(READ, from, levels)                                                  \
	({                                                                               \
		__u64 at_ = (__u64)(from), parent_, hash_ = 0;                         \
		int level_;                                                              \
											 \
		for (level_ = 0; level_ < (levels); level_++) {                          \
			parent_ = READ(at_ + bpf_core_field_offset(struct dentry, d_parent)); \
			hash_ = (hash_ ^ READ(at_ + bpf_core_field_offset(struct dentry,     \
									  d_name.hash))) *   \
				0x9e3779b97f4a7c15ULL;                                   \
			if (parent_ == at_)                                              \
				break;                                                   \
			at_ = parent_;                                                   \
		}                                                                        \
		hash_ ^ hash_ >> 32;                                                     \
	})

static __always_inline __u64 probe_word(__u64 address)
{
	__u64 word = 0;

	bpf_probe_read_kernel(&word, sizeof(word), (void *)address);
	return word;
}

#endif
