/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bpf/sched/culprits.bpf.h with what one CPU ran in the test's own memory. C and C++. */
#ifndef HT_HOST_CULPRITS_SIDE_H
#define HT_HOST_CULPRITS_SIDE_H

#include "settings.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Registers the memory of the maps, for one CPU. */
void host_set_up_culprits(struct ht_cpu_state *state, struct ht_history *history);
/* `tid` runs from now on. */
void host_run(__u64 clock_ns, __u32 tid);
/* The wait of `tid` ends at clock_ns, before what runs next is remembered. */
void host_record_wait(__u64 clock_ns, __u64 wait_ns, __u32 tid);

#ifdef __cplusplus
}
#endif

#endif
