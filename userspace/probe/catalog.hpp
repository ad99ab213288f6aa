// SPDX-License-Identifier: GPL-2.0-or-later
// The one list of BPF programs: the hook of each, the family that it serves, and when it is wanted.
// It is also the list of hooks: detect_features asks the kernel for them, and doctor shows them.
#pragma once

#include <array>
#include <string_view>

#include "probe/family_table.hpp"

namespace hoodtrace {

enum class Need {
  kAlways,    // the family does not work without it
  kWanted,    // the family works without it, and reports what is missing
  kWakers,    // only when wakers are asked for, or in the fallback tier
  kWaking,    // the same, and when the causes of sleeps are
  kMoves,     // kWakers, and when the reasons of migrations are
  kDelayed,   // where the kernel counts sleeps as waits, and not with kMoves
  kFailures,  // only when failed execs are asked for
  kEnds,      // only when no loaded family has a better place to record the ends of tasks
  kCounters,  // only when the mm's counters are needed to distinguish kinds
  kForks,     // only when the cost of forks is asked for
  kStacks,    // only when the stacks of long sleeps are asked for
  kCycles,    // only when cycles in user mode and in the kernel are asked for
  kDirties,   // only when the page cache's family does not record the same
  kOldBegin,  // only on kernels without block_io_start
  kSyncs,     // only when each fsync is asked for
  kBios,      // only where there are block devices that make no requests
  kLives,     // serve: only when forks, execs and exits are counted
  kPages,     // serve: only when the page cache and reclaim are, and where the hook exists
  kNames,     // kWanted, and kTotals needs it too
  kRecords,   // always, but not with kTotals, which sums up what the family's other programs see
};

// What a hook is, and so how its program is attached and whether this kernel has it.
enum class Attach {
  kTracepoint,  // tp_btf
  kFunction,    // fentry or fexit
  kIterator,
  kPageFaults,  // a perf software event on every CPU
  kMinorFaults,
  kMajorFaults,
  kCpuTime,  // a perf software event too: each 100 ms of CPU time
};

// The tiers of page-fault hooks; a program serves one or several.
inline constexpr unsigned kTierBase = 1;    // the exception's tracepoints and perf events
inline constexpr unsigned kTierEvents = 2;  // perf events alone
inline constexpr unsigned kTierFentry = 4;  // fentry and fexit on handle_mm_fault
inline constexpr unsigned kAnyTier = ~0U;

constexpr bool is_perf_event(Attach attach) { return attach >= Attach::kPageFaults; }

// A key that is "tp_" and the hook's name.
inline constexpr std::string_view kTpAndHook{};

struct Probe {
  std::string_view program;  // its name in bpf/*.bpf.c
  std::string_view hook;     // as the kernel names it
  Family family;
  Need need;
  Attach attach = Attach::kTracepoint;
  unsigned tiers = kAnyTier;
  bool shown_by_pages = false;        // not needed where page tables are read
  std::string_view key = kTpAndHook;  // of the hook in doctor's JSON
  bool shows_own_copies = false;      // but for --cow: copies that the kernel makes for itself
};

inline constexpr std::array kCatalog = {
    // Before on_sched_switch: their records go before the switch, and before the end of a task.
    Probe{"on_long_sleep", "sched_switch", Family::kWhy, Need::kStacks},
    Probe{"on_cycles_switch", "sched_switch", Family::kWhy, Need::kCycles},
    Probe{"on_cycles_tick", "cpu-clock", Family::kWhy, Need::kCycles, Attach::kCpuTime},
    Probe{"on_sched_switch", "sched_switch", Family::kSched, Need::kAlways},
    Probe{"on_sched_waking", "sched_waking", Family::kSched, Need::kWaking},
    Probe{"on_sched_wakeup", "sched_wakeup", Family::kSched, Need::kWakers},
    Probe{"on_sched_wakeup_new", "sched_wakeup_new", Family::kSched, Need::kWakers},
    Probe{"on_sched_migrate_task", "sched_migrate_task", Family::kSched, Need::kMoves},
    Probe{"on_asleep_move", "sched_migrate_task", Family::kSched, Need::kDelayed},
    Probe{"on_fair_switch", "sched_switch", Family::kFair, Need::kAlways},
    Probe{"on_fair_wakeup", "sched_wakeup", Family::kFair, Need::kAlways},
    Probe{"on_fair_wakeup_new", "sched_wakeup_new", Family::kFair, Need::kAlways},
    Probe{"on_quota_switch", "sched_switch", Family::kQuota, Need::kAlways},
    Probe{"on_quota_wakeup", "sched_wakeup", Family::kQuota, Need::kAlways},
    Probe{"on_quota_wakeup_new", "sched_wakeup_new", Family::kQuota, Need::kAlways},
    Probe{"on_irq_switch", "sched_switch", Family::kIrq, Need::kAlways},
    Probe{"on_irq_entry", "irq_handler_entry", Family::kIrq, Need::kAlways},
    Probe{"on_irq_exit", "irq_handler_exit", Family::kIrq, Need::kAlways},
    Probe{"on_softirq_entry", "softirq_entry", Family::kIrq, Need::kAlways},
    Probe{"on_softirq_exit", "softirq_exit", Family::kIrq, Need::kAlways},
    // x86
    Probe{"on_local_timer_entry", "local_timer_entry", Family::kIrq, Need::kWanted},
    Probe{"on_local_timer_exit", "local_timer_exit", Family::kIrq, Need::kWanted},
    Probe{"on_reschedule_entry", "reschedule_entry", Family::kIrq, Need::kWanted},
    Probe{"on_reschedule_exit", "reschedule_exit", Family::kIrq, Need::kWanted},
    Probe{"on_call_function_entry", "call_function_entry", Family::kIrq, Need::kWanted},
    Probe{"on_call_function_exit", "call_function_exit", Family::kIrq, Need::kWanted},
    Probe{"on_call_single_entry", "call_function_single_entry", Family::kIrq, Need::kWanted},
    Probe{"on_call_single_exit", "call_function_single_exit", Family::kIrq, Need::kWanted},
    Probe{"on_irq_work_entry", "irq_work_entry", Family::kIrq, Need::kWanted},
    Probe{"on_irq_work_exit", "irq_work_exit", Family::kIrq, Need::kWanted},
    Probe{"on_realtime_switch", "sched_switch", Family::kRealtime, Need::kAlways},
    Probe{"on_mmap_wait", "contention_begin", Family::kLoad, Need::kWanted},
    Probe{"on_mmap_waited", "contention_end", Family::kLoad, Need::kWanted},
    Probe{"on_queue_switch", "sched_switch", Family::kCpus, Need::kAlways},
    Probe{"on_task_newtask", "task_newtask", Family::kTasks, Need::kAlways},
    Probe{"on_task_rename", "task_rename", Family::kTasks, Need::kAlways},
    Probe{"on_sched_process_exec", "sched_process_exec", Family::kTasks, Need::kAlways},
    Probe{"on_cgroup_attach_task", "cgroup_attach_task", Family::kTasks, Need::kWanted},
    Probe{"on_cgroup_mkdir", "cgroup_mkdir", Family::kTasks, Need::kNames},
    Probe{"on_task_exit", "sched_process_exit", Family::kTasks, Need::kEnds},
    // After the tasks family's programs at the same hooks, which decide which tasks are traced.
    Probe{"on_life_switch", "sched_switch", Family::kLife, Need::kAlways},
    Probe{"on_sched_process_exit", "sched_process_exit", Family::kLife, Need::kAlways},
    Probe{"on_program", "sched_process_exec", Family::kLife, Need::kAlways},
    Probe{"on_sched_process_wait", "sched_process_wait", Family::kLife, Need::kWanted},
    Probe{"on_sched_process_free", "sched_process_free", Family::kLife, Need::kWanted},
    Probe{"on_signal", "signal_generate", Family::kLife, Need::kWanted},
    Probe{"on_failed_exec", "sys_exit", Family::kLife, Need::kFailures},
    Probe{"on_page_fault_user", "page_fault_user", Family::kFaults, Need::kAlways,
          Attach::kTracepoint, kTierBase},
    Probe{"on_page_fault_kernel", "page_fault_kernel", Family::kFaults, Need::kAlways,
          Attach::kTracepoint, kTierBase},
    Probe{"on_page_fault", "page-faults", Family::kFaults, Need::kAlways, Attach::kPageFaults,
          kTierEvents},
    Probe{"on_minor_fault", "minor-faults", Family::kFaults, Need::kAlways, Attach::kMinorFaults,
          kTierBase | kTierEvents},
    Probe{"on_major_fault", "major-faults", Family::kFaults, Need::kAlways, Attach::kMajorFaults,
          kTierBase | kTierEvents},
    Probe{"on_handle_fault", "handle_mm_fault", Family::kFaults, Need::kAlways, Attach::kFunction,
          kTierFentry},
    Probe{"on_handled_fault", "handle_mm_fault", Family::kFaults, Need::kAlways, Attach::kFunction,
          kTierFentry},
    Probe{"on_wp_page", "do_wp_page", Family::kFaults, Need::kAlways, Attach::kFunction,
          kTierFentry, true},
    Probe{"on_huge_wp_page", "do_huge_pmd_wp_page", Family::kFaults, Need::kWanted,
          Attach::kFunction, kTierFentry, true},
    Probe{"on_mm_page_alloc",
          "mm_page_alloc",
          Family::kFaults,
          Need::kAlways,
          Attach::kTracepoint,
          kAnyTier,
          true,
          {},
          true},
    Probe{"on_rss_stat", "rss_stat", Family::kFaults, Need::kCounters},
    Probe{"on_fault_signal", "signal_generate", Family::kFaults, Need::kWanted},
    Probe{"on_clone_enter", "sys_enter", Family::kFaults, Need::kForks},
    Probe{"on_clone_made", "task_newtask", Family::kFaults, Need::kForks},
    Probe{"on_clone_exit", "sys_exit", Family::kFaults, Need::kForks},
    Probe{"on_fault_exit", "sched_process_exit", Family::kFaults, Need::kAlways},
    Probe{"on_page_added", "mm_filemap_add_to_page_cache", Family::kCache, Need::kAlways,
          Attach::kTracepoint, kAnyTier, false, "tp_filemap_add"},
    Probe{"on_page_evicted", "mm_filemap_delete_from_page_cache", Family::kCache, Need::kAlways,
          Attach::kTracepoint, kAnyTier, false, "tp_filemap_delete"},
    Probe{"on_page_read", "mm_filemap_get_pages", Family::kCache, Need::kWanted,
          Attach::kTracepoint, kAnyTier, false, "tp_filemap_get_pages"},
    Probe{"on_filemap_fault", "mm_filemap_fault", Family::kCache, Need::kWanted,
          Attach::kTracepoint, kAnyTier, false, "tp_filemap_fault"},
    Probe{"on_page_map", "mm_filemap_map_pages", Family::kCache, Need::kWanted, Attach::kTracepoint,
          kAnyTier, false, "tp_filemap_map_pages"},
    Probe{"on_readahead", "page_cache_ra_unbounded", Family::kCache, Need::kWanted,
          Attach::kTracepoint, kAnyTier, false, "tp_readahead"},
    Probe{"on_readahead_order", "page_cache_ra_order", Family::kCache, Need::kWanted,
          Attach::kTracepoint, kAnyTier, false, "tp_readahead_order"},
    Probe{"on_page_dirtied", "writeback_dirty_folio", Family::kCache, Need::kWanted,
          Attach::kTracepoint, kAnyTier, false, "tp_dirty_folio"},
    Probe{"on_ctime_set", "inode_set_ctime_to_ts", Family::kCache, Need::kWanted},
    Probe{"on_ctime_changed", "ctime_ns_xchg", Family::kCache, Need::kWanted},
    Probe{"on_ctime_same", "ctime_xchg_skip", Family::kCache, Need::kWanted},
    Probe{"on_kswapd_wake", "mm_vmscan_kswapd_wake", Family::kCache, Need::kWanted,
          Attach::kTracepoint, kAnyTier, false, "tp_kswapd"},
    Probe{"on_kswapd_sleep", "mm_vmscan_kswapd_sleep", Family::kCache, Need::kWanted},
    Probe{"on_direct_begin", "mm_vmscan_direct_reclaim_begin", Family::kCache, Need::kWanted,
          Attach::kTracepoint, kAnyTier, false, "tp_direct_reclaim"},
    Probe{"on_direct_end", "mm_vmscan_direct_reclaim_end", Family::kCache, Need::kWanted},
    Probe{"on_memcg_begin", "mm_vmscan_memcg_reclaim_begin", Family::kCache, Need::kWanted,
          Attach::kTracepoint, kAnyTier, false, "tp_memcg_reclaim"},
    Probe{"on_memcg_end", "mm_vmscan_memcg_reclaim_end", Family::kCache, Need::kWanted},
    Probe{"on_faulted_file", "mm_filemap_fault", Family::kWhy, Need::kWanted, Attach::kTracepoint,
          kAnyTier, false, "tp_filemap_fault"},
    Probe{"on_stop_signal", "signal_generate", Family::kWhy, Need::kWanted},
    Probe{"on_io_start", "block_io_start", Family::kDisk, Need::kWanted},
    Probe{"on_getrq", "block_getrq", Family::kDisk, Need::kOldBegin},
    Probe{"on_bio_queue", "block_bio_queue", Family::kDisk, Need::kBios},
    Probe{"on_bio_complete", "block_bio_complete", Family::kDisk, Need::kBios},
    Probe{"on_rq_issue", "block_rq_issue", Family::kDisk, Need::kAlways},
    Probe{"on_rq_merge", "block_rq_merge", Family::kDisk, Need::kWanted},
    Probe{"on_rq_complete", "block_rq_complete", Family::kDisk, Need::kAlways},
    Probe{"on_io_done", "block_io_done", Family::kDisk, Need::kWanted},
    Probe{"on_disk_switch", "sched_switch", Family::kDisk, Need::kRecords},
    Probe{"on_disk_waking", "sched_waking", Family::kDisk, Need::kRecords},
    Probe{"on_disk_dirtied", "writeback_dirty_folio", Family::kDisk, Need::kDirties,
          Attach::kTracepoint, kAnyTier, false, "tp_dirty_folio"},
    Probe{"on_disk_exit", "sched_process_exit", Family::kDisk, Need::kRecords},
    Probe{"on_sync_enter", "sys_enter", Family::kDisk, Need::kSyncs},
    Probe{"on_sync_exit", "sys_exit", Family::kDisk, Need::kSyncs},
    // Slots are given back only by the first: it comes before anything takes one.
    Probe{"on_cgroup_release", "cgroup_release", Family::kTotals, Need::kAlways},
    Probe{"on_totals_switch", "sched_switch", Family::kTotals, Need::kAlways},
    Probe{"on_totals_move", "sched_migrate_task", Family::kTotals, Need::kDelayed},
    Probe{"on_totals_fork", "task_newtask", Family::kTotals, Need::kLives},
    // It also follows a thread that takes over its leader's tid.
    Probe{"on_totals_exec", "sched_process_exec", Family::kTotals, Need::kAlways},
    Probe{"on_totals_exit", "sched_process_exit", Family::kTotals, Need::kLives},
    Probe{"on_totals_added", "mm_filemap_add_to_page_cache", Family::kTotals, Need::kPages,
          Attach::kTracepoint, kAnyTier, false, "tp_filemap_add"},
    Probe{"on_totals_evicted", "mm_filemap_delete_from_page_cache", Family::kTotals, Need::kPages,
          Attach::kTracepoint, kAnyTier, false, "tp_filemap_delete"},
    Probe{"on_totals_direct", "mm_vmscan_direct_reclaim_begin", Family::kTotals, Need::kPages,
          Attach::kTracepoint, kAnyTier, false, "tp_direct_reclaim"},
    Probe{"on_totals_direct_end", "mm_vmscan_direct_reclaim_end", Family::kTotals, Need::kPages},
    Probe{"on_totals_memcg", "mm_vmscan_memcg_reclaim_begin", Family::kTotals, Need::kPages,
          Attach::kTracepoint, kAnyTier, false, "tp_memcg_reclaim"},
    Probe{"on_totals_memcg_end", "mm_vmscan_memcg_reclaim_end", Family::kTotals, Need::kPages},
    Probe{"scan_totals_begin", "iter/task", Family::kTotals, Need::kAlways, Attach::kIterator},
    Probe{"scan_totals_open", "iter/task", Family::kTotals, Need::kAlways, Attach::kIterator},
    Probe{"scan_disk_books", "iter/task", Family::kDisk, Need::kRecords, Attach::kIterator},
    Probe{"scan_quotas", "iter/task", Family::kQuota, Need::kAlways, Attach::kIterator},
    Probe{"scan_sleeps", "iter/task", Family::kWhy, Need::kAlways, Attach::kIterator},
    Probe{"scan_names", "iter/task", Family::kCache, Need::kAlways, Attach::kIterator},
    Probe{"scan_task_pids", "iter/task", Family::kLife, Need::kAlways, Attach::kIterator},
    Probe{"scan_tasks", "iter/task", Family::kTasks, Need::kAlways, Attach::kIterator},
    Probe{"scan_counters", "iter/task", Family::kTasks, Need::kAlways, Attach::kIterator},
};

}  // namespace hoodtrace
