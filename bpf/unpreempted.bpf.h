/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs at hooks that a task may leave in the middle.
 *
 * Tracepoints used to call programs with preemption off. Newer kernels do not (seen on 7.2, not yet
 * on 6.18), so a task can lose its CPU in the midst of a program, and then
 *  - the kernel skips that program for every other task on the CPU (recursion_misses),
 *  - another program finds the per-CPU scratch and the ring reservation half done,
 *  - the record that was begun comes milliseconds after others that are younger.
 * Against the last two a program turns preemption off itself, where the kernel has functions for it
 * (6.10 on; older ones did it). But the kernel leaves off skipping only after the program has
 * returned, and a preemption that fell due meanwhile is taken at its end. So there every program
 * has a second that is called right after it, and does the work when the first was skipped.
 *
 * Not for hooks that interrupts reach, softirqs among them: a pair of programs that runs between
 * those of the task it interrupted would take that pair's sign. Nothing preempts them either.
 *
 * The calls are marks that the loader replaces (live/kernel_calls.hpp): externs of libbpf would
 * make it read the BTF of all modules wherever a function is missing, which takes CAP_SYS_ADMIN.
 */
#ifndef HT_UNPREEMPTED_BPF_H
#define HT_UNPREEMPTED_BPF_H

#include "maps.bpf.h"

#define kernel_call(mark)                                                                \
	asm volatile("call %0" : : "i"(mark) : "r0", "r1", "r2", "r3", "r4", "r5", "memory")

/* One bit per tid: the first program did the work of the hook that this task is in. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the loader: pid_max / 64 when there are second programs */
	__type(key, __u32);
	__type(value, __u64);
} first_did __weak SEC(".maps");

static __always_inline void first_program_runs(void)
{
	__u32 tid = bpf_get_current_pid_tgid(), word = tid / 64;
	__u64 *bits;

	if (!settings.second_chance)
		return;
	bits = bpf_map_lookup_elem(&first_did, &word);
	if (bits)
		__sync_fetch_and_or(bits, 1ULL << (tid % 64));
}

static __always_inline void count_second_chance(void)
{
	__u32 cpu_id = bpf_get_smp_processor_id();
	struct ht_cpu_state *cpu;

	cpu = bpf_map_lookup_elem(&cpu_states, &cpu_id);
	if (cpu)
		__sync_fetch_and_add(&cpu->second_chances, 1);
}

/* In the last program of a hook: the bit is taken back. */
static __always_inline bool first_program_was_skipped(void)
{
	__u32 tid = bpf_get_current_pid_tgid(), word = tid / 64;
	__u64 *bits, bit = 1ULL << (tid % 64);

	bits = bpf_map_lookup_elem(&first_did, &word);
	if (!bits)
		return false;
	if (*bits & bit) {
		__sync_fetch_and_and(bits, ~bit);
		return false;
	}
	count_second_chance();
	return true;
}

static __always_inline bool step_in_before_the_last(void)
{
	__u32 tid = bpf_get_current_pid_tgid(), word = tid / 64;
	__u64 *bits, bit = 1ULL << (tid % 64);

	bits = bpf_map_lookup_elem(&first_did, &word);
	if (!bits || *bits & bit)
		return false;
	__sync_fetch_and_or(bits, bit);
	count_second_chance();
	return true;
}

/* One of a hook's programs, which does the work when it is its turn, or leaves at once. */
#define HT_PROGRAM_IN_TURN(hook, program, name, leaves, turn)  \
	SEC(hook)                                              \
	int program(__u64 *ctx)                                \
	{                                                      \
		if (leaves)                                    \
			return 0;                              \
		kernel_call(HT_CALL_PREEMPT_DISABLE);          \
		if (turn)                                      \
			name##_body(ctx);                      \
		kernel_call(HT_CALL_PREEMPT_ENABLE);           \
		return 0;                                      \
	}

/* HT_UNPREEMPTED("?tp_btf/HOOK", on_hook) { the program; its context is `ctx` } */
#define HT_UNPREEMPTED(hook, name)                                                     \
	static __always_inline int name##_body(__u64 *ctx);                            \
	HT_PROGRAM_IN_TURN(hook, name, name, false, (first_program_runs(), true))      \
	HT_PROGRAM_IN_TURN(hook, name##_again, name, false, first_program_was_skipped()) \
	static __always_inline int name##_body(__u64 *ctx)

/*
 * For functions that a task spends much of its time around, so that several are likely to be
 * preempted in there at once: HT_UNPREEMPTED, and a third program for who finds both at work. Where
 * there are no second programs, what is of no interest leaves at once.
 */
#define HT_UNPREEMPTED_THRICE(hook, name, condition)                                   \
	static __always_inline int name##_body(__u64 *ctx);                            \
	HT_PROGRAM_IN_TURN(hook, name, name, !settings.second_chance && !(condition),  \
			   (first_program_runs(), true))                               \
	HT_PROGRAM_IN_TURN(hook, name##_again, name, false, step_in_before_the_last()) \
	HT_PROGRAM_IN_TURN(hook, name##_third, name, false, first_program_was_skipped()) \
	static __always_inline int name##_body(__u64 *ctx)

/*
 * For hooks that pass mostly what is of no interest, which leaves at once: the first program says
 * on which CPU it is at work, so that what is skipped there meanwhile and is of no interest counts
 * as no loss.
 */
enum first_at_work {
	AT_PAGE_ALLOC = 1,
	AT_RSS_STAT = 2,
	AT_CLONE_ENTER = 4,
	AT_CLONE_EXIT = 8,
};

static __always_inline void first_program_at_work(__u64 which, bool begins)
{
	__u32 cpu_id = bpf_get_smp_processor_id();
	struct ht_cpu_state *cpu;

	if (!settings.second_chance)
		return;
	cpu = bpf_map_lookup_elem(&cpu_states, &cpu_id);
	if (!cpu)
		return;
	if (begins)
		__sync_fetch_and_or(&cpu->firsts_at_work, which);
	else
		__sync_fetch_and_and(&cpu->firsts_at_work, ~which);
}

static __always_inline void of_no_interest(__u64 which)
{
	__u32 cpu_id = bpf_get_smp_processor_id();
	struct ht_cpu_state *cpu;

	cpu = bpf_map_lookup_elem(&cpu_states, &cpu_id);
	if (cpu && cpu->firsts_at_work & which)
		__sync_fetch_and_add(&cpu->second_chances, 1);
}

#define HT_UNPREEMPTED_IF(hook, name, which, condition)     \
	static __always_inline int name##_body(__u64 *ctx); \
	SEC(hook)                                           \
	int name(__u64 *ctx)                                \
	{                                                   \
		if (!(condition))                           \
			return 0;                           \
		first_program_at_work(which, true);         \
		kernel_call(HT_CALL_PREEMPT_DISABLE);       \
		first_program_runs();                       \
		name##_body(ctx);                           \
		kernel_call(HT_CALL_PREEMPT_ENABLE);        \
		first_program_at_work(which, false);        \
		return 0;                                   \
	}                                                   \
	SEC(hook)                                           \
	int name##_again(__u64 *ctx)                        \
	{                                                   \
		if (!(condition)) {                         \
			of_no_interest(which);              \
			return 0;                           \
		}                                           \
		kernel_call(HT_CALL_PREEMPT_DISABLE);       \
		if (first_program_was_skipped())            \
			name##_body(ctx);                   \
		kernel_call(HT_CALL_PREEMPT_ENABLE);        \
		return 0;                                   \
	}                                                   \
	static __always_inline int name##_body(__u64 *ctx)

#endif
