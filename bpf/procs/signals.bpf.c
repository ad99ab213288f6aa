/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who sends the signals that kill: the wait status has the number alone.
 *
 * signal_generate is called by the sender, before the target knows. Only signals that end a process
 * are recorded, and only when the target has no handler for them. The target may block it: whether
 * it ended by this one shows at its exit.
 */
#include "emit.bpf.h"
#include "filter.bpf.h"
#include <bpf/bpf_core_read.h>

#define SIGKILL 9
#define SIGNALS 64
#define TRACE_SIGNAL_DELIVERED 0 /* include/trace/events/signal.h */
#define SEND_SIG_NOINFO 0        /* include/linux/sched/signal.h */
#define SEND_SIG_PRIV 1
#define SI_USER 0 /* include/uapi/asm-generic/siginfo.h */
#define SI_KERNEL 0x80
#define SI_QUEUE (-1)
#define SI_TKILL (-6)

/* Ignored or stopping unless there is a handler: CHLD, CONT, STOP, TSTP, TTIN, TTOU, URG, WINCH. */
#define HARMLESS (1ULL << 17 | 1ULL << 18 | 1ULL << 19 | 1ULL << 20 | 1ULL << 21 | 1ULL << 22 | \
		  1ULL << 23 | 1ULL << 28)

/*
 * int sig, struct kernel_siginfo *info, struct task_struct *task, int group, int result. Interrupts
 * reach it too (timers): no HT_UNPREEMPTED.
 */
SEC("?tp_btf/signal_generate")
int on_signal(__u64 *ctx)
{
	struct task_struct *sender, *to = (void *)ctx[2];
	__u32 signal = (__u32)ctx[0];
	struct ht_signal *record;
	struct k_sigaction *action;
	struct kernel_siginfo *info = (void *)ctx[1];
	__s32 code = SI_USER;
	struct emitter e;
	__u32 tid = to->pid;

	if ((int)ctx[4] != TRACE_SIGNAL_DELIVERED || !signal || signal > SIGNALS)
		return 0;
	if (signal < SIGNALS && HARMLESS >> signal & 1)
		return 0;
	if (!is_traced(tid) && !is_traced(to->tgid))
		return 0;
	action = (void *)BPF_CORE_READ(to, sighand) +
		 bpf_core_field_offset(struct sighand_struct, action) +
		 (signal - 1) * bpf_core_type_size(struct k_sigaction);
	if (signal != SIGKILL && BPF_CORE_READ(action, sa.sa_handler))
		return 0;
	if ((__u64)info == SEND_SIG_PRIV)
		code = SI_KERNEL;
	else if ((__u64)info != SEND_SIG_NOINFO)
		code = BPF_CORE_READ(info, si_code);
	record = EMIT_BEGIN(&e, SIGNAL, tid);
	if (!record)
		return 0;
	record->pid = to->tgid;
	record->signal = signal;
	record->code = code;
	record->sender_pid = record->sender_tid = 0;
	record->pad = 0;
	__builtin_memset(record->sender_comm, 0, sizeof(record->sender_comm));
	/* What an interrupt or the kernel itself sends is not sent by who happens to run. */
	if (code == SI_USER || code == SI_QUEUE || code == SI_TKILL) {
		sender = bpf_get_current_task_btf();
		record->sender_pid = sender->tgid;
		record->sender_tid = sender->pid;
		bpf_probe_read_kernel_str(record->sender_comm, sizeof(record->sender_comm),
					  sender->comm);
	}
	EMIT_END(&e, record);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
