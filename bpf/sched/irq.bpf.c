/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sched --irq: time that a task did not get while it was on a CPU: in hard and soft interrupts, and
 * stolen by the hypervisor.
 *
 * A CPU is in at most one hard interrupt at a time (they run with interrupts off) and in one soft
 * interrupt, which hard ones may interrupt. So two begins for each CPU are all there is to remember.
 */
#include "emit.bpf.h"
#include "filter.bpf.h"
#include "task.bpf.h"
#include <bpf/bpf_tracing.h>

struct irq_cpu {
	__u64 hard_ns;	    /* when the hard interrupt began; 0 = none */
	__u64 soft_ns;	    /* when the soft interrupt began; 0 = none */
	__u64 hard_sum_ns;  /* of all hard interrupts here */
	__u64 hard_at_soft; /* that when the soft interrupt began */
	__u64 steal_ns;	    /* the kernel's counts at the last switch */
	__u64 irq_ns;
	__u64 gap_ns;
	__u64 knows_switch;
};

/* CPU → what it is in. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the loader: possible CPUs */
	__type(key, __u32);
	__type(value, struct irq_cpu);
} irq_cpus SEC(".maps");

static __always_inline struct irq_cpu *this_irq_cpu(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&irq_cpus, &cpu);
}

static __always_inline struct ht_irq *begin_irq(struct emitter *e, __u64 ns, __u32 vector, __u8 kind)
{
	__u64 ids = bpf_get_current_pid_tgid();
	struct ht_irq *record;

	if (!is_traced((__u32)ids))
		return 0;
	record = EMIT_BEGIN(e, IRQ, (__u32)ids);
	if (!record)
		return 0;
	record->ns = ns;
	record->vector = vector;
	record->kind = kind;
	__builtin_memset(record->pad, 0, sizeof(record->pad));
	__builtin_memset(record->name, 0, sizeof(record->name));
	return record;
}

static __always_inline void enter_hard(void)
{
	struct irq_cpu *cpu = this_irq_cpu();

	if (cpu)
		cpu->hard_ns = bpf_ktime_get_ns();
}

/* How long it took; 0 = its beginning was not seen. */
static __always_inline __u64 leave_hard(void)
{
	struct irq_cpu *cpu = this_irq_cpu();
	__u64 ns, now = bpf_ktime_get_ns();

	if (!cpu || !cpu->hard_ns)
		return 0;
	ns = now - cpu->hard_ns;
	cpu->hard_ns = 0;
	cpu->hard_sum_ns += ns;
	return ns ? ns : 1;
}

SEC("?tp_btf/irq_handler_entry")
int BPF_PROG(on_irq_entry, int irq, struct irqaction *action)
{
	enter_hard();
	return 0;
}

SEC("?tp_btf/irq_handler_exit")
int BPF_PROG(on_irq_exit, int irq, struct irqaction *action, int handled)
{
	__u64 ns = leave_hard();
	struct ht_irq *record;
	struct emitter e;

	if (!ns)
		return 0;
	record = begin_irq(&e, ns, irq, HT_IRQ_DEVICE);
	if (!record)
		return 0;
	bpf_probe_read_kernel_str(record->name, sizeof(record->name), BPF_CORE_READ(action, name));
	EMIT_END(&e, record);
	return 0;
}

/* The CPU's own interrupts, which have no handlers to register (arch/x86/kernel/irq.c). */
#define LOCAL_IRQ(hook, program, text)                                                   \
	SEC("?tp_btf/" #hook "_entry")                                                   \
	int BPF_PROG(program##_entry, int vector)                                        \
	{                                                                                \
		enter_hard();                                                            \
		return 0;                                                                \
	}                                                                                \
											 \
	SEC("?tp_btf/" #hook "_exit")                                                    \
	int BPF_PROG(program##_exit, int vector)                                         \
	{                                                                                \
		__u64 ns = leave_hard();                                                 \
		struct ht_irq *record;                                                   \
		struct emitter e;                                                        \
											 \
		record = ns ? begin_irq(&e, ns, vector, HT_IRQ_LOCAL) : 0;               \
		if (!record)                                                             \
			return 0;                                                        \
		__builtin_memcpy(record->name, text, sizeof(text));                      \
		EMIT_END(&e, record);                                                    \
		return 0;                                                                \
	}

LOCAL_IRQ(local_timer, on_local_timer, "local timer")
LOCAL_IRQ(reschedule, on_reschedule, "reschedule")
LOCAL_IRQ(call_function, on_call_function, "call function")
LOCAL_IRQ(call_function_single, on_call_single, "call single")
LOCAL_IRQ(irq_work, on_irq_work, "irq work")

SEC("?tp_btf/softirq_entry")
int BPF_PROG(on_softirq_entry, unsigned int vector)
{
	struct irq_cpu *cpu = this_irq_cpu();

	if (!cpu)
		return 0;
	cpu->hard_at_soft = cpu->hard_sum_ns;
	cpu->soft_ns = bpf_ktime_get_ns();
	return 0;
}

SEC("?tp_btf/softirq_exit")
int BPF_PROG(on_softirq_exit, unsigned int vector)
{
	struct irq_cpu *cpu = this_irq_cpu();
	__u64 ns, hard_ns, now = bpf_ktime_get_ns();
	struct ht_irq *record;
	struct emitter e;

	if (!cpu || !cpu->soft_ns)
		return 0;
	ns = now - cpu->soft_ns;
	hard_ns = cpu->hard_sum_ns - cpu->hard_at_soft;
	cpu->soft_ns = 0;
	record = begin_irq(&e, ns > hard_ns ? ns - hard_ns : 0, vector, HT_IRQ_SOFT);
	if (record)
		EMIT_END(&e, record);
	return 0;
}

/* sched_switch fires with the run queue's clock up to date (__schedule, kernel/sched/core.c). */
SEC("?tp_btf/sched_switch")
int on_irq_switch(__u64 *ctx)
{
	struct task_struct *prev = (void *)ctx[1], *next = (void *)ctx[2];
	__u64 steal_ns = 0, irq_ns = 0, gap_ns;
	struct irq_cpu *cpu = this_irq_cpu();
	struct rq *rq = task_rq(next);
	struct ht_stolen *record;
	__u32 flags = 0;
	struct emitter e;

	if (!cpu || !rq)
		return 0;
	if (bpf_core_field_exists(rq->prev_steal_time_rq)) {
		flags |= HT_STOLEN_STEAL;
		steal_ns = rq->prev_steal_time_rq;
	}
	/* Compiled in, it may be switched off (tsc=noirqtime), and then it stays 0: not measured. */
	if (bpf_core_field_exists(rq->prev_irq_time))
		irq_ns = rq->prev_irq_time;
	if (irq_ns)
		flags |= HT_STOLEN_IRQ;
	gap_ns = rq->clock - rq->clock_task;
	if (cpu->knows_switch && is_traced(prev->pid) &&
	    (steal_ns != cpu->steal_ns || irq_ns != cpu->irq_ns)) {
		record = EMIT_BEGIN(&e, STOLEN, prev->pid);
		if (record) {
			record->steal_ns = steal_ns - cpu->steal_ns;
			record->irq_ns = irq_ns - cpu->irq_ns;
			record->gap_ns = gap_ns - cpu->gap_ns;
			record->flags = flags;
			record->pad = 0;
			EMIT_END(&e, record);
		}
	}
	cpu->steal_ns = steal_ns;
	cpu->irq_ns = irq_ns;
	cpu->gap_ns = gap_ns;
	cpu->knows_switch = 1;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
