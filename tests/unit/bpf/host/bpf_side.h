/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the BPF side that bpf_side.c compiles for the host. C and C++. */
#ifndef HT_HOST_BPF_SIDE_H
#define HT_HOST_BPF_SIDE_H

#include "settings.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Registers the memory of the maps that a ring of switches needs. */
void host_set_up_switches(struct ht_cpu_state *states, struct ht_switch_ring *rings,
			  struct ht_switch_group *slots, __u32 cpus, __u32 groups);
/* As on_sched_switch does on host_cpu; false when there is no room. */
int host_write_switch(__u32 tid, __u64 now_ns);

int host_glob_matches(const char *glob, const char *comm);

#ifdef __cplusplus
}
#endif

#endif
