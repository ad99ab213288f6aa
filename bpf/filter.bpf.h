/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is traced. The question is settled when something about a task changes (birth, comm, cgroup)
 * and remembered as one bit per tid; the hot hooks only test the bit. They test the task they are
 * handed, never `current`: in sched_wakeup current is the waker, in sched_switch it is prev.
 */
#ifndef HT_FILTER_BPF_H
#define HT_FILTER_BPF_H

#include "compat.bpf.h"
#include "maps.bpf.h"

#define CGROUP_DEPTH_LIMIT 32

static __always_inline bool is_traced(__u32 tid)
{
	__u32 word = tid / 64;
	__u64 *bits;

	if (!settings.filter)
		return true;
	bits = bpf_map_lookup_elem(&traced_tids, &word);
	return bits && (*bits >> (tid % 64) & 1);
}

static __always_inline void set_traced(__u32 tid, bool traced)
{
	__u32 word = tid / 64;
	__u64 *bits, bit = 1ULL << (tid % 64);

	if (!settings.filter)
		return;
	bits = bpf_map_lookup_elem(&traced_tids, &word);
	if (!bits)
		return;
	if (traced)
		__sync_fetch_and_or(bits, bit);
	else
		__sync_fetch_and_and(bits, ~bit);
}

/* `*` any run, `?` any one character; comm is NUL-terminated. */
static __noinline bool glob_matches(const char comm[HT_COMM_LEN])
{
	/* Bit i of `at`: the first i characters of the glob match what was read of comm so far. */
	__u32 at = 1;
	int i, c;

	for (c = 0; c < HT_COMM_LEN; c++) {
		char ch = comm[c];
		__u32 next = 0;

		for (i = 0; i < HT_GLOB_LEN - 1; i++) {
			char g = settings.comm_glob[i];

			if (!(at >> i & 1) || !g)
				continue;
			if (g == '*') {
				at |= 1u << (i + 1);
				next |= 1u << i;
			} else if (ch && (g == '?' || g == ch)) {
				next |= 1u << (i + 1);
			}
		}
		if (!ch)
			break;
		at = next;
	}
	for (i = 0; i < HT_GLOB_LEN; i++)
		if (!settings.comm_glob[i])
			return at >> i & 1;
	return false;
}

/*
 * Here and wherever else speed does not matter, pointers are followed by BPF_CORE_READ: for each
 * pointer that is taken from a trusted task directly, on each path, the verifier looks through all
 * types of the kernel (btf_nested_type_is_trusted), about a millisecond of the start each time.
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
	/* Apart: inside of BPF_CORE_READ, libbpf would look for our own type in the kernel's. */
	struct cgroup_subsys_state *css = walk->css;

	if (!css)
		return 1;
	/* A cgroup's css is its first member, so a parent css is a parent cgroup. */
	walk->found = BPF_CORE_READ((struct cgroup *)css, kn, id) == settings.cgroup_id;
	walk->css = BPF_CORE_READ(css, parent);
	return walk->found;
}

/*
 * Is the cgroup, or one above it, the one asked for? By bpf_loop: a loop of C gets a fall into its
 * header from clang here, which verifiers before 10e14e9652bf (6.7) take for an endless loop.
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

/* Does the target hold this task by what it is now (inheritance apart)? */
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
		if (glob_matches(comm))
			return true;
	}
	return settings.filter & HT_FILTER_CGROUP && cgroup_matches(task_cgroup(task));
}

#endif
