/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a thread on its CPU in user mode or in the kernel? Each CPU has two counters of its PMU, which userspace
 * opens: the cycles in user mode, and those in the kernel. They are read when a traced thread gets the
 * CPU, when it leaves, and now and then in between, so that a long run is known before it ends.
 */
#include "emit.bpf.h"
#include "filter.bpf.h"

#define BPF_F_CURRENT_CPU 0xffffffffULL /* include/uapi/linux/bpf.h */

/* CPU → its counter; userspace fills them. */
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(max_entries, 1); /* the loader: possible CPUs */
	__type(key, __u32);
	__type(value, __u32);
} user_cycles SEC(".maps"), kernel_cycles SEC(".maps");

/*
 * The last reading on this CPU, and the traced thread that runs since then; tid 0 = none, or the counters
 * could not be read.
 */
struct ht_cycle_reading {
	__u64 time_ns;
	__u64 user;
	__u64 kernel;
	__u32 tid;
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ht_cycle_reading);
} cycle_readings SEC(".maps");

/* include/uapi/linux/bpf.h: struct bpf_perf_event_value */
struct counter_value {
	__u64 counter;
	__u64 enabled;
	__u64 running;
};

/*
 * False where the CPU has no such counter, or the PMU is used up: our counters are pinned, so they count all
 * the time or cannot be read (perf_event_read_local(), kernel/events/core.c).
 */
static __always_inline bool read_counter(void *counters, __u64 *cycles)
{
	struct counter_value value;

	if (bpf_perf_event_read_value(counters, BPF_F_CURRENT_CPU, (void *)&value, sizeof(value)))
		return false;
	*cycles = value.counter;
	return true;
}

static __always_inline void emit_cycles(const struct ht_cycle_reading *from, const struct ht_cycle_reading *to)
{
	struct ht_cycles *record;
	struct emitter e;

	record = EMIT_BEGIN_AT(&e, CYCLES, from->tid, to->time_ns);
	if (!record)
		return;
	record->ran_ns = to->time_ns - from->time_ns;
	record->user = to->user - from->user;
	record->kernel = to->kernel - from->kernel;
	EMIT_END(&e, record);
}

/* `ran_tid` was on this CPU until now; `tid` is from now on, 0 = none that is traced. */
static __always_inline void read_cycles(__u32 ran_tid, __u32 tid)
{
	struct ht_cycle_reading *last, now = {.tid = tid};
	__u32 zero = 0;

	last = bpf_map_lookup_elem(&cycle_readings, &zero);
	if (!last || (!last->tid && !tid))
		return;
	if (!read_counter(&user_cycles, &now.user) || !read_counter(&kernel_cycles, &now.kernel)) {
		last->tid = 0;
		return;
	}
	now.time_ns = bpf_ktime_get_boot_ns();
	if (last->tid && last->tid == ran_tid)
		emit_cycles(last, &now);
	*last = now;
}

/* bool preempt, struct task_struct *prev, *next. Interrupts are off: on_cycles_tick waits. */
SEC("?tp_btf/sched_switch")
int on_cycles_switch(__u64 *ctx)
{
	struct task_struct *prev = (void *)ctx[1], *next = (void *)ctx[2];
	__u32 next_tid = next->pid;

	read_cycles(prev->pid, is_traced(next_tid) ? next_tid : 0);
	return 0;
}

SEC("?perf_event")
int on_cycles_tick(void *ctx)
{
	__u32 tid = bpf_get_current_pid_tgid();

	if (tid && is_traced(tid))
		read_cycles(tid, tid);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
