// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/detect_features.hpp"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string_view>
#include <vector>

#include "live/btrfs_layout.hpp"
#include "live/cgroup_paths.hpp"
#include "live/kernel_types.hpp"
#include "live/libbpf_log.hpp"
#include "live/page_tables.hpp"
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
    Named{"btf_trace_sched_switch", BTF_KIND_TYPEDEF, &Features::tp_sched_switch},
    Named{"btf_trace_sched_waking", BTF_KIND_TYPEDEF, &Features::tp_sched_waking},
    Named{"btf_trace_sched_wakeup", BTF_KIND_TYPEDEF, &Features::tp_sched_wakeup},
    Named{"btf_trace_sched_wakeup_new", BTF_KIND_TYPEDEF, &Features::tp_sched_wakeup_new},
    Named{"btf_trace_sched_migrate_task", BTF_KIND_TYPEDEF, &Features::tp_sched_migrate_task},
    Named{"btf_trace_task_newtask", BTF_KIND_TYPEDEF, &Features::tp_task_newtask},
    Named{"btf_trace_task_rename", BTF_KIND_TYPEDEF, &Features::tp_task_rename},
    Named{"btf_trace_sched_process_exec", BTF_KIND_TYPEDEF, &Features::tp_sched_process_exec},
    Named{"btf_trace_sched_process_exit", BTF_KIND_TYPEDEF, &Features::tp_sched_process_exit},
    Named{"btf_trace_sched_process_wait", BTF_KIND_TYPEDEF, &Features::tp_sched_process_wait},
    Named{"btf_trace_sched_process_free", BTF_KIND_TYPEDEF, &Features::tp_sched_process_free},
    Named{"btf_trace_sys_enter", BTF_KIND_TYPEDEF, &Features::tp_sys_enter},
    Named{"btf_trace_sys_exit", BTF_KIND_TYPEDEF, &Features::tp_sys_exit},
    Named{"btf_trace_cgroup_attach_task", BTF_KIND_TYPEDEF, &Features::tp_cgroup_attach_task},
    Named{"btf_trace_mm_filemap_add_to_page_cache", BTF_KIND_TYPEDEF, &Features::tp_filemap_add},
    Named{"btf_trace_mm_filemap_delete_from_page_cache", BTF_KIND_TYPEDEF,
          &Features::tp_filemap_delete},
    Named{"btf_trace_mm_filemap_get_pages", BTF_KIND_TYPEDEF, &Features::tp_filemap_get_pages},
    Named{"btf_trace_mm_filemap_fault", BTF_KIND_TYPEDEF, &Features::tp_filemap_fault},
    Named{"btf_trace_mm_filemap_map_pages", BTF_KIND_TYPEDEF, &Features::tp_filemap_map_pages},
    Named{"btf_trace_page_cache_ra_unbounded", BTF_KIND_TYPEDEF, &Features::tp_readahead},
    Named{"btf_trace_page_cache_ra_order", BTF_KIND_TYPEDEF, &Features::tp_readahead_order},
    Named{"btf_trace_writeback_dirty_folio", BTF_KIND_TYPEDEF, &Features::tp_dirty_folio},
    Named{"btf_trace_mm_vmscan_kswapd_wake", BTF_KIND_TYPEDEF, &Features::tp_kswapd},
    Named{"btf_trace_mm_vmscan_direct_reclaim_begin", BTF_KIND_TYPEDEF,
          &Features::tp_direct_reclaim},
    Named{"btf_trace_mm_vmscan_memcg_reclaim_begin", BTF_KIND_TYPEDEF, &Features::tp_memcg_reclaim},
    Named{"btf_trace_page_fault_user", BTF_KIND_TYPEDEF, &Features::tp_page_fault_user},
    Named{"btf_trace_page_fault_kernel", BTF_KIND_TYPEDEF, &Features::tp_page_fault_kernel},
    Named{"btf_trace_mm_page_alloc", BTF_KIND_TYPEDEF, &Features::tp_mm_page_alloc},
    Named{"btf_trace_rss_stat", BTF_KIND_TYPEDEF, &Features::tp_rss_stat},
    Named{"btf_trace_signal_generate", BTF_KIND_TYPEDEF, &Features::tp_signal_generate},
    Named{"btf_trace_cgroup_mkdir", BTF_KIND_TYPEDEF, &Features::tp_cgroup_mkdir},
    Named{"bpf_iter_task", BTF_KIND_FUNC, &Features::iter_task},
    // What tracepoints are guarded with since they leave preemption on.
    Named{"class_srcu_fast_notrace_t", BTF_KIND_TYPEDEF, &Features::preemptible_hooks},
    Named{"bpf_ringbuf", BTF_KIND_STRUCT, &Features::ringbuf},
    Named{"folio", BTF_KIND_STRUCT, &Features::folio},
};

// What is looked into.
constexpr std::array kLookedInto = {
    KernelTypes::Name{BTF_KIND_STRUCT, "task_struct"},
    KernelTypes::Name{BTF_KIND_STRUCT, "sched_info"},
    KernelTypes::Name{BTF_KIND_STRUCT, "mm_struct"},
    KernelTypes::Name{BTF_KIND_STRUCT, "cfs_rq"},
    KernelTypes::Name{BTF_KIND_STRUCT, "rq"},
    KernelTypes::Name{BTF_KIND_ENUM, "bpf_func_id"},
    KernelTypes::Name{BTF_KIND_ENUM, "bpf_map_type"},
    KernelTypes::Name{BTF_KIND_FUNC, "bpf_preempt_disable"},
    KernelTypes::Name{BTF_KIND_FUNC, "bpf_preempt_enable"},
    KernelTypes::Name{BTF_KIND_FUNC, "handle_mm_fault"},
    KernelTypes::Name{BTF_KIND_FUNC, "do_wp_page"},
    KernelTypes::Name{BTF_KIND_FUNC, "do_huge_pmd_wp_page"},
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

KernelTypes find_types(const btf* types) {
  std::vector<KernelTypes::Name> wanted(kLookedInto.begin(), kLookedInto.end());
  wanted.insert(wanted.end(), kBtrfsTypes.begin(), kBtrfsTypes.end());
  wanted.insert(wanted.end(), kPageTableTypes.begin(), kPageTableTypes.end());
  for (const Named& named : kNamed) wanted.push_back({named.kind, named.name});
  return {types, wanted};
}

void read_btf(const KernelTypes& types, Features& features) {
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
      features.tp_rss_stat && is_array_of(types, "mm_struct", "rss_stat", "percpu_counter");
  const auto fentry = [&](std::string_view function) {
    return fentry_attaches(types.id(BTF_KIND_FUNC, function));
  };
  features.fentry_faults = fentry("handle_mm_fault") && fentry("do_wp_page");
  features.func_huge_wp = features.fentry_faults && fentry("do_huge_pmd_wp_page");
  features.run_queue = has_member(types, "cfs_rq", "rq") && has_member(types, "rq", "clock");
}

// "none [integrity] confidentiality": the one in brackets is in force. Empty: no such file.
std::string word_in_force(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string word;
  while (file >> word)
    if (word.size() > 2 && word.front() == '[') return word.substr(1, word.size() - 2);
  return {};
}

// Does an anonymous fault bring several pages, fewer than a huge page's (6.8 on)?
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

}  // namespace

Result<Features> detect_features(const std::string& btf_path, bool page_tables) {
  Features features;
  utsname name{};
  if (::uname(&name) == 0) features.kernel_release = name.release;
  struct sysinfo memory {};
  features.swap = ::sysinfo(&memory) == 0 && memory.totalswap > 0;
  features.lockdown = word_in_force("/sys/kernel/security/lockdown");
  features.cgroup_v2 = !cgroup_v2_mount().empty();

  keep_libbpf_log();
  Btf types(btf_path.empty() ? btf__load_vmlinux_btf() : btf__parse(btf_path.c_str(), nullptr));
  if (!types) {
    if (!btf_path.empty())
      return failed(
          fmt::format("--btf {}: {}; give the BTF of the running kernel, such as its "
                      "vmlinux with debug information or a BTFHub file",
                      btf_path, std::strerror(errno)));
    return features;
  }
  features.btf = true;
  const KernelTypes found = find_types(types.get());
  read_btf(found, features);
  if (page_tables) features.pages = find_page_tables(found);
  features.page_tables = features.pages.direct_map != 0;
  features.large_anon = page_tables && has_large_anon();
  features.btrfs = find_btrfs_layout(found, types.get(), btf_path.empty());
  return features;
}

}  // namespace hoodtrace
