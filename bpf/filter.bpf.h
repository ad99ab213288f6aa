/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is traced. The question is settled when something about a task changes (birth, comm, cgroup)
 * and remembered as one bit per tid; the hot hooks only test the bit. They test the task they are
 * handed, never `current`: in sched_wakeup current is the waker, in sched_switch it is prev.
 */
#ifndef HT_FILTER_BPF_H
#define HT_FILTER_BPF_H

#include "bitmap.bpf.h"
#include "compat.bpf.h"
#include "glob.bpf.h"
#include "maps.bpf.h"

#define CGROUP_DEPTH_LIMIT 32

static __always_inline bool is_traced(__u32 tid)
{
	return !settings.filter || has_bit(&traced_tids, tid);
}

static __always_inline void set_traced(__u32 tid, bool traced)
{
	if (!settings.filter)
		return;
	if (traced)
		set_bits(&traced_tids, tid, 1);
	else
		clear_bits(&traced_tids, tid, 1);
}

/*
 * BPF_CORE_READ, and no plain load, wherever speed does not matter: for each plain load of a pointer
 * from a trusted task, the verifier searches all types of the kernel (btf_nested_type_is_trusted),
 * which adds about 1 ms to the load each time.
 */
static __always_inline struct cgroup *task_cgroup(struct task_struct *task)
{
	return BPF_CORE_READ(task, cgroups, dfl_cgrp);
}

static __always_inline __u64 task_cgroup_id(struct task_struct *task)
{
	struct cgroup *cgroup = task_cgroup(task);

	return cgroup ? BPF_CORE_READ(cgroup, kn, id) : 0;
}

struct cgroup_walk {
	struct cgroup_subsys_state *css;
	bool found;
};

static long look_at_cgroup(__u32 index, void *context)
{
	struct cgroup_walk *walk = context;
	/* A statement of its own: inside BPF_CORE_READ, libbpf would look for our type in the kernel's BTF. */
	struct cgroup_subsys_state *css = walk->css;

	if (!css)
		return 1;
	/* A cgroup's css is its first member, so a parent css is a parent cgroup. */
	walk->found = BPF_CORE_READ((struct cgroup *)css, kn, id) == settings.cgroup_id;
	walk->css = BPF_CORE_READ(css, parent);
	return walk->found;
}

/*
 * Is the cgroup, or one of its ancestors, the target? With bpf_loop: verifiers before 10e14e9652bf
 * (6.7) reject the code that clang makes of a C loop here as an infinite loop.
 */
static __always_inline bool cgroup_matches(struct cgroup *cgroup)
{
	struct cgroup_walk walk = {.css = (void *)cgroup};

	bpf_loop(CGROUP_DEPTH_LIMIT, look_at_cgroup, &walk, 0);
	return walk.found;
}

static __always_inline bool named_by_user(struct task_struct *task)
{
	__u32 pid = task->tgid, tid = task->pid;
	__u32 *what;

	what = bpf_map_lookup_elem(&target_pids, &pid);
	if (what && *what & HT_TARGET_PROCESS)
		return true;
	what = bpf_map_lookup_elem(&target_pids, &tid);
	return what && *what & HT_TARGET_THREAD;
}

/* Is the task in the target by its own pid, comm or cgroup (not because its parent is)? */
static __always_inline bool is_wanted(struct task_struct *task)
{
	if (task->tgid == settings.self_pid)
		return false;
	if (!settings.filter)
		return true;
	if (settings.filter & HT_FILTER_PID && named_by_user(task))
		return true;
	if (settings.filter & HT_FILTER_COMM) {
		char comm[HT_COMM_LEN];

		bpf_probe_read_kernel_str(comm, sizeof(comm), task->comm);
		if (glob_matches(settings.comm_glob, comm))
			return true;
	}
	return settings.filter & HT_FILTER_CGROUP && cgroup_matches(task_cgroup(task));
}

#endif
