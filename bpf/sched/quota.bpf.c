/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sched --quota: the counters of cgroups with a CPU quota, and the tasks that wait because of it.
 *
 * No hook shows the begin or end of throttling. A task's part of it begins where it left its CPU, or was
 * woken up, while its queue was throttled, and ends with its next run (ht_switch).
 */
#include "emit.bpf.h"
#include "filter.bpf.h"
#include "task.bpf.h"
#include <bpf/bpf_tracing.h>

#define QUOTA_LEVELS 10
#define RUNTIME_INF (~0ULL) /* kernel/sched/sched.h: no quota */

struct quota_seen {
	__u64 throttled_ns;
	__u32 periods;
	__u32 throttled;
};

/* A group's id → its counters in the last record of it. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1); /* the loader: HT_QUOTA_GROUPS */
	__type(key, __u64);
	__type(value, struct quota_seen);
} quota_groups SEC(".maps");

static __always_inline __u64 group_id(struct task_group *group)
{
	__u64 id = BPF_CORE_READ(group, css.cgroup, kn, id);
	__u64 hierarchy = BPF_CORE_READ(group, css.cgroup, root, hierarchy_id);

	return id | hierarchy << HT_QUOTA_HIERARCHY_SHIFT;
}

static __always_inline void fill_quota(struct ht_quota *record, struct task_group *group)
{
	struct cfs_bandwidth___burst *burst = 0;

	record->quota_ns = BPF_CORE_READ(group, cfs_bandwidth.quota);
	record->period_ns = BPF_CORE_READ(group, cfs_bandwidth.period);
	record->throttled_ns = BPF_CORE_READ(group, cfs_bandwidth.throttled_time);
	record->periods = BPF_CORE_READ(group, cfs_bandwidth.nr_periods);
	record->throttled = BPF_CORE_READ(group, cfs_bandwidth.nr_throttled);
	record->burst_ns = 0;
	record->burst_used_ns = 0;
	record->bursts = 0;
	record->flags = 0;
	if (bpf_core_field_exists(burst->nr_burst)) {
		burst = (void *)group + bpf_core_field_offset(struct task_group, cfs_bandwidth);
		record->flags = HT_QUOTA_BURSTS;
		record->burst_ns = BPF_CORE_READ(burst, burst);
		record->burst_used_ns = BPF_CORE_READ(burst, burst_time);
		record->bursts = BPF_CORE_READ(burst, nr_burst);
	}
}

/* False: nothing has changed since the last record. */
static __always_inline bool has_changed(const struct ht_quota *record)
{
	struct quota_seen now = {record->throttled_ns, record->periods, record->throttled};
	struct quota_seen *seen = bpf_map_lookup_elem(&quota_groups, &record->cgroup_id);

	if (seen && seen->throttled_ns == now.throttled_ns && seen->periods == now.periods &&
	    seen->throttled == now.throttled)
		return false;
	bpf_map_update_elem(&quota_groups, &record->cgroup_id, &now, BPF_ANY);
	return true;
}

struct quota_walk {
	struct task_group *group;
	struct seq_file *seq; /* of an iterator; 0 = to the ring */
};

static long look_at_group(__u32 level, void *context)
{
	struct quota_walk *walk = context;
	struct task_group *group = walk->group;
	struct ht_quota now = {}, *record;
	struct emitter e;

	if (!group)
		return 1;
	walk->group = BPF_CORE_READ(group, parent);
	if (BPF_CORE_READ(group, cfs_bandwidth.quota) == RUNTIME_INF)
		return 0;
	now.cgroup_id = group_id(group);
	fill_quota(&now, group);
	if (!has_changed(&now))
		return 0;
	if (walk->seq) {
		now.head.time_ns = bpf_ktime_get_boot_ns();
		now.head.cpu = bpf_get_smp_processor_id();
		EMIT_TO_SEQ(walk->seq, QUOTA, &now);
		return 0;
	}
	record = EMIT_BEGIN(&e, QUOTA, 0);
	if (!record)
		return 0;
	now.head = record->head;
	*record = now;
	EMIT_END(&e, record);
	return 0;
}

/* The task's group, and those above it. */
static __always_inline void look_at_groups(struct task_struct *task, struct seq_file *seq)
{
	struct quota_walk walk = {.group = BPF_CORE_READ(task, sched_task_group), .seq = seq};

	bpf_loop(QUOTA_LEVELS, look_at_group, &walk, 0);
}

struct throttle_walk {
	struct sched_entity *entity;
	__u64 cgroup_id;
};

static long look_for_throttle(__u32 level, void *context)
{
	struct throttle_walk *walk = context;
	struct sched_entity *entity = walk->entity;
	struct cfs_rq___throttle_count *throttle;
	struct cfs_rq *queue;

	if (!entity)
		return 1;
	queue = BPF_CORE_READ(entity, cfs_rq);
	walk->entity = BPF_CORE_READ(entity, parent);
	throttle = (void *)queue;
	if (!queue || !bpf_core_field_exists(throttle->throttled) ||
	    !BPF_CORE_READ_BITFIELD_PROBED(throttle, throttled))
		return 0;
	walk->cgroup_id = group_id(BPF_CORE_READ(queue, tg));
	return 1;
}

static __always_inline void record_quota_wait(struct task_struct *task, __u32 kind)
{
	struct throttle_walk walk = {.entity = &task->se};
	struct ht_quota_wait *record;
	struct emitter e;

	bpf_loop(QUOTA_LEVELS, look_for_throttle, &walk, 0);
	record = EMIT_BEGIN(&e, QUOTA_WAIT, task->pid);
	if (!record)
		return;
	record->cgroup_id = walk.cgroup_id;
	record->kind = kind;
	record->pad = 0;
	EMIT_END(&e, record);
}

/* bool preempt, struct task_struct *prev, *next, and from 5.18 on unsigned int prev_state */
SEC("?tp_btf/sched_switch")
int on_quota_switch(__u64 *ctx)
{
	bool preempt = ctx[0];
	struct task_struct *prev = (void *)ctx[1];
	__u32 state;

	if (!prev->pid || !is_traced(prev->pid) || prev->tgid == settings.self_pid)
		return 0;
	look_at_groups(prev, 0);
	state = settings.state_is_arg ? (__u32)ctx[3] : task_state(prev);
	if ((preempt || !state) && task_throttled(prev))
		record_quota_wait(prev, HT_QUOTA_LEFT);
	return 0;
}

/* Before 6.18 a task can be woken up on a queue that is throttled; since then it runs until it returns to user mode. */
static __always_inline int note_wakeup(struct task_struct *task)
{
	struct task_struct___throttled *own = 0;

	if (bpf_core_field_exists(own->throttled))
		return 0;
	if (task->on_cpu || !is_traced(task->pid) || task->tgid == settings.self_pid)
		return 0;
	if (task_throttled(task))
		record_quota_wait(task, HT_QUOTA_WOKE);
	return 0;
}

SEC("?tp_btf/sched_wakeup")
int BPF_PROG(on_quota_wakeup, struct task_struct *task)
{
	return note_wakeup(task);
}

SEC("?tp_btf/sched_wakeup_new")
int BPF_PROG(on_quota_wakeup_new, struct task_struct *task)
{
	return note_wakeup(task);
}

SEC("?iter/task")
int scan_quotas(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;

	if (!task || !is_traced(task->pid))
		return 0;
	look_at_groups(task, ctx->meta->seq);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
