/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who sends the signals that kill: the wait status has the number alone. And the moment at which a process
 * becomes a zombie, when it sends its parent the signal of its exit.
 *
 * signal_generate is called by the sender, before the target knows. Only signals that end a process
 * are recorded, and only when the target has no handler for them. The target may block it: whether
 * it ended by this one shows at its exit.
 */
#include "emit.bpf.h"
#include "filter.bpf.h"
#include "signal.bpf.h"
#include "task.bpf.h"
#include <bpf/bpf_core_read.h>

#define SIGKILL 9
#define SIGNALS 64

/* Ignored or stopping unless there is a handler: CHLD, CONT, STOP, TSTP, TTIN, TTOU, URG, WINCH. */
#define HARMLESS (1ULL << 17 | 1ULL << 18 | 1ULL << 19 | 1ULL << 20 | 1ULL << 21 | 1ULL << 22 | \
		  1ULL << 23 | 1ULL << 28)

#define EXIT_ZOMBIE 0x20 /* include/linux/sched.h */

/*
 * Is it the signal of the exit of the current process? exit_notify() (kernel/exit.c) makes it a zombie first,
 * some time after the tracepoint sched_process_exit: only now a wait finds it. A parent that ignores SIGCHLD
 * is sent none; it has no zombies either. The last thread may not be the leader.
 */
static __always_inline void tell_zombie(__u32 signal, struct task_struct *to)
{
	struct task_struct *task = bpf_get_current_task_btf(), *leader;
	struct ht_life *life;
	struct emitter e;

	if (!(task->flags & PF_EXITING) || !is_traced(task->pid))
		return;
	leader = task->group_leader;
	if ((__u32)BPF_CORE_READ(leader, exit_signal) != signal ||
	    !(BPF_CORE_READ(leader, exit_state) & EXIT_ZOMBIE) ||
	    BPF_CORE_READ(leader, parent, tgid) != to->tgid)
		return;
	life = EMIT_BEGIN(&e, LIFE, task->tgid);
	if (!life)
		return;
	life->start_boottime_ns = BPF_CORE_READ(leader, start_boottime);
	life->wait_ns = HT_UNKNOWN_NS;
	life->pid = task->tgid;
	life->kind = HT_LIFE_ZOMBIE;
	EMIT_END(&e, life);
}

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
	struct emitter e;
	__u32 tid = to->pid;
	__u64 info;
	__s32 code;

	tell_zombie(signal, to);
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
	info = signal_info(ctx);
	code = signal_code(info);
	/* Of what it did itself: SIGPIPE, SIGXFSZ, SIGXCPU. From elsewhere it has a sender: cgroup.kill. */
	if (info == SEND_SIG_NOINFO &&
	    (__u32)(bpf_get_current_pid_tgid() >> 32) == (__u32)to->tgid)
		code = SI_KERNEL;
	record = EMIT_BEGIN(&e, SIGNAL, tid);
	if (!record)
		return 0;
	record->pid = to->tgid;
	record->signal = signal;
	record->code = code;
	record->sender_pid = record->sender_tid = 0;
	record->pad = 0;
	__builtin_memset(record->sender_comm, 0, sizeof(record->sender_comm));
	if (is_sent_by_current(code)) {
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
