/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the test gives the BPF side to run on: see bpf/bpf_helpers.h here. C and C++. */
#ifndef HT_HOST_BPF_H
#define HT_HOST_BPF_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

extern __u32 host_cpu;
extern __u64 host_now_ns;

/* Memory for an array map; forgets what was registered for that map before. */
void host_register(const void *map, void *values, __u32 value_bytes, __u32 entries);
void *host_lookup(const void *map, const void *key);

/* Ring buffers: `ring` is any pointer that is not null. The rings hold this many records in all. */
void host_set_room(__u32 records);
void *host_reserve(void *ring, __u64 bytes);
void host_submit(void *record, __u64 flags);
void host_discard(void *record, __u64 flags);
long host_output(void *ring, const void *data, __u64 bytes, __u64 flags);

/* The oldest record that was submitted and not taken yet; null when there is none. */
const void *host_take(void);
__u32 host_wakeups(void);

#ifdef __cplusplus
}
#endif

#endif
