/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs that keep their CPU until they are done.
 *
 * Tracepoints used to call programs with preemption off. Newer kernels do not (seen on 7.2, not yet
 * on 6.18): a task may lose its CPU in the midst of a program, and then
 *  - the same program is skipped for every other task on that CPU (recursion_misses: events lost),
 *  - another program finds this one's per-CPU scratch and ring reservation half done,
 *  - the record that was begun comes milliseconds after others that are younger.
 * So a program at a hook that is called with preemption on turns it off first, where the kernel lets
 * it (bpf_preempt_disable, 6.10); kernels without that did it themselves.
 */
#ifndef HT_UNPREEMPTED_BPF_H
#define HT_UNPREEMPTED_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/*
 * kernel/bpf/helpers.c. The linker of libbpf 1.1 stumbles over a kernel function that a second
 * object puts into .ksyms, so only tasks.bpf.c, which every view has, says where they are.
 */
#ifdef HT_KERNEL_FUNCTIONS_HERE
#define HT_KERNEL_FUNCTION __weak __ksym
#else
#define HT_KERNEL_FUNCTION __weak
#endif
extern void bpf_preempt_disable(void) HT_KERNEL_FUNCTION;
extern void bpf_preempt_enable(void) HT_KERNEL_FUNCTION;

/* HT_UNPREEMPTED("?tp_btf/HOOK", on_hook) { the program; its context is `ctx` } */
#define HT_UNPREEMPTED(hook, name)                  \
	static __always_inline int name##_body(__u64 *ctx); \
	SEC(hook)                                   \
	int name(__u64 *ctx)                        \
	{                                           \
		if (bpf_preempt_disable)            \
			bpf_preempt_disable();      \
		name##_body(ctx);                   \
		if (bpf_preempt_enable)             \
			bpf_preempt_enable();       \
		return 0;                           \
	}                                           \
	static __always_inline int name##_body(__u64 *ctx)

#endif
