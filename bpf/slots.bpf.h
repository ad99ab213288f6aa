/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the sums of `serve` are kept: one slot per cgroup and CPU. Only programs on that CPU write to it,
 * but for block requests, which are done anywhere.
 * A slot is found through a small table of the CPU, by the cgroup's id; ids are never used again, so an
 * entry of that table is right as long as a slot is given back only when its cgroup is gone.
 */
#ifndef HT_SLOTS_BPF_H
#define HT_SLOTS_BPF_H

#include "maps.bpf.h"
#include "compat.bpf.h"
#include "filter.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* the loader: a slot per CPU for cgroups without one, then the others */
	__type(key, __u32);
	__type(value, struct ht_totals_slot);
} totals_slots __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* the loader */
	__type(key, struct ht_totals_key);
	__type(value, __u32);
} totals_slot_of __weak SEC(".maps");

/*
 * The slots that are free; the loader fills it. The one that was given back last is taken first: the
 * pages of slots that were never needed at once stay untouched.
 */
struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(max_entries, 1); /* the loader */
	__uint(value_size, sizeof(__u32));
} totals_free __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the loader: possible CPUs */
	__type(key, __u32);
	__type(value, struct ht_totals_cpu);
} totals_cpus __weak SEC(".maps");

/* Not in the CPU's table. HT_NO_SLOT when the cgroup is not served. */
static __noinline __u32 search_slot(struct cgroup *cgroup, __u64 id, __u32 cpu)
{
	struct ht_totals_key key = {.cgroup_id = id, .cpu = cpu};
	struct ht_totals_slot *slot;
	struct ht_totals_cpu *here;
	__u32 number = 0, *known;

	if (settings.filter & HT_FILTER_CGROUP && !cgroup_matches(cgroup))
		return HT_NO_SLOT;
	known = bpf_map_lookup_elem(&totals_slot_of, &key);
	if (known)
		return *known;
	if (bpf_map_pop_elem(&totals_free, &number))
		goto full;
	slot = bpf_map_lookup_elem(&totals_slots, &number);
	if (!slot)
		goto full;
	slot->cgroup_id = id;
	if (bpf_map_update_elem(&totals_slot_of, &key, &number, BPF_NOEXIST)) {
		slot->cgroup_id = 0;
		bpf_map_push_elem(&totals_free, &number, 0);
		goto full;
	}
	return number;
full:
	here = bpf_map_lookup_elem(&totals_cpus, &cpu);
	if (here)
		here->slots_full++;
	return cpu;
}

static __always_inline __u32 find_slot(struct ht_totals_cpu *here, __u32 cpu, struct task_struct *task)
{
	struct cgroup *cgroup = task->cgroups->dfl_cgrp;
	__u64 id = cgroup->kn->id;
	struct ht_slot_entry *entry = &here->slots[id & (HT_SLOT_ENTRIES - 1)];

	if (entry->cgroup_id == id)
		return entry->slot;
	entry->slot = search_slot(cgroup, id, cpu);
	entry->cgroup_id = id;
	return entry->slot;
}

/* The sums that a program adds to for the task that runs; null when its cgroup is not served. */
static __always_inline struct ht_sums *current_sums(void)
{
	__u32 cpu = bpf_get_smp_processor_id(), number;
	struct ht_totals_cpu *here = bpf_map_lookup_elem(&totals_cpus, &cpu);
	struct ht_totals_slot *slot;

	if (!here)
		return 0;
	number = here->slot;
	if (here->tid != (__u32)bpf_get_current_pid_tgid()) {
		/* The CPU has not switched since we attached, or the switch was not reported. */
		struct cgroup *cgroup = task_cgroup(bpf_get_current_task_btf());

		if (!cgroup)
			return 0;
		number = search_slot(cgroup, BPF_CORE_READ(cgroup, kn, id), cpu);
	}
	slot = bpf_map_lookup_elem(&totals_slots, &number);
	return slot ? &slot->sums : 0;
}

/*
 * Adds to a sum of a task that may be preempted meanwhile, or on another CPU than the slot's: atomic.
 * Programs of tracepoints can be preempted from 7.2 on.
 */
#define ADD_SUM(sums, field, n) __sync_fetch_and_add(&(sums)->field, n)

#endif
