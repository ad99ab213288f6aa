/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which program is executed, and with which arguments.
 *
 * The arguments are read in sched_process_exec, from the new stack: the kernel has just written
 * them there, so the pages are resident. (What the caller handed to execve may be paged out, and is
 * gone by then.) A failed exec has no new stack: its arguments are read from the caller's, where a
 * page that is not resident is reported as unreadable.
 */
#include "emit.bpf.h"
#include "filter.bpf.h"
#include "procs/exe.bpf.h"
#include "procs/life.bpf.h"
#include "syscall.bpf.h"
#include "unpreempted.bpf.h"
#include <bpf/bpf_tracing.h>

#define ENOENT 2        /* include/uapi/asm-generic/errno-base.h */
#define PATH_LEN 4096   /* PATH_MAX, include/uapi/linux/limits.h */
#define NAME_LEN 256    /* NAME_MAX and its NUL */
#define DEV_FD 0x2f64662f7665642fULL /* "/dev/fd/" */
#define TEXT_LEN (2 * PATH_LEN + NAME_LEN)
#define FAILED_ARGS 256 /* of a failed exec */
#define FAILED_ARG_LEN 1024

/* Records are built here, because bpf_ringbuf_reserve() needs a constant size. */
struct ht_program_scratch {
	struct ht_program program;
	char text[TEXT_LEN + 8];
};

struct ht_argv_scratch {
	struct ht_argv argv;
	char text[HT_ARGV_PIECE + FAILED_ARG_LEN + 8];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ht_program_scratch);
} program_scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ht_argv_scratch);
} argv_scratch SEC(".maps");

/*
 * Is 1 <= n <= limit? Two comparisons: made into one of n - 1, the verifiers up to 6.8 or so learn
 * nothing about n. A macro, since it is n's own register that has to be compared.
 */
#define in_bounds(n, limit)             \
	({                              \
		bool ok = (n) > 0;      \
		if (ok) {               \
			barrier_var(n); \
			ok = (n) <= (limit); \
		}                       \
		ok;                     \
	})

static __always_inline __u32 read_path(char *to, const char *from)
{
	long n = bpf_probe_read_kernel_str(to, PATH_LEN, from);

	if (in_bounds(n, PATH_LEN))
		return n;
	to[0] = 0;
	return 1;
}

/* The name of a file that was given as a descriptor: fs/exec.c, alloc_bprm() calls it /dev/fd/N. */
static __always_inline __u32 read_own_name(char *to, struct linux_binprm *bprm, const char *file)
{
	const unsigned char *name;
	__u64 begin = 0;
	long n;

	to[0] = 0;
	bpf_probe_read_kernel(&begin, sizeof(begin), file);
	/* Of a script, bprm->file is the interpreter by now. */
	if (begin != DEV_FD || BPF_CORE_READ(bprm, interp) != file)
		return 1;
	name = BPF_CORE_READ(bprm, file, f_path.dentry, d_name.name);
	n = bpf_probe_read_kernel_str(to, NAME_LEN, name);
	if (in_bounds(n, NAME_LEN))
		return n;
	to[0] = 0;
	return 1;
}

static __always_inline void emit_program(struct ht_program_scratch *scratch, __u32 tid,
					 __u32 text_len)
{
	if (text_len > TEXT_LEN)
		return;
	EMIT_TAIL(PROGRAM, &scratch->program, scratch->text, text_len, tid,
		  bpf_ktime_get_boot_ns());
}

static __always_inline void emit_argv(struct ht_argv_scratch *scratch, __u32 tid, __u32 text_len)
{
	if (text_len > HT_ARGV_PIECE + FAILED_ARG_LEN)
		return;
	EMIT_TAIL(ARGV, &scratch->argv, scratch->text, text_len, tid, bpf_ktime_get_boot_ns());
}

struct argv_copy {
	struct ht_argv_scratch *piece;
	__u64 arg_start;
	__u32 kept;
	__u32 tid;
	__u32 pid;
};

/* In a bpf_loop and not in a loop: the verifier looks at it once, and not at 16 pieces in a row. */
static long copy_piece(__u32 index, void *context)
{
	struct argv_copy *copy = context;
	struct ht_argv_scratch *piece = copy->piece;
	__u32 offset = index * HT_ARGV_PIECE, n;

	if (offset >= copy->kept)
		return 1;
	n = copy->kept - offset;
	if (n > HT_ARGV_PIECE)
		n = HT_ARGV_PIECE;
	barrier_var(n); /* 6.1 forgets the bound of a copy */
	if (n > HT_ARGV_PIECE)
		return 1;
	piece->argv.pid = copy->pid;
	piece->argv.offset = offset;
	piece->argv.flags = 0;
	if (bpf_probe_read_user(piece->text, n, (void *)(copy->arg_start + offset))) {
		piece->argv.flags = HT_ARGV_UNREADABLE;
		n = 0;
	}
	emit_argv(piece, copy->tid, n);
	return 0;
}

/* struct task_struct *task, pid_t old_pid, struct linux_binprm *bprm */
HT_UNPREEMPTED("?tp_btf/sched_process_exec", on_program)
{
	struct task_struct *task = (void *)ctx[0];
	struct linux_binprm *bprm = (void *)ctx[2];
	__u32 tid = task->pid, old_tid = (__u32)ctx[1], zero = 0, len, kept;
	__u64 arg_start = BPF_CORE_READ(task, mm, arg_start);
	__u64 arg_end = BPF_CORE_READ(task, mm, arg_end);
	struct ht_program_scratch *scratch;
	struct ht_argv_scratch *piece;
	struct argv_copy copy = {};
	const char *file, *interp;
	__u64 argv_bytes;

	if (old_tid != tid)
		life_settle(old_tid, HT_LIFE_FRESH | HT_LIFE_WAITING);
	life_settle(tid, HT_LIFE_WAITING);
	if (!is_traced(tid))
		return 0;
	scratch = bpf_map_lookup_elem(&program_scratch, &zero);
	piece = bpf_map_lookup_elem(&argv_scratch, &zero);
	if (!scratch || !piece)
		return 0;
	argv_bytes = arg_end > arg_start ? arg_end - arg_start : 0;
	if (argv_bytes >= HT_UNKNOWN_BYTES)
		argv_bytes = HT_UNKNOWN_BYTES - 1;
	kept = argv_bytes < settings.argv_bytes ? argv_bytes : settings.argv_bytes;

	file = BPF_CORE_READ(bprm, filename);
	interp = BPF_CORE_READ(bprm, interp);
	len = read_path(scratch->text, file);
	if (interp != file) {
		len += read_path(scratch->text + len, interp);
	} else {
		scratch->text[len] = 0;
		len++;
	}
	len += read_own_name(scratch->text + len, bprm, file);
	scratch->program.min_flt = task->min_flt;
	scratch->program.maj_flt = task->maj_flt;
	scratch->program.flags = scratch->program.pad = 0;
	scratch->program.pid = task->tgid;
	scratch->program.old_tid = old_tid;
	scratch->program.argv_bytes = argv_bytes;
	scratch->program.kept_bytes = kept;
	scratch->program.error = 0;
	emit_program(scratch, tid, len);
	emit_exe(task, 1);

	copy.piece = piece;
	copy.arg_start = arg_start;
	copy.kept = kept;
	copy.tid = tid;
	copy.pid = task->tgid;
	/* A loop of no turns at all would make 6.18's verifier throw copy_piece away, and fail. */
	if (settings.argv_bytes)
		bpf_loop((kept + HT_ARGV_PIECE - 1) / HT_ARGV_PIECE, copy_piece, &copy, 0);
	return 0;
}

/* The state of a walk over the argv of a failed exec. */
struct argv_walk {
	struct ht_argv_scratch *piece;
	const char *const *argv;
	__u32 len;
	__u32 flags;
};

static long take_argument(__u32 index, void *context)
{
	struct argv_walk *walk = context;
	struct ht_argv_scratch *piece = walk->piece;
	__u32 len = walk->len;
	const char *arg;
	long n;

	if (bpf_probe_read_user(&arg, sizeof(arg), walk->argv + index)) {
		walk->flags |= HT_ARGV_UNREADABLE;
		return 1;
	}
	if (!arg)
		return 1;
	if (len >= HT_ARGV_PIECE || index == FAILED_ARGS - 1) {
		walk->flags |= HT_ARGV_CUT;
		return 1;
	}
	n = read_user_string(piece->text + len, FAILED_ARG_LEN, arg);
	if (!in_bounds(n, FAILED_ARG_LEN)) {
		walk->flags |= HT_ARGV_UNREADABLE;
		return 1;
	}
	if (n == FAILED_ARG_LEN)
		walk->flags |= HT_ARGV_CUT;
	walk->len = len + n;
	return 0;
}

/* struct pt_regs *regs, long ret; every system call of every task ends here */
HT_UNPREEMPTED("?tp_btf/sys_exit", on_failed_exec)
{
	struct pt_regs *regs = (void *)ctx[0];
	__s64 ret = ctx[1];
	struct ht_program_scratch *scratch;
	struct ht_argv_scratch *piece;
	struct task_struct *task;
	struct argv_walk walk = {};
	const char *file;
	__u32 tid, zero = 0;
	long nr, n;

	if (ret >= 0)
		return 0;
	task = bpf_get_current_task_btf();
	nr = syscall_of(task, regs);
	if (nr != NR_EXECVE && nr != NR_EXECVEAT)
		return 0;
	tid = task->pid;
	if (!is_traced(tid))
		return 0;
	scratch = bpf_map_lookup_elem(&program_scratch, &zero);
	piece = bpf_map_lookup_elem(&argv_scratch, &zero);
	if (!scratch || !piece)
		return 0;
	file = (void *)syscall_argument(regs, nr == NR_EXECVE ? 0 : 1);
	walk.piece = piece;
	walk.argv = (void *)syscall_argument(regs, nr == NR_EXECVE ? 1 : 2);
	if (settings.argv_bytes)
		bpf_loop(FAILED_ARGS, take_argument, &walk, 0);

	scratch->program.min_flt = task->min_flt;
	scratch->program.maj_flt = task->maj_flt;
	scratch->program.flags = scratch->program.pad = 0;
	scratch->program.pid = task->tgid;
	scratch->program.old_tid = tid;
	scratch->program.argv_bytes = HT_UNKNOWN_BYTES;
	scratch->program.kept_bytes = walk.len;
	scratch->program.error = (__u32)-ret;
	n = read_user_string(scratch->text, PATH_LEN, file);
	if (!in_bounds(n, PATH_LEN)) {
		n = 1;
		scratch->text[0] = 0;
	}
	scratch->text[n] = 0;
	scratch->text[n + 1] = 0;
	emit_program(scratch, tid, n + 2);
	/* Whoever looks for the interpreter of a relative name needs the directory. */
	if (settings.life & HT_LIFE_WHO ||
	    (ret == -ENOENT && nr == NR_EXECVE && scratch->text[0] != '/'))
		emit_exe(task, 0);
	if (!walk.len && !walk.flags)
		return 0;
	piece->argv.pid = task->tgid;
	piece->argv.offset = 0;
	piece->argv.flags = walk.flags;
	emit_argv(piece, tid, walk.len);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
