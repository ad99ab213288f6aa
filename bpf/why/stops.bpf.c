/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who stops a task: the sender of the signal. (A tracer is in the record of the sleep.) */
#include "emit.bpf.h"
#include "filter.bpf.h"
#include "signal.bpf.h"
#include <bpf/bpf_tracing.h>

/* SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU */
#define STOPS (1ULL << 19 | 1ULL << 20 | 1ULL << 21 | 1ULL << 22)

/* int sig, struct kernel_siginfo *info, struct task_struct *task, int group, int result */
SEC("?tp_btf/signal_generate")
int on_stop_signal(__u64 *ctx)
{
	struct task_struct *to = (void *)ctx[2];
	__u32 signal = (__u32)ctx[0], tid = to->pid;
	struct ht_stop *record;
	struct emitter e;

	if (signal > 22 || !(STOPS >> signal & 1) || (int)ctx[4] != TRACE_SIGNAL_DELIVERED)
		return 0;
	if (!is_traced(tid) && !is_traced(to->tgid))
		return 0;
	record = EMIT_BEGIN(&e, STOP, tid);
	if (!record)
		return 0;
	record->pid = to->tgid;
	record->signal = signal;
	record->sender_tid = 0;
	if (is_sent_by_current(signal_code(signal_info(ctx))))
		record->sender_tid = (__u32)bpf_get_current_pid_tgid();
	record->pad = 0;
	EMIT_END(&e, record);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
