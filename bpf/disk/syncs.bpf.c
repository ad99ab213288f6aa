/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fsync, fdatasync, sync, syncfs, msync and sync_file_range, each call with its time. These hooks are
 * called for every system call of every task, so they are attached only when asked for (--syncs).
 */
#include "emit.bpf.h"
#include "disk/context.bpf.h"
#include "disk/request.bpf.h"
#include "unpreempted.bpf.h"
#include "file.bpf.h"
#include "open_file.bpf.h"

struct disk_sync {
	struct ht_file_key file;
	__u64 since_ns;
};

/* Tasks in such a call, by tid. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* the loader: HT_DISK_SLEEPERS */
	__type(key, __u32);
	__type(value, struct disk_sync);
} disk_syncs SEC(".maps");

/* struct pt_regs *regs, long id */
HT_UNPREEMPTED("?tp_btf/sys_enter", on_sync_enter)
{
	struct task_struct *task;
	struct disk_sync sync = {};
	struct inode *inode;
	struct file *file;
	__u32 tid;

	if (!is_sync_call((long)ctx[1]))
		return 0;
	task = bpf_get_current_task_btf();
	tid = task->pid;
	if (!is_traced(tid) || task->tgid == settings.self_pid || is_in_compat_call(task))
		return 0;
	sync.since_ns = bpf_ktime_get_boot_ns();
	if (has_fd((long)ctx[1])) {
		struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);

		file = file_of_fd(task, FIRST_ARGUMENT_IN(regs));
		inode = file ? load_field(file, f_inode) : 0;
		if (inode) {
			FILL_FILE_KEY_BY(load_field, &sync.file, inode);
			name_file(inode, &sync.file, hash_file(&sync.file), sync.since_ns);
		}
	}
	if (bpf_map_update_elem(&disk_syncs, &tid, &sync, BPF_ANY))
		count_full_map();
	return 0;
}

/* struct pt_regs *regs, long ret */
HT_UNPREEMPTED("?tp_btf/sys_exit", on_sync_exit)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u32 call = current_call(task), tid = task->pid;
	struct ht_disk_sync *record;
	struct disk_sync *sync;
	struct emitter e;

	if (!is_sync_call((long)call - 1) || !is_traced(tid))
		return 0;
	sync = bpf_map_lookup_elem(&disk_syncs, &tid);
	if (!sync)
		return 0;
	record = EMIT_BEGIN(&e, DISK_SYNC, tid);
	if (record) {
		record->file = sync->file;
		record->since_ns = sync->since_ns;
		record->result = (__s32)ctx[1];
		record->call = call;
		EMIT_END(&e, record);
	}
	bpf_map_delete_elem(&disk_syncs, &tid);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
