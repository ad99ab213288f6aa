// SPDX-License-Identifier: GPL-2.0-or-later
// What this kernel has, as named facts. Filled by live/detect_features; pure data here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hoodtrace {

// One line per fact: X(field, "what it is").
#define HT_FEATURES(X)                                                       \
  X(btf, "BTF type information (CO-RE)")                                     \
  X(tp_sched_switch, "tracepoint sched_switch (tp_btf)")                     \
  X(tp_sched_waking, "tracepoint sched_waking (tp_btf)")                     \
  X(tp_sched_wakeup, "tracepoint sched_wakeup (tp_btf)")                     \
  X(tp_sched_wakeup_new, "tracepoint sched_wakeup_new (tp_btf)")             \
  X(tp_sched_migrate_task, "tracepoint sched_migrate_task (tp_btf)")         \
  X(tp_task_newtask, "tracepoint task_newtask (tp_btf)")                     \
  X(tp_task_rename, "tracepoint task_rename (tp_btf)")                       \
  X(tp_sched_process_exec, "tracepoint sched_process_exec (tp_btf)")         \
  X(tp_sched_process_exit, "tracepoint sched_process_exit (tp_btf)")         \
  X(tp_sched_process_wait, "tracepoint sched_process_wait (tp_btf)")         \
  X(tp_sched_process_free, "tracepoint sched_process_free (tp_btf)")         \
  X(tp_sys_enter, "tracepoint sys_enter (tp_btf)")                           \
  X(tp_sys_exit, "tracepoint sys_exit (tp_btf)")                             \
  X(tp_cgroup_attach_task, "tracepoint cgroup_attach_task (tp_btf)")         \
  X(tp_filemap_add, "tracepoint mm_filemap_add_to_page_cache (tp_btf)")      \
  X(tp_filemap_delete, "tracepoint mm_filemap_delete_from_page_cache")       \
  X(tp_filemap_get_pages, "tracepoint mm_filemap_get_pages (tp_btf)")        \
  X(tp_filemap_fault, "tracepoint mm_filemap_fault (tp_btf)")                \
  X(tp_filemap_map_pages, "tracepoint mm_filemap_map_pages (tp_btf)")        \
  X(tp_readahead, "tracepoint page_cache_ra_unbounded (tp_btf)")             \
  X(tp_readahead_order, "tracepoint page_cache_ra_order (tp_btf)")           \
  X(tp_dirty_folio, "tracepoint writeback_dirty_folio (tp_btf)")             \
  X(tp_kswapd, "tracepoint mm_vmscan_kswapd_wake (tp_btf)")                  \
  X(tp_direct_reclaim, "tracepoint mm_vmscan_direct_reclaim_begin")          \
  X(tp_memcg_reclaim, "tracepoint mm_vmscan_memcg_reclaim_begin")            \
  X(folio, "folios: the page cache tracepoints pass folios")                 \
  X(tp_page_fault_user, "tracepoint page_fault_user (tp_btf)")               \
  X(tp_page_fault_kernel, "tracepoint page_fault_kernel (tp_btf)")           \
  X(tp_mm_page_alloc, "tracepoint mm_page_alloc (tp_btf)")                   \
  X(tp_rss_stat, "tracepoint rss_stat (tp_btf)")                             \
  X(tp_signal_generate, "tracepoint signal_generate (tp_btf)")               \
  X(rss_exact, "rss_stat reports every change (per-CPU counters of the mm)") \
  X(fentry_faults, "fentry attaches to handle_mm_fault and do_wp_page")      \
  X(func_huge_wp, "do_huge_pmd_wp_page is a function of its own")            \
  X(find_vma, "BPF helper find_vma: the mapping of an address")              \
  X(task_storage, "BPF task storage")                                        \
  X(tp_cgroup_mkdir, "tracepoint cgroup_mkdir (tp_btf)")                     \
  X(iter_task, "BPF iterator over tasks")                                    \
  X(ringbuf, "BPF ring buffer")                                              \
  X(current_task, "BPF helper get_current_task_btf")                         \
  X(bpf_loop, "BPF helper loop")                                             \
  X(sched_info, "task_struct.sched_info: kernel accounting of waits")        \
  X(run_queue, "task_struct.se.cfs_rq.rq: a way to the run queue's clock")   \
  X(switch_state_arg, "sched_switch passes prev_state")                      \
  X(swap, "swap space is in use")                                            \
  X(page_tables, "page tables can be read: what a fault changed is known")   \
  X(large_anon, "anonymous memory comes in several pages at once (mTHP)")    \
  X(exit_last_arg, "sched_process_exit passes group_dead")                   \
  X(preemptible_hooks, "tracepoints whose programs can be preempted")        \
  X(cgroup_v2, "cgroup v2 is mounted")

// Functions that the kernel lets programs call, by their ids in its BTF; 0 = it has none such.
struct KernelFunctions {
  std::uint32_t preempt_disable = 0;
  std::uint32_t preempt_enable = 0;
  std::uint32_t rdonly_cast = 0;
};

// How to read page tables (live/page_tables.hpp); direct_map 0 = not known.
struct PageTables {
  std::uint64_t direct_map = 0;  // the kernel's address of physical address 0
  std::uint64_t frame_mask = 0;  // of an entry: the physical address
  bool five_levels = false;
};

// The device number of a btrfs inode's subvolume (live/btrfs_layout.hpp); anon_dev 0 = not known.
struct BtrfsLayout {
  std::int32_t root = 0;       // of the pointer to the btrfs_root, from the VFS's inode on
  std::uint32_t anon_dev = 0;  // in the btrfs_root
};

struct Features {
#define HT_FEATURE_FIELD(field, text) bool field = false;
  HT_FEATURES(HT_FEATURE_FIELD)
#undef HT_FEATURE_FIELD
  KernelFunctions functions;
  PageTables pages;
  BtrfsLayout btrfs;
  std::string kernel_release;
  std::string lockdown;  // "none", "integrity", "confidentiality"; empty = no such thing here
};

}  // namespace hoodtrace
