/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The path of every new cgroup. The cgroup of a short service is gone again before userspace gets
 * to look for its name.
 */
#include "emit.bpf.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#define CGROUP_PATH_LEN 1024

/* One record at a time: cgroups are made under cgroup_mutex. */
struct ht_cgroup_scratch {
	struct ht_cgroup_name name;
	char path[CGROUP_PATH_LEN + 8];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ht_cgroup_scratch);
} cgroup_scratch SEC(".maps");

SEC("?tp_btf/cgroup_mkdir")
int BPF_PROG(on_cgroup_mkdir, struct cgroup *made, const char *path)
{
	struct ht_cgroup_scratch *scratch;
	__u32 zero = 0;
	long n;

	/* Hierarchy 0 is v2: the one whose ids the other records have. */
	if (BPF_CORE_READ(made, root, hierarchy_id) != 0)
		return 0;
	scratch = bpf_map_lookup_elem(&cgroup_scratch, &zero);
	if (!scratch)
		return 0;
	n = bpf_probe_read_kernel_str(scratch->path, CGROUP_PATH_LEN, path);
	if (n <= 1)
		return 0;
	barrier_var(n);
	if (n > CGROUP_PATH_LEN)
		return 0;
	scratch->name.cgroup_id = BPF_CORE_READ(made, kn, id);
	scratch->name.pad = 0;
	EMIT_TAIL(CGROUP_NAME, &scratch->name, scratch->path, n, 0, bpf_ktime_get_boot_ns());
	return 0;
}
