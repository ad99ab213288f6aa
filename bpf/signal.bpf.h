/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tracepoint signal_generate says about a signal: it is called by the sender. */
#ifndef HT_SIGNAL_BPF_H
#define HT_SIGNAL_BPF_H

#include "compat.bpf.h"

#define TRACE_SIGNAL_DELIVERED 0 /* include/trace/events/signal.h */
#define SEND_SIG_NOINFO 0	 /* include/linux/sched/signal.h */
#define SEND_SIG_PRIV 1
#define SI_USER 0 /* include/uapi/asm-generic/siginfo.h */
#define SI_KERNEL 0x80
#define SI_QUEUE (-1)
#define SI_TKILL (-6)

/*
 * The tracepoint's second argument. Read as a number: the verifier takes it for a pointer that is never
 * null, and drops a comparison with SEND_SIG_NOINFO.
 */
static __always_inline __u64 signal_info(__u64 *ctx)
{
	__u64 info = SEND_SIG_PRIV;

	bpf_probe_read_kernel(&info, sizeof(info), &ctx[1]);
	return info;
}

static __always_inline __s32 signal_code(__u64 info)
{
	if (info == SEND_SIG_PRIV)
		return SI_KERNEL;
	if (info == SEND_SIG_NOINFO)
		return SI_USER;
	return BPF_CORE_READ((struct kernel_siginfo *)info, si_code);
}

/* What an interrupt or the kernel itself sends is not sent by who happens to run. */
static __always_inline bool is_sent_by_current(__s32 code)
{
	return code == SI_USER || code == SI_QUEUE || code == SI_TKILL;
}

#endif
