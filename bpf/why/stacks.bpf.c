/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stacks of long sleeps, for --stacks. User memory can be read only of the running task, and only
 * the end of a sleep says that it was long: so the memory of the user stack is copied at the beginning
 * of each sleep, and recorded with the kernel's stack when a long one ends. Userspace unwinds it
 * (userspace/live/user_stacks.hpp): a library without frame pointers, such as Debian's libc, stops an
 * unwinder that follows them (bpf_get_stack) after one or two frames.
 *
 * A program of its own, attached before on_sched_switch: its record precedes the ht_switch.
 */
#include "emit.bpf.h"
#include "filter.bpf.h"
#include "registers.bpf.h"
#include "syscall.bpf.h"
#include "task.bpf.h"
#include "task_end.bpf.h"
#include "why/stack.bpf.h"
#include <bpf/bpf_tracing.h>

struct kept_stack {
	struct ht_stack_memory record;
	char memory[HT_STACK_COPY + 8];
};

/* tid → how its sleep began; the oldest are replaced. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1); /* the loader: HT_KEPT_STACKS when stacks are wanted */
	__type(key, __u32);
	__type(value, struct kept_stack);
} kept_stacks __weak SEC(".maps");

/* An empty one: what a new entry begins with. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct kept_stack);
} no_stack __weak SEC(".maps");

static __always_inline struct kept_stack *kept_stack_of(__u32 tid)
{
	struct kept_stack *kept = bpf_map_lookup_elem(&kept_stacks, &tid), *none;
	__u32 first = 0;

	if (kept)
		return kept;
	none = bpf_map_lookup_elem(&no_stack, &first);
	if (!none || bpf_map_update_elem(&kept_stacks, &tid, none, BPF_NOEXIST)) {
		count_full_map();
		return 0;
	}
	return bpf_map_lookup_elem(&kept_stacks, &tid);
}

/* A read that meets the end of the stack fails as a whole. */
static __always_inline __u32 copy_stack(char *to, __u64 from)
{
	if (!bpf_probe_read_user(to, HT_STACK_COPY, (void *)from))
		return HT_STACK_COPY;
	if (!bpf_probe_read_user(to, HT_STACK_COPY / 4, (void *)from))
		return HT_STACK_COPY / 4;
	if (!bpf_probe_read_user(to, HT_STACK_COPY / 16, (void *)from))
		return HT_STACK_COPY / 16;
	return 0;
}

static __always_inline bool has_user_stack(struct task_struct *task)
{
	return !(task->flags & (PF_KTHREAD | PF_IO_WORKER | PF_EXITING)) && !is_in_compat_call(task);
}

static __always_inline void begin_sleep(struct task_struct *task, __u64 now)
{
	struct kept_stack *kept = kept_stack_of(task->pid);
	struct pt_regs *regs;

	if (!kept)
		return;
	kept->record.began_ns = now;
	kept->record.tail_bytes = 0;
	if (!has_user_stack(task))
		return;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	kept->record.tail_bytes = copy_stack(kept->memory, STACK_POINTER_IN(regs));
}

static __always_inline void end_sleep(struct task_struct *task, __u64 now)
{
	__u32 tid = task->pid, bytes;
	struct kept_stack *kept = bpf_map_lookup_elem(&kept_stacks, &tid);
	struct ht_stack_memory *record;
	struct ht_cpu_state *cpu;
	__u32 cpu_id;

	if (!kept || !kept->record.began_ns)
		return;
	record = &kept->record;
	if (now - record->began_ns >= settings.stacks_ns) {
		bytes = record->tail_bytes;
		if (bytes > HT_STACK_COPY)
			return;
		record->pid = task->tgid;
		record->stack = stack_of(task, 0, now);
		/* They do not change while it sleeps. */
		fill_registers(record->registers, (struct pt_regs *)bpf_task_pt_regs(task));
		/* It wakes the consumer: the process may end soon, and then it has no names. */
		cpu = this_cpu(&cpu_id);
		if (cpu)
			cpu->ring_bytes = settings.wake_bytes;
		EMIT_TAIL(STACK_MEMORY, record, kept->memory, bytes, tid, now);
	}
	record->began_ns = 0;
}

/* bool preempt, struct task_struct *prev, *next, and from 5.18 on unsigned int prev_state */
SEC("?tp_btf/sched_switch")
int on_long_sleep(__u64 *ctx)
{
	struct task_struct *prev = (void *)ctx[1], *next = (void *)ctx[2];
	__u32 prev_tid = prev->pid, next_tid = next->pid, state;
	bool prev_traced = prev_tid && is_traced(prev_tid);
	bool next_traced = next_tid && is_traced(next_tid);
	__u64 now;

	if (!prev_traced && !next_traced)
		return 0;
	now = bpf_ktime_get_boot_ns();
	state = settings.state_is_arg ? (__u32)ctx[3] : task_state(prev);
	if (prev_traced && state && !ctx[0] && !(state & TASK_DEAD))
		begin_sleep(prev, now);
	if (next_traced)
		end_sleep(next, now);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
