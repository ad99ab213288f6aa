/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs that a task can be preempted in.
 *
 * A kernel that can preempt itself (CONFIG_PREEMPTION; Debian's 6.18 does so lazily) preempts programs
 * of fentry and fexit. Tracepoints call their programs with preemption off up to 6.18, and on 7.2 with
 * preemption on. When a task is preempted while it is inside a program,
 *  - the kernel skips that program for every other task on this CPU (recursion_misses),
 *  - another program finds the per-CPU scratch memory and the ring reservation half done,
 *  - the record that was begun is submitted milliseconds later, after younger records.
 * bpf_preempt_disable() (6.10) prevents the last two. It does not prevent the first: the kernel marks
 * the program as active until after it has returned, and bpf_preempt_enable() is where a pending
 * preemption happens. So each program has a second one, attached to be called right after it, which
 * does the work when the first one was skipped for this task.
 *
 * Only for hooks that are never called in an interrupt or softirq. The bit for "the first program did
 * the work" belongs to the task: a pair that runs in an interrupt would clear the bit of the pair that
 * it interrupts. Code in an interrupt is not preempted anyway.
 *
 * The calls are marks that the loader replaces (live/kernel_calls.hpp). It replaces those in a program's
 * own instructions only, not in subprograms nor in callbacks of bpf_loop: libbpf appends these at load.
 * With externs, libbpf would read the BTF of all modules where a function is missing, which needs
 * CAP_SYS_ADMIN.
 */
#ifndef HT_UNPREEMPTED_BPF_H
#define HT_UNPREEMPTED_BPF_H

#include "bitmap.bpf.h"
#include "maps.bpf.h"

#define kernel_call(mark)                                                                \
	asm volatile("call %0" : : "i"(mark) : "r0", "r1", "r2", "r3", "r4", "r5", "memory")

/* A bitmap, one bit per tid: the first program did the work for the hook that this task is in. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the loader: pid_max / 64 when there are second programs */
	__type(key, __u32);
	__type(value, __u64);
} first_did __weak SEC(".maps");

/* Are second programs loaded for hooks of this kind? `hook` is what SEC() takes: a constant. */
#define has_second_chance(hook)                                       \
	(settings.second_chance & ((hook)[1] == 'f' ? HT_CHANCE_FUNCTIONS : HT_CHANCE_TRACEPOINTS))

static __always_inline void first_program_runs(bool second_chance)
{
	if (second_chance)
		set_bits(&first_did, (__u32)bpf_get_current_pid_tgid(), 1);
}

static __always_inline void count_second_chance(void)
{
	__u32 cpu_id;
	struct ht_cpu_state *cpu = this_cpu(&cpu_id);

	if (cpu)
		__sync_fetch_and_add(&cpu->second_chances, 1);
}

/* In the last program of a hook: clears the bit. */
static __always_inline bool first_program_was_skipped(void)
{
	__u32 tid = bpf_get_current_pid_tgid();

	if (has_bit(&first_did, tid)) {
		clear_bits(&first_did, tid, 1);
		return false;
	}
	count_second_chance();
	return true;
}

static __always_inline bool step_in_before_the_last(void)
{
	__u32 tid = bpf_get_current_pid_tgid();

	if (has_bit(&first_did, tid))
		return false;
	set_bits(&first_did, tid, 1);
	count_second_chance();
	return true;
}

/* One of a hook's programs: does the work if no earlier one did, else returns at once. */
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
	HT_PROGRAM_IN_TURN(hook, name, name, false, (first_program_runs(has_second_chance(hook)), true)) \
	HT_PROGRAM_IN_TURN(hook, name##_again, name, false, first_program_was_skipped()) \
	static __always_inline int name##_body(__u64 *ctx)

/*
 * For hooks that are called so often that two tasks of a CPU can be preempted inside both programs:
 * HT_UNPREEMPTED with a third program. Where second programs are not loaded, the first returns at
 * once when `condition` is false.
 */
#define HT_UNPREEMPTED_THRICE(hook, name, condition)                                   \
	static __always_inline int name##_body(__u64 *ctx);                            \
	HT_PROGRAM_IN_TURN(hook, name, name, !has_second_chance(hook) && !(condition), \
			   (first_program_runs(has_second_chance(hook)), true))                               \
	HT_PROGRAM_IN_TURN(hook, name##_again, name, false, step_in_before_the_last()) \
	HT_PROGRAM_IN_TURN(hook, name##_third, name, false, first_program_was_skipped()) \
	static __always_inline int name##_body(__u64 *ctx)

/*
 * For hooks where most calls are irrelevant (`condition` is false). While a task is preempted inside the
 * first program, the kernel counts every skipped call, irrelevant ones too. So the first program records
 * on its CPU that it is active, and the second subtracts the irrelevant calls from that count: they are
 * no loss.
 */
enum first_at_work {
	AT_PAGE_ALLOC = 1,
	AT_RSS_STAT = 2,
	AT_CLONE_ENTER = 4,
	AT_CLONE_EXIT = 8,
	AT_MMAP_WAIT = 16,
	AT_MMAP_WAITED = 32,
};

static __always_inline void first_program_at_work(bool second_chance, __u64 which, bool begins)
{
	struct ht_cpu_state *cpu;
	__u32 cpu_id;

	if (!second_chance)
		return;
	cpu = this_cpu(&cpu_id);
	if (!cpu)
		return;
	if (begins)
		__sync_fetch_and_or(&cpu->firsts_at_work, which);
	else
		__sync_fetch_and_and(&cpu->firsts_at_work, ~which);
}

static __always_inline void of_no_interest(__u64 which)
{
	__u32 cpu_id;
	struct ht_cpu_state *cpu = this_cpu(&cpu_id);

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
		first_program_at_work(has_second_chance(hook), which, true); \
		kernel_call(HT_CALL_PREEMPT_DISABLE);       \
		first_program_runs(has_second_chance(hook)); \
		name##_body(ctx);                           \
		kernel_call(HT_CALL_PREEMPT_ENABLE);        \
		first_program_at_work(has_second_chance(hook), which, false); \
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
