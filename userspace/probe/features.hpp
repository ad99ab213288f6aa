// SPDX-License-Identifier: GPL-2.0-or-later
// What this kernel has, as named booleans. Filled by live/detect_features; pure data here.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "probe/catalog.hpp"

namespace hoodtrace {

// One line per feature that is not a hook: X(field, "what it is").
#define HT_FEATURES(X)                                                                    \
  X(btf, "BTF type information (CO-RE)")                                                  \
  X(folio, "folios: the page cache tracepoints pass folios")                              \
  X(rss_exact, "rss_stat reports every change (per-CPU counters of the mm)")              \
  X(fentry_faults, "fentry attaches to handle_mm_fault and do_wp_page")                   \
  X(func_huge_wp, "do_huge_pmd_wp_page is a function of its own")                         \
  X(find_vma, "BPF helper find_vma: the mapping of an address")                           \
  X(task_storage, "BPF task storage")                                                     \
  X(iter_task, "BPF iterator over tasks")                                                 \
  X(ringbuf, "BPF ring buffer")                                                           \
  X(current_task, "BPF helper get_current_task_btf")                                      \
  X(bpf_loop, "BPF helper loop")                                                          \
  X(sched_info, "task_struct.sched_info: kernel accounting of waits")                     \
  X(run_queue, "task_struct.se.cfs_rq.rq: a way to the run queue's clock")                \
  X(fair_groups, "sched_entity.parent: the weights of groups (CONFIG_FAIR_GROUP_SCHED)")  \
  X(slices, "sched_entity.slice: slices, lag and deadlines (EEVDF)")                      \
  X(custom_slices, "sched_entity.custom_slice: slices set by sched_setattr")              \
  X(delayed_dequeue, "sched_entity.sched_delayed: some sleepers stay on their run queue") \
  X(quotas, "task_group.cfs_bandwidth: CPU quotas of cgroups (CONFIG_CFS_BANDWIDTH)")     \
  X(bursts, "cfs_bandwidth.nr_burst: bursts beyond a quota")                              \
  X(steal_time, "rq.prev_steal_time_rq: time stolen by the hypervisor")                   \
  X(irq_time, "rq.prev_irq_time: time in interrupts (CONFIG_IRQ_TIME_ACCOUNTING)")        \
  X(rt_share, "rt_rq.rt_throttled: the limit of real-time tasks (95 %)")                  \
  X(fair_server, "rq.fair_server: fair tasks' part of a CPU that real-time tasks hog")    \
  X(switch_state_arg, "sched_switch passes prev_state")                                   \
  X(blocker, "task_struct.blocker: the kernel lock that a task sleeps for")               \
  X(interrupt_count, "the CPU's preemption count: did an interrupt wake it?")             \
  X(cycles, "a PMU that counts the cycles in user mode and in the kernel")                \
  X(swap, "swap space is in use")                                                         \
  X(page_tables, "page tables can be read: what a fault changed is known")                \
  X(large_anon, "anonymous memory comes in several pages at once (mTHP)")                 \
  X(exit_last_arg, "sched_process_exit passes group_dead")                                \
  X(preemptible_hooks, "tracepoints whose programs can be preempted")                     \
  X(preemptible_functions, "functions whose fentry programs can be preempted")            \
  X(cgroup_v2, "cgroup v2 is mounted")

// Functions that programs may call (kfuncs), by their ids in the kernel's BTF; 0 = not in this
// kernel.
struct KernelFunctions {
  std::uint32_t preempt_disable = 0;
  std::uint32_t preempt_enable = 0;
  std::uint32_t rdonly_cast = 0;
};

// How to read page tables (live/page_tables.hpp); direct_map 0 = not known.
struct PageTables {
  std::uint64_t direct_map = 0;  // the kernel's address of physical address 0
  std::uint64_t vmemmap = 0;     // of its struct page; 0 = not known
  std::uint64_t frame_mask = 0;  // of an entry: the physical address
  bool five_levels = false;
};

// The device number of a btrfs inode's subvolume (live/btrfs_layout.hpp); anon_dev 0 = not known.
struct BtrfsLayout {
  std::int32_t root = 0;       // of the pointer to the btrfs_root, from the VFS's inode on
  std::uint32_t anon_dev = 0;  // in the btrfs_root
};

// A way from a bio to that of the device above (bpf/settings.h, ht_bio_step).
struct BioStep {
  std::uint64_t end_io = 0;
  std::uint32_t container = 0xffffffff;
  std::uint32_t first = 0xffffffff;
  std::uint32_t second = 0xffffffff;
  bool is_layer = false;
};

// Block devices on top of others (live/block_layers.hpp).
struct BlockLayers {
  std::vector<BioStep> steps;       // empty: no such device, or the ways up are not known
  std::uint64_t loop_end_io = 0;    // lo_rw_aio_complete; 0 = not known
  std::uint32_t loop_command = 0;   // of the kiocb in struct loop_cmd
  std::uint32_t loop_file = 0;      // of lo_backing_file in struct loop_device
  bool has_bio_devices = false;     // there are devices that make no requests: zram, dm, md
  bool has_unknown_layers = false;  // some of those make bios that lead to nobody
};

// How to see what a block request is for (live/block_layout.hpp); 0 = not known.
struct BlockLayout {
  std::uint32_t rqf_flush_seq = 0;  // bits of request.rq_flags
  std::uint32_t rqf_io_stat = 0;
  std::uint64_t bio_chain_end_io = 0;  // addresses of functions
  std::uint64_t iomap_end_io = 0;
  std::uint64_t btrfs_end_io = 0;
  std::uint32_t btrfs_bio = 0;  // offsets in struct btrfs_bio
  std::uint32_t btrfs_bio_inode = 0;
  std::uint32_t btrfs_bio_offset = 0;
  std::uint32_t btrfs_vfs_inode = 0;  // and in struct btrfs_inode
  BlockLayers layers;
};

// A CPU's preemption count (live/preempt_count.hpp); offset 0 = not known.
struct PreemptCount {
  std::int64_t offset = 0;         // from the CPU's run queue
  std::uint32_t hardirq_mask = 0;  // its bits that count hard interrupts and NMIs
};

// The name of a hook of the catalog: another one does not compile.
class HookName {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor)
  consteval HookName(const char* name) : name_(name) {
    for (const Probe& probe : kCatalog)
      if (probe.hook == name_) return;
    throw "no such hook in the catalog";
  }
  [[nodiscard]] constexpr std::string_view name() const { return name_; }

 private:
  std::string_view name_;
};

// CPUs; `end` is one above the highest number that is online.
struct CpuCounts {
  std::uint32_t online = 1;
  std::uint32_t possible = 1;
  std::uint32_t end = 1;
};

struct Features {
#define HT_FEATURE_FIELD(field, text) bool field = false;
  HT_FEATURES(HT_FEATURE_FIELD)
#undef HT_FEATURE_FIELD
  std::set<std::string_view> hooks;  // those of the catalog that this kernel has
  CpuCounts cpus;
  std::uint32_t page_bytes = 4096;
  std::uint32_t pid_max = 4194304;  // kernel.pid_max
  KernelFunctions functions;
  PageTables pages;
  BtrfsLayout btrfs;
  BlockLayout block;
  PreemptCount preempt_count;
  int cycles_error = 0;  // without `cycles`: the errno of why not
  std::string kernel_release;
  std::string lockdown;  // "none", "integrity", "confidentiality"; empty = no such thing here

  [[nodiscard]] bool has(HookName hook) const { return hooks.contains(hook.name()); }
  [[nodiscard]] bool has(const Probe& probe) const { return hooks.contains(probe.hook); }
};

}  // namespace hoodtrace
