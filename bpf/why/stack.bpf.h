/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where in the kernel a task sleeps. Unwinding takes 1.2 us, so it is done only where nothing else
 * tells the cause: uninterruptible sleeps, sleeps outside of system calls, kernel threads. Each stack
 * is recorded once, and again about once a minute; sleeps have its hash.
 */
#ifndef HT_WHY_STACK_BPF_H
#define HT_WHY_STACK_BPF_H

#include "file.bpf.h"

#define NAME_STACK_SALT 0xd6e8feb86659fd93ULL

struct ht_stack_scratch {
	struct ht_stack stack;
	__u64 frames[HT_STACK_FRAMES + 1];
};

/* Scratch memory, as file_scratch. 0: for hooks; 1: for an iterator. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct ht_stack_scratch);
} stack_scratch __weak SEC(".maps");

struct stack_hash {
	__u64 *frames;
	__u64 hash;
};

static long add_frame(__u32 index, void *context)
{
	struct stack_hash *to = context;

	if (index >= HT_STACK_FRAMES)
		return 1;
	to->hash = (to->hash ^ to->frames[index]) * 0x9e3779b97f4a7c15ULL;
	to->hash ^= to->hash >> 29;
	return 0;
}

/* The hash of the `bytes` long stack in `scratch`, which is recorded when it is new. */
static __always_inline __u64 record_stack(struct ht_stack_scratch *scratch, long bytes, __u32 tid,
					  __u64 now)
{
	struct stack_hash sum = {.frames = scratch->frames};
	__u64 named, *place;

	if (bytes <= 0 || bytes > HT_STACK_FRAMES * sizeof(__u64))
		return 0;
	bpf_loop(bytes / sizeof(__u64), add_frame, &sum, 0);
	sum.hash |= 1;
	named = sum.hash + (now >> NAME_EPOCH_SHIFT) + NAME_STACK_SALT;
	place = place_to_name(sum.hash, named);
	if (!place)
		return sum.hash;
	scratch->stack.stack = sum.hash;
	scratch->stack.pad = 0;
	if (EMIT_TAIL(STACK, &scratch->stack, (char *)scratch->frames, (__u32)bytes, tid, now))
		*place = named;
	return sum.hash;
}

/* `context` is the program's. */
static __always_inline __u64 stack_here(void *context, __u32 tid, __u64 now)
{
	struct ht_stack_scratch *scratch;
	__u32 which = 0;

	scratch = bpf_map_lookup_elem(&stack_scratch, &which);
	if (!scratch)
		return 0;
	return record_stack(scratch,
			    bpf_get_stack(context, scratch->frames,
					  HT_STACK_FRAMES * sizeof(__u64), 0),
			    tid, now);
}

/* Of a task that is not running; `which` scratch memory. */
static __always_inline __u64 stack_of(struct task_struct *task, __u32 which, __u64 now)
{
	struct ht_stack_scratch *scratch;

	scratch = bpf_map_lookup_elem(&stack_scratch, &which);
	if (!scratch)
		return 0;
	return record_stack(scratch,
			    bpf_get_task_stack(task, scratch->frames,
					       HT_STACK_FRAMES * sizeof(__u64), 0),
			    task->pid, now);
}

#endif
