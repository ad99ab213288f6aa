// SPDX-License-Identifier: GPL-2.0-or-later
// The one list of BPF programs: which family each serves, what it needs, and when it is wanted.
#pragma once

#include <array>
#include <string_view>

#include "probe/features.hpp"

namespace hoodtrace {

enum class Family { kTasks, kSched, kLife, kFaults, kCache };

enum class Need {
  kAlways,    // the family does not work without it
  kWanted,    // the family works without it, and says what is missing
  kWakers,    // only when wakers are asked for, or in the fallback tier
  kFailures,  // only when failed execs are asked for
  kEnds,      // only when no other family tells of the tasks' ends
  kCounters,  // only when the mm's counters have to tell kinds apart
  kForks,     // only when the cost of forks is asked for
};

// How a program gets to its hook.
enum class Attach {
  kBySection,   // as its SEC() says
  kPageFaults,  // a perf software event on every CPU
  kMinorFaults,
  kMajorFaults,
};

// The ways to see page faults; a program serves one or several.
inline constexpr unsigned kTierBase = 1;    // the exception's tracepoints and perf events
inline constexpr unsigned kTierEvents = 2;  // perf events alone
inline constexpr unsigned kTierFentry = 4;  // fentry and fexit on handle_mm_fault
inline constexpr unsigned kAnyTier = ~0U;

struct Probe {
  std::string_view program;  // its name in bpf/*.bpf.c
  std::string_view hook;     // as the kernel names it
  Family family;
  Need need;
  bool Features::*exists;
  Attach attach = Attach::kBySection;
  unsigned tiers = kAnyTier;
  bool told_by_pages = false;  // not needed where page tables are read
};

inline constexpr std::array kCatalog = {
    Probe{"on_sched_switch", "sched_switch", Family::kSched, Need::kAlways,
          &Features::tp_sched_switch},
    Probe{"on_sched_waking", "sched_waking", Family::kSched, Need::kWakers,
          &Features::tp_sched_waking},
    Probe{"on_sched_wakeup", "sched_wakeup", Family::kSched, Need::kWakers,
          &Features::tp_sched_wakeup},
    Probe{"on_sched_wakeup_new", "sched_wakeup_new", Family::kSched, Need::kWakers,
          &Features::tp_sched_wakeup_new},
    Probe{"on_sched_migrate_task", "sched_migrate_task", Family::kSched, Need::kWakers,
          &Features::tp_sched_migrate_task},
    Probe{"on_task_newtask", "task_newtask", Family::kTasks, Need::kAlways,
          &Features::tp_task_newtask},
    Probe{"on_task_rename", "task_rename", Family::kTasks, Need::kAlways,
          &Features::tp_task_rename},
    Probe{"on_sched_process_exec", "sched_process_exec", Family::kTasks, Need::kAlways,
          &Features::tp_sched_process_exec},
    Probe{"on_cgroup_attach_task", "cgroup_attach_task", Family::kTasks, Need::kWanted,
          &Features::tp_cgroup_attach_task},
    Probe{"on_cgroup_mkdir", "cgroup_mkdir", Family::kTasks, Need::kWanted,
          &Features::tp_cgroup_mkdir},
    // After the tasks family's programs at the same hooks, which settle who is traced.
    Probe{"on_life_switch", "sched_switch", Family::kLife, Need::kAlways,
          &Features::tp_sched_switch},
    Probe{"on_sched_process_exit", "sched_process_exit", Family::kLife, Need::kAlways,
          &Features::tp_sched_process_exit},
    Probe{"on_program", "sched_process_exec", Family::kLife, Need::kAlways,
          &Features::tp_sched_process_exec},
    Probe{"on_sched_process_wait", "sched_process_wait", Family::kLife, Need::kWanted,
          &Features::tp_sched_process_wait},
    Probe{"on_sched_process_free", "sched_process_free", Family::kLife, Need::kWanted,
          &Features::tp_sched_process_free},
    Probe{"on_failed_exec", "sys_exit", Family::kLife, Need::kFailures, &Features::tp_sys_exit},
    Probe{"on_page_fault_user", "page_fault_user", Family::kFaults, Need::kAlways,
          &Features::tp_page_fault_user, Attach::kBySection, kTierBase},
    Probe{"on_page_fault_kernel", "page_fault_kernel", Family::kFaults, Need::kAlways,
          &Features::tp_page_fault_kernel, Attach::kBySection, kTierBase},
    Probe{"on_page_fault", "page-faults", Family::kFaults, Need::kAlways, &Features::btf,
          Attach::kPageFaults, kTierEvents},
    Probe{"on_minor_fault", "minor-faults", Family::kFaults, Need::kAlways, &Features::btf,
          Attach::kMinorFaults, kTierBase | kTierEvents},
    Probe{"on_major_fault", "major-faults", Family::kFaults, Need::kAlways, &Features::btf,
          Attach::kMajorFaults, kTierBase | kTierEvents},
    Probe{"on_handle_fault", "handle_mm_fault", Family::kFaults, Need::kAlways,
          &Features::fentry_faults, Attach::kBySection, kTierFentry},
    Probe{"on_handled_fault", "handle_mm_fault", Family::kFaults, Need::kAlways,
          &Features::fentry_faults, Attach::kBySection, kTierFentry},
    Probe{"on_wp_page", "do_wp_page", Family::kFaults, Need::kAlways, &Features::fentry_faults,
          Attach::kBySection, kTierFentry, true},
    Probe{"on_huge_wp_page", "do_huge_pmd_wp_page", Family::kFaults, Need::kWanted,
          &Features::func_huge_wp, Attach::kBySection, kTierFentry, true},
    Probe{"on_mm_page_alloc", "mm_page_alloc", Family::kFaults, Need::kAlways,
          &Features::tp_mm_page_alloc, Attach::kBySection, kAnyTier, true},
    Probe{"on_rss_stat", "rss_stat", Family::kFaults, Need::kCounters, &Features::rss_exact},
    Probe{"on_fault_signal", "signal_generate", Family::kFaults, Need::kWanted,
          &Features::tp_signal_generate},
    Probe{"on_clone_enter", "sys_enter", Family::kFaults, Need::kForks, &Features::tp_sys_enter},
    Probe{"on_clone_made", "task_newtask", Family::kFaults, Need::kForks,
          &Features::tp_task_newtask},
    Probe{"on_clone_exit", "sys_exit", Family::kFaults, Need::kForks, &Features::tp_sys_exit},
    Probe{"on_fault_exit", "sched_process_exit", Family::kFaults, Need::kAlways,
          &Features::tp_sched_process_exit},
    Probe{"on_page_added", "mm_filemap_add_to_page_cache", Family::kCache, Need::kAlways,
          &Features::tp_filemap_add},
    Probe{"on_page_evicted", "mm_filemap_delete_from_page_cache", Family::kCache, Need::kAlways,
          &Features::tp_filemap_delete},
    Probe{"on_page_read", "mm_filemap_get_pages", Family::kCache, Need::kWanted,
          &Features::tp_filemap_get_pages},
    Probe{"on_filemap_fault", "mm_filemap_fault", Family::kCache, Need::kWanted,
          &Features::tp_filemap_fault},
    Probe{"on_page_map", "mm_filemap_map_pages", Family::kCache, Need::kWanted,
          &Features::tp_filemap_map_pages},
    Probe{"on_readahead", "page_cache_ra_unbounded", Family::kCache, Need::kWanted,
          &Features::tp_readahead},
    Probe{"on_readahead_order", "page_cache_ra_order", Family::kCache, Need::kWanted,
          &Features::tp_readahead_order},
    Probe{"on_page_dirtied", "writeback_dirty_folio", Family::kCache, Need::kWanted,
          &Features::tp_dirty_folio},
    Probe{"on_kswapd_wake", "mm_vmscan_kswapd_wake", Family::kCache, Need::kWanted,
          &Features::tp_kswapd},
    Probe{"on_kswapd_sleep", "mm_vmscan_kswapd_sleep", Family::kCache, Need::kWanted,
          &Features::tp_kswapd},
    Probe{"on_direct_begin", "mm_vmscan_direct_reclaim_begin", Family::kCache, Need::kWanted,
          &Features::tp_direct_reclaim},
    Probe{"on_direct_end", "mm_vmscan_direct_reclaim_end", Family::kCache, Need::kWanted,
          &Features::tp_direct_reclaim},
    Probe{"on_memcg_begin", "mm_vmscan_memcg_reclaim_begin", Family::kCache, Need::kWanted,
          &Features::tp_memcg_reclaim},
    Probe{"on_memcg_end", "mm_vmscan_memcg_reclaim_end", Family::kCache, Need::kWanted,
          &Features::tp_memcg_reclaim},
    Probe{"on_cache_exit", "sched_process_exit", Family::kCache, Need::kEnds,
          &Features::tp_sched_process_exit},
    Probe{"scan_task_pids", "iter/task", Family::kLife, Need::kAlways, &Features::iter_task},
    Probe{"scan_tasks", "iter/task", Family::kTasks, Need::kAlways, &Features::iter_task},
    Probe{"scan_books", "iter/task", Family::kTasks, Need::kAlways, &Features::iter_task},
};

}  // namespace hoodtrace
