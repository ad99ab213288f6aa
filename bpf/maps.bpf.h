/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The maps that all families share. They are weak, so that the linker of `bpftool gen object`
 * keeps one of each.
 */
#ifndef HT_MAPS_BPF_H
#define HT_MAPS_BPF_H

#include "events.h"
#include "settings.h"
#include <bpf/bpf_helpers.h>

#ifdef __bpf__
const volatile struct ht_settings settings __weak SEC(".rodata.settings") = {};
#else /* a unit test writes them */
extern struct ht_settings settings;
#endif

struct ht_ring_type {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); /* the loader makes the real ones */
};

/* CPU → its ring; the loader fills it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1); /* the loader: possible CPUs */
	__type(key, __u32);
	__array(values, struct ht_ring_type);
} rings __weak SEC(".maps");

/* CPU → its state. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the loader: possible CPUs */
	__type(key, __u32);
	__type(value, struct ht_cpu_state);
} cpu_states __weak SEC(".maps");

/* The state of the CPU that the program runs on; never null, but the verifier wants that tested. */
static __always_inline struct ht_cpu_state *this_cpu(__u32 *cpu_id)
{
	*cpu_id = bpf_get_smp_processor_id();
	return bpf_map_lookup_elem(&cpu_states, cpu_id);
}

static __always_inline void count_full_map(void)
{
	__u32 cpu_id;
	struct ht_cpu_state *cpu = this_cpu(&cpu_id);

	if (cpu)
		__sync_fetch_and_add(&cpu->map_full, 1);
}

/* A bitmap (bitmap.bpf.h), one bit per tid: is it traced? */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* the loader: pid_max / 64 when there is a filter */
	__type(key, __u32);
	__type(value, __u64);
} traced_tids __weak SEC(".maps");

/* pid or tid → HT_TARGET_*; what the user named. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u32);
} target_pids __weak SEC(".maps");

/* CPU → what ran there. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the loader: the online CPUs when there is a filter */
	__type(key, __u32);
	__type(value, struct ht_history);
} history_of_cpu __weak SEC(".maps");

#endif
