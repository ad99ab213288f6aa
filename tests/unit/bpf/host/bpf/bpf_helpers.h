/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for libbpf's header where the BPF side is compiled for the host, so that its algorithms
 * run in a unit test: maps are plain memory that the test registers (host_bpf.h), ring buffers are
 * lists of records with a limit.
 */
#ifndef HT_HOST_BPF_HELPERS_H
#define HT_HOST_BPF_HELPERS_H

#include "host_bpf.h"
#include <linux/types.h>
#include <stdbool.h>
#include <string.h>

#define SEC(name)
#define __uint(name, value) int (*name)[value]
#define __type(name, value) __typeof__(value) *name
#define __array(name, value) __typeof__(value) *name[]
#undef __always_inline
#define __always_inline inline __attribute__((always_inline, unused))
#define __noinline __attribute__((noinline, unused))
#define __weak __attribute__((weak))
#define barrier_var(variable) asm volatile("" : "+r"(variable))

enum { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_ARRAY = 2, BPF_MAP_TYPE_PERCPU_ARRAY = 6,
       BPF_MAP_TYPE_ARRAY_OF_MAPS = 12, BPF_MAP_TYPE_RINGBUF = 27 };
enum { BPF_F_MMAPABLE = 1 << 10 };
enum { BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2 };
enum { BPF_RB_AVAIL_DATA = 0 };

#define bpf_map_lookup_elem(map, key) host_lookup(map, key)
#define bpf_get_smp_processor_id() host_cpu
#define bpf_ktime_get_boot_ns() host_now_ns
#define bpf_ringbuf_reserve(ring, size, flags) host_reserve(ring, size)
#define bpf_ringbuf_submit(record, flags) host_submit(record, flags)
#define bpf_ringbuf_discard(record, flags) host_discard(record, flags)
#define bpf_ringbuf_output(ring, data, size, flags) host_output(ring, data, size, flags)

static inline __u64 bpf_ringbuf_query(void *ring, __u64 what)
{
	(void)ring;
	(void)what;
	return 0; /* nothing is left to read */
}

static inline long bpf_loop(__u32 times, long (*body)(__u32, void *), void *context, __u64 flags)
{
	__u32 i;

	for (i = 0; i < times; i++)
		if (body(i, context))
			break;
	return i;
}

static inline long bpf_probe_read_kernel(void *to, __u32 size, const void *from)
{
	memcpy(to, from, size);
	return 0;
}

#endif
