/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "culprits_side.h"

#include "sched/culprits.bpf.h"

static struct ht_history *its_history;

void host_set_up_culprits(struct ht_cpu_state *state, struct ht_history *history)
{
	static int some_ring;
	static void *ring_of[1] = {&some_ring};

	its_history = history;
	settings.wake_bytes = ~0u;
	host_register(&cpu_states, state, sizeof(*state), 1);
	host_register(&history_of_cpu, history, sizeof(*history), 1);
	host_register(&rings, ring_of, sizeof(ring_of[0]), 1);
}

void host_run(__u64 clock_ns, __u32 tid)
{
	remember_run(its_history, clock_ns, tid);
}

void host_record_wait(__u64 clock_ns, __u64 wait_ns, __u32 tid)
{
	record_culprits(its_history, clock_ns, wait_ns, tid, clock_ns);
}
