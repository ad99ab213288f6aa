/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The floor: programs that do nothing, at the hooks that hoodtrace uses. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define EMPTY(hook)              \
	SEC("?tp_btf/" #hook)    \
	int empty_##hook(void *ctx) \
	{                        \
		return 0;        \
	}

EMPTY(sched_switch)
EMPTY(page_fault_user)
EMPTY(mm_filemap_add_to_page_cache)
EMPTY(mm_filemap_get_pages)
EMPTY(sched_process_exec)

char LICENSE[] SEC("license") = "GPL";
