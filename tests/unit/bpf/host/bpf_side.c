/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bpf_side.h"

#include "glob.bpf.h"
#include "group_ring.bpf.h"

HT_GROUP_RING(switch, SWITCH)

struct ht_settings settings;

static struct ht_cpu_state *all_states;
static int some_ring;

void host_set_up_switches(struct ht_cpu_state *states, struct ht_switch_ring *switches,
			  struct ht_switch_group *slots, __u32 cpus, __u32 groups)
{
	static void *ring_of[HT_CPU_LIMIT];
	__u32 i;

	for (i = 0; i < cpus; i++)
		ring_of[i] = &some_ring;
	all_states = states;
	settings.switch_groups = groups;
	settings.slot_cpus = cpus;
	settings.wake_bytes = ~0u;
	host_register(&cpu_states, states, sizeof(*states), cpus);
	host_register(&switch_rings, switches, sizeof(*switches), cpus);
	host_register(&switch_slots, slots, sizeof(*slots), cpus * groups);
	host_register(&rings, ring_of, sizeof(ring_of[0]), cpus);
}

int host_write_switch(__u32 tid, __u64 now_ns)
{
	struct emitter e = {.cpu = &all_states[host_cpu], .cpu_id = host_cpu};
	struct ht_switch_ring *ring;
	struct ht_switch *record = begin_switch(&e, &ring, now_ns);

	if (!record)
		return 0;
	record->wait_ns = now_ns * 3;
	record->run_delay_ns = now_ns * 7;
	end_switch(&e, ring, record, tid, now_ns);
	return 1;
}

int host_glob_matches(const char *glob, const char *comm)
{
	char pattern[HT_GLOB_LEN] = {}, name[HT_COMM_LEN] = {};

	strncpy(pattern, glob, sizeof(pattern) - 1);
	strncpy(name, comm, sizeof(name) - 1);
	return glob_matches(pattern, name);
}
