/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who dirties the pages of files, for what kernel threads write later. Loaded when the page cache's
 * family, which records the same, is not.
 */
#include "disk/request.bpf.h"
#include "file.bpf.h"
#include "task.bpf.h"
#include "unpreempted.bpf.h"

/*
 * struct folio *folio, struct address_space *mapping; it was clean until now. What the flusher could not
 * write it dirties again: a kernel thread causes nothing.
 */
HT_UNPREEMPTED("?tp_btf/writeback_dirty_folio", on_disk_dirtied)
{
	struct folio *folio = (void *)ctx[0];
	struct address_space *mapping = (void *)ctx[1];
	struct task_struct *task = bpf_get_current_task_btf();
	struct ht_file_key key;
	struct ht_pages *record;
	struct inode *inode;
	struct emitter e;
	__u64 hash, now;

	if (!is_traced(task->pid) || task->tgid == settings.self_pid || task->flags & PF_KTHREAD)
		return 0;
	if (!mapping)
		return 0;
	inode = mapping->host;
	if (!inode)
		return 0;
	FILL_FILE_KEY_BY(plain_field, &key, inode);
	hash = hash_file(&key);
	if (settings.filter)
		set_bits(&dirtied_files, dirtied_bit(hash), 1);
	now = bpf_ktime_get_boot_ns();
	name_file(inode, &key, hash, now);
	record = EMIT_BEGIN_AT(&e, PAGES, task->pid, now);
	if (!record)
		return 0;
	record->file = key;
	record->index = folio->index;
	record->pages = 1U << (folio_order(folio) & 31);
	record->cached = mapping->nrpages;
	record->kind = HT_PAGES_DIRTIED;
	record->flags = HT_PAGES_TRACED;
	__builtin_memset(record->pad, 0, sizeof(record->pad));
	EMIT_END(&e, record);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
