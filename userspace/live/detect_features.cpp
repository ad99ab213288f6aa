// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/detect_features.hpp"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

#include "live/block_layout.hpp"
#include "live/btrfs_layout.hpp"
#include "live/cgroup_paths.hpp"
#include "live/kernel_types.hpp"
#include "live/libbpf_log.hpp"
#include "live/online_cpus.hpp"
#include "live/page_tables.hpp"
#include "live/preempt_count.hpp"
#include "live/try_fentry.hpp"

namespace hoodtrace {
namespace {

struct BtfFree {
  void operator()(btf* object) const { btf__free(object); }
};
using Btf = std::unique_ptr<btf, BtfFree>;

// A feature that is there when BTF has a type of this name and kind.
struct Named {
  const char* name;
  unsigned kind;
  bool Features::*feature;
};

constexpr std::array kNamed = {
    Named{"bpf_iter_task", BTF_KIND_FUNC, &Features::iter_task},
    // What tracepoints are guarded with since they leave preemption on.
    Named{"class_srcu_fast_notrace_t", BTF_KIND_TYPEDEF, &Features::preemptible_hooks},
    // Kernel code is preempted on return from an interrupt (CONFIG_PREEMPTION).
    Named{"preempt_schedule_irq", BTF_KIND_FUNC, &Features::preemptible_functions},
    Named{"bpf_ringbuf", BTF_KIND_STRUCT, &Features::ringbuf},
    Named{"folio", BTF_KIND_STRUCT, &Features::folio},
};

// What is looked into.
constexpr std::array kLookedInto = {
    KernelTypes::Name{BTF_KIND_STRUCT, "task_struct"},
    KernelTypes::Name{BTF_KIND_STRUCT, "thread_info"},
    KernelTypes::Name{BTF_KIND_STRUCT, "sched_info"},
    KernelTypes::Name{BTF_KIND_STRUCT, "mm_struct"},
    KernelTypes::Name{BTF_KIND_STRUCT, "cfs_rq"},
    KernelTypes::Name{BTF_KIND_STRUCT, "sched_entity"},
    KernelTypes::Name{BTF_KIND_STRUCT, "rq"},
    KernelTypes::Name{BTF_KIND_STRUCT, "rt_rq"},
    KernelTypes::Name{BTF_KIND_STRUCT, "task_group"},
    KernelTypes::Name{BTF_KIND_STRUCT, "cfs_bandwidth"},
    KernelTypes::Name{BTF_KIND_ENUM, "bpf_func_id"},
    KernelTypes::Name{BTF_KIND_ENUM, "bpf_map_type"},
    KernelTypes::Name{BTF_KIND_FUNC, "bpf_preempt_disable"},
    KernelTypes::Name{BTF_KIND_FUNC, "bpf_preempt_enable"},
};

// Null when the kernel has none.
const btf_type* find(const KernelTypes& types, unsigned kind, std::string_view name) {
  const std::uint32_t id = types.id(kind, name);
  return id == 0 ? nullptr : btf__type_by_id(types.types(), id);
}

bool has_member(const KernelTypes& types, std::string_view structure, std::string_view member) {
  const btf_type* type = find(types, BTF_KIND_STRUCT, structure);
  for (int i = 0; type != nullptr && i < btf_vlen(type); i++)
    if (member == btf__name_by_offset(types.types(), btf_members(type)[i].name_off)) return true;
  return false;
}

bool has_enumerator(const KernelTypes& types, std::string_view enumeration,
                    std::string_view enumerator) {
  const btf_type* type = find(types, BTF_KIND_ENUM, enumeration);
  for (int i = 0; type != nullptr && i < btf_vlen(type); i++)
    if (enumerator == btf__name_by_offset(types.types(), btf_enum(type)[i].name_off)) return true;
  return false;
}

// Is the member an array of this structure?
bool is_array_of(const KernelTypes& all, std::string_view structure, std::string_view member,
                 std::string_view element) {
  const btf* types = all.types();
  const btf_type* type = find(all, BTF_KIND_STRUCT, structure);
  for (int i = 0; type != nullptr && i < btf_vlen(type); i++) {
    const btf_member& field = btf_members(type)[i];
    const btf_type* inner = btf__type_by_id(types, field.type);
    if (inner == nullptr) continue;
    // mm_struct keeps its fields in an unnamed structure.
    if (field.name_off == 0 && btf_is_struct(inner)) {
      for (int j = 0; j < btf_vlen(inner); j++) {
        if (member != btf__name_by_offset(types, btf_members(inner)[j].name_off)) continue;
        const btf_type* array = btf__type_by_id(types, btf_members(inner)[j].type);
        if (array == nullptr || !btf_is_array(array)) return false;
        const btf_type* item = btf__type_by_id(types, btf_array(array)->type);
        return item != nullptr && element == btf__name_by_offset(types, item->name_off);
      }
    }
  }
  return false;
}

// Arguments of the function that a btf_trace_* typedef points to, `void *` first.
int argument_count(const KernelTypes& all, std::string_view name) {
  const btf_type* trace_typedef = find(all, BTF_KIND_TYPEDEF, name);
  if (trace_typedef == nullptr) return 0;
  const btf* types = all.types();
  const btf_type* pointer = btf__type_by_id(types, trace_typedef->type);
  if (pointer == nullptr || !btf_is_ptr(pointer)) return 0;
  const btf_type* function = btf__type_by_id(types, pointer->type);
  return function != nullptr && btf_is_func_proto(function) ? btf_vlen(function) : 0;
}

// What the BTF calls a hook; empty when a hook is no type of the kernel's.
KernelTypes::Name type_of(const Probe& probe, std::deque<std::string>& names) {
  switch (probe.attach) {
    case Attach::kTracepoint:
      return {BTF_KIND_TYPEDEF, names.emplace_back(fmt::format("btf_trace_{}", probe.hook))};
    case Attach::kFunction:
      return {BTF_KIND_FUNC, probe.hook};
    case Attach::kIterator:  // "iter/task"
      return {BTF_KIND_FUNC,
              names.emplace_back(fmt::format("bpf_{}", probe.hook)).replace(8, 1, "_")};
    default:
      return {};
  }
}

KernelTypes find_types(const btf* types, std::deque<std::string>& names) {
  std::vector<KernelTypes::Name> wanted(kLookedInto.begin(), kLookedInto.end());
  wanted.insert(wanted.end(), kBtrfsTypes.begin(), kBtrfsTypes.end());
  wanted.insert(wanted.end(), kPageTableTypes.begin(), kPageTableTypes.end());
  for (const Named& named : kNamed) wanted.push_back({named.kind, named.name});
  for (const Probe& probe : kCatalog)
    if (const KernelTypes::Name type = type_of(probe, names); !type.name.empty())
      wanted.push_back(type);
  return {types, wanted};
}

void find_hooks(const KernelTypes& types, Features& features) {
  std::deque<std::string> names;
  std::set<std::string_view> tried;  // two programs may share a hook
  for (const Probe& probe : kCatalog) {
    if (!tried.insert(probe.hook).second) continue;
    const KernelTypes::Name type = type_of(probe, names);
    const std::uint32_t id = type.name.empty() ? 0 : types.id(type.kind, type.name);
    const bool there = probe.attach == Attach::kFunction ? fentry_attaches(id)
                                                         : id != 0 || is_perf_event(probe.attach);
    if (there) features.hooks.insert(probe.hook);
  }
}

void read_btf(const KernelTypes& types, Features& features) {
  find_hooks(types, features);
  for (const Named& named : kNamed) features.*named.feature = types.id(named.kind, named.name) != 0;
  features.switch_state_arg = argument_count(types, "btf_trace_sched_switch") >= 5;
  features.exit_last_arg = argument_count(types, "btf_trace_sched_process_exit") >= 3;
  features.functions.preempt_disable = types.id(BTF_KIND_FUNC, "bpf_preempt_disable");
  features.functions.preempt_enable = types.id(BTF_KIND_FUNC, "bpf_preempt_enable");
  features.functions.rdonly_cast = types.id(BTF_KIND_FUNC, "bpf_rdonly_cast");
  features.sched_info = has_member(types, "task_struct", "sched_info") &&
                        has_member(types, "sched_info", "run_delay");
  features.current_task = has_enumerator(types, "bpf_func_id", "BPF_FUNC_get_current_task_btf");
  features.bpf_loop = has_enumerator(types, "bpf_func_id", "BPF_FUNC_loop");
  features.find_vma = has_enumerator(types, "bpf_func_id", "BPF_FUNC_find_vma");
  features.task_storage = has_enumerator(types, "bpf_map_type", "BPF_MAP_TYPE_TASK_STORAGE");
  features.rss_exact =
      features.has("rss_stat") && is_array_of(types, "mm_struct", "rss_stat", "percpu_counter");
  features.fentry_faults = features.has("handle_mm_fault") && features.has("do_wp_page");
  features.func_huge_wp = features.fentry_faults && features.has("do_huge_pmd_wp_page");
  features.blocker = has_member(types, "task_struct", "blocker");
  features.fair_groups = has_member(types, "sched_entity", "parent");
  features.slices = has_member(types, "sched_entity", "slice");
  features.custom_slices = has_member(types, "sched_entity", "custom_slice");
  features.delayed_dequeue = has_member(types, "sched_entity", "sched_delayed");
  features.quotas = has_member(types, "task_group", "cfs_bandwidth") &&
                    has_member(types, "cfs_bandwidth", "nr_periods");
  features.bursts = has_member(types, "cfs_bandwidth", "nr_burst");
  features.steal_time = has_member(types, "rq", "prev_steal_time_rq");
  features.irq_time = has_member(types, "rq", "prev_irq_time");
  features.rt_share = has_member(types, "rt_rq", "rt_throttled");
  features.fair_server = has_member(types, "rq", "fair_server");
  features.run_queue = has_member(types, "cfs_rq", "rq") && has_member(types, "rq", "clock");
}

// "none [integrity] confidentiality", or "none (voluntary) full": the one in brackets is in force.
// Empty: no such file.
std::string word_in_force(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string word;
  while (file >> word)
    if (word.size() > 2 && (word.front() == '[' || word.front() == '('))
      return word.substr(1, word.size() - 2);
  return {};
}

// CONFIG_PREEMPT_DYNAMIC: is kernel code not preempted after all? False where debugfs is not
// mounted.
bool preemption_is_off() {
  const std::string mode = word_in_force("/sys/kernel/debug/sched/preempt");
  return mode == "none" || mode == "voluntary";
}

// Can an anonymous fault map several pages, fewer than a huge page has (mTHP, 6.8 on)?
bool has_large_anon() {
  const std::filesystem::path all = "/sys/kernel/mm/transparent_hugepage";
  const bool never = word_in_force(all / "enabled") == "never";
  std::uint64_t huge_bytes = 0;
  std::ifstream(all / "hpage_pmd_size") >> huge_bytes;
  const std::string huge = fmt::format("hugepages-{}kB", huge_bytes / 1024);
  std::error_code error;
  for (const auto& size : std::filesystem::directory_iterator(all, error)) {
    if (!size.path().filename().string().starts_with("hugepages-")) continue;
    if (size.path().filename() == huge) continue;
    const std::string word = word_in_force(size.path() / "enabled");
    if (!word.empty() && word != "never" && !(word == "inherit" && never)) return true;
  }
  return false;
}

CpuCounts count_cpus() {
  CpuCounts cpus;
  cpus.online = static_cast<std::uint32_t>(::sysconf(_SC_NPROCESSORS_ONLN));
  cpus.possible = static_cast<std::uint32_t>(std::max(libbpf_num_possible_cpus(), 0));
  const std::set<std::uint32_t> online = OnlineCpus().online();
  cpus.end = online.empty() ? cpus.online : *online.rbegin() + 1;
  return cpus;
}

}  // namespace

Result<Features> detect_features(const std::string& btf_path, const Families& families) {
  const bool page_tables = families.has(Family::kFaults);
  Features features;
  utsname name{};
  if (::uname(&name) == 0) features.kernel_release = name.release;
  struct sysinfo memory {};
  features.swap = ::sysinfo(&memory) == 0 && memory.totalswap > 0;
  features.page_bytes = static_cast<std::uint32_t>(::sysconf(_SC_PAGESIZE));
  features.cpus = count_cpus();
  std::ifstream("/proc/sys/kernel/pid_max") >> features.pid_max;
  features.lockdown = word_in_force("/sys/kernel/security/lockdown");
  features.cgroup_v2 = !cgroup_v2_mount().empty();

  keep_libbpf_log();
  Btf types(btf_path.empty() ? btf__load_vmlinux_btf() : btf__parse(btf_path.c_str(), nullptr));
  if (!types) {
    if (!btf_path.empty())
      return failed(
          fmt::format("--btf {}: {}; give the BTF of the running kernel, such as its "
                      "vmlinux with debug information or a BTFHub file",
                      btf_path,
                      errno >= __LIBBPF_ERRNO__START ? "it is neither BTF nor an ELF file with BTF"
                                                     : std::strerror(errno)));
    return features;
  }
  features.btf = true;
  std::deque<std::string> names;
  const KernelTypes found = find_types(types.get(), names);
  read_btf(found, features);
  features.preemptible_functions =
      features.preemptible_hooks || (features.preemptible_functions && !preemption_is_off());
  if (page_tables) features.pages = find_page_tables(found);
  features.page_tables = features.pages.direct_map != 0;
  features.large_anon = page_tables && has_large_anon();
  features.preempt_count = find_preempt_count(types.get());
  features.interrupt_count =
      features.preempt_count.offset != 0 || has_member(found, "thread_info", "preempt_count");
  features.btrfs = find_btrfs_layout(found, types.get(), btf_path.empty());
  if (families.has(Family::kDisk))
    features.block = families.has(Family::kTotals)
                         ? find_request_flags(types.get())
                         : find_block_layout(types.get(), btf_path.empty());
  return features;
}

}  // namespace hoodtrace
