// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/bpf_object.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/result.hpp"
#include "hoodtrace.skel.h"
#include "live/bpf_error.hpp"
#include "live/btf_place.hpp"
#include "live/capabilities.hpp"
#include "live/kernel_calls.hpp"
#include "live/libbpf_log.hpp"

namespace hoodtrace {
namespace {

// The ends of the names of programs that step in for a first one (bpf/unpreempted.bpf.h).
constexpr std::array kStandIns = {"_again", "_third"};

bool is_tracepoint(const bpf_program* program) {
  return bpf_program__expected_attach_type(program) == BPF_TRACE_RAW_TP;
}

bool has_second_chance(const Plan& plan, const bpf_program* program) {
  const std::uint32_t kind = is_tracepoint(program) ? HT_CHANCE_TRACEPOINTS : HT_CHANCE_FUNCTIONS;
  return (plan.settings.second_chance & kind) != 0;
}

}  // namespace

BpfObject::~BpfObject() {
  detach();
  hoodtrace_bpf__destroy(skeleton_);
}

Result<std::unique_ptr<BpfObject>> BpfObject::load(const Plan& plan, const KernelFilter& filter,
                                                   const std::string& btf_path) {
  keep_libbpf_log();
  // Kernels before 5.11 charge maps to this limit; where it cannot be raised, they need not.
  const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
  ::setrlimit(RLIMIT_MEMLOCK, &unlimited);

  std::unique_ptr<BpfObject> object(new BpfObject());
  RETURN_IF_ERROR(object->open(plan, btf_path));
  if (const int error = hoodtrace_bpf__load(object->skeleton_); error != 0)
    return bpf_error("load the BPF programs", -error);
  const int states = bpf_map__fd(object->skeleton_->maps.cpu_states);
  object->losses_ = KernelLosses(states, object->possible_cpus_, object->first_programs());
  RETURN_IF_ERROR(object->rings_.make_buffers(bpf_map__fd(object->skeleton_->maps.rings),
                                              plan.ring_bytes, object->possible_cpus_));
  RETURN_IF_ERROR(object->map_group_rings());
  RETURN_IF_ERROR(object->fill_filter(filter));
  if (plan.settings.filter == HT_FILTER_PID)
    object->scope_ = {filter.pids, filter.tids, filter.follow};
  if (plan.cycles)
    RETURN_IF_ERROR(object->cycles_.open(object->map("user_cycles"), object->map("kernel_cycles")));
  return object;
}

Result<void> BpfObject::open_skeleton(const std::string& btf_path) {
  bpf_object_open_opts options{};
  options.sz = sizeof(options);
  if (!btf_path.empty()) RETURN_IF_ERROR(put_btf_in_place(btf_path));
  // For a type that this kernel lacks libbpf searches the BTF of all modules, which needs CAP_SYS_ADMIN
  // (bpf_core_find_cands(), libbpf.c). With a file it does not.
  if (!btf_path.empty())
    options.btf_custom_path = btf_path.c_str();
  else if (!has_capability(CAP_SYS_ADMIN))
    options.btf_custom_path = "/sys/kernel/btf/vmlinux";
  skeleton_ = hoodtrace_bpf__open_opts(&options);
  if (skeleton_ == nullptr) return bpf_error("open the BPF object", errno);
  return {};
}

Result<std::unique_ptr<BpfObject>> BpfObject::load_scan(const char* program,
                                                        const std::string& btf_path) {
  keep_libbpf_log();
  std::unique_ptr<BpfObject> object(new BpfObject());
  RETURN_IF_ERROR(object->open_skeleton(btf_path));
  bpf_object* const all = object->skeleton_->obj;
  bpf_program__set_autoload(bpf_object__find_program_by_name(all, program), true);
  if (const int error = hoodtrace_bpf__load(object->skeleton_); error != 0)
    return bpf_error(fmt::format("load {}", program), -error);
  return object;
}

Result<void> BpfObject::open(const Plan& plan, const std::string& btf_path) {
  RETURN_IF_ERROR(open_skeleton(btf_path));
  skeleton_->rodata_settings->settings = plan.settings;
  RETURN_IF_ERROR(size_maps(plan));
  return choose_programs(plan);
}

Result<void> BpfObject::size_maps(const Plan& plan) {
  const auto find = [this](const char* name) {
    return bpf_object__find_map_by_name(skeleton_->obj, name);
  };
  for (const MapSize& size : plan.maps) {
    bpf_map* map = find(size.map);
    if (map == nullptr) return failed(fmt::format("no BPF map {} in this build", size.map));
    bpf_map__set_max_entries(map, size.entries);
  }
  for (const char* name : plan.unused_maps)
    if (bpf_map* map = find(name)) bpf_map__set_autocreate(map, false);
  possible_cpus_ = bpf_map__max_entries(skeleton_->maps.cpu_states);
  return {};
}

Result<void> BpfObject::choose_programs(const Plan& plan) {
  for (const Probe* probe : plan.probes) {
    const std::string name(probe->program);
    bpf_program* program = bpf_object__find_program_by_name(skeleton_->obj, name.c_str());
    if (program == nullptr) return failed(fmt::format("no BPF program {} in this build", name));
    programs_.push_back(name);
    if (is_perf_event(probe->attach)) events_.add(name, probe->attach);
    // A tracepoint calls in the order of attaching, a function's trampoline the latest first
    // (bpf_trampoline_link_prog).
    const bool tracepoint = is_tracepoint(program);
    if (!has_second_chance(plan, program)) continue;
    std::ptrdiff_t place = tracepoint ? 0 : -1;
    for (const char* stand_in : kStandIns) {
      const std::string other = name + stand_in;
      if (bpf_object__find_program_by_name(skeleton_->obj, other.c_str()) == nullptr) continue;
      programs_.insert(programs_.end() + place, other);
      if (!tracepoint) place--;
    }
  }
  for (const std::string& name : programs_) {
    bpf_program* program = bpf_object__find_program_by_name(skeleton_->obj, name.c_str());
    bpf_program__set_autoload(program, true);
    // Tracepoints turn preemption off themselves, on kernels that do; fentry never does.
    const bool guarded = is_tracepoint(program) && !has_second_chance(plan, program);
    KernelFunctions calls = plan.functions;
    if (guarded) calls.preempt_disable = calls.preempt_enable = 0;
    RETURN_IF_ERROR(resolve_kernel_calls(program, calls));
  }
  return {};
}

Result<void> BpfObject::map_group_rings() {
  const ht_settings& settings = skeleton_->rodata_settings->settings;
  const auto map_them = [&]<class Ring>(bpf_map* rings, bpf_map* slots, std::uint32_t groups,
                                        std::vector<GroupRing<Ring>>& out) -> Result<void> {
    if (groups == 0) return {};
    Result<std::vector<GroupRing<Ring>>> made =
        GroupRing<Ring>::create(bpf_map__fd(rings), bpf_map__fd(slots), settings.slot_cpus, groups);
    if (!made) return made.error();
    out = std::move(*made);
    return {};
  };
  const auto& maps = skeleton_->maps;
  RETURN_IF_ERROR(
      map_them(maps.switch_rings, maps.switch_slots, settings.switch_groups, rings_.switches));
  RETURN_IF_ERROR(
      map_them(maps.fault_rings, maps.fault_slots, settings.fault_groups, rings_.faults));
  return map_them(maps.waking_rings, maps.waking_slots, settings.waking_groups, rings_.wakings);
}

Result<void> BpfObject::fill_filter(const KernelFilter& filter) {
  const auto name = [this](std::uint32_t id, std::uint32_t what) {
    std::uint32_t bits = 0;
    const int map = bpf_map__fd(skeleton_->maps.target_pids);
    bpf_map_lookup_elem(map, &id, &bits);
    bits |= what;
    return bpf_map_update_elem(map, &id, &bits, BPF_ANY) == 0;
  };
  for (const std::uint32_t pid : filter.pids)
    if (!name(pid, HT_TARGET_PROCESS)) return bpf_error("name the target processes", errno);
  for (const std::uint32_t tid : filter.tids)
    if (!name(tid, HT_TARGET_THREAD)) return bpf_error("name the target threads", errno);
  return {};
}

Result<void> BpfObject::attach() {
  // Who the tasks are first, what they do then.
  for (const std::string& name : programs_) {
    if (name.starts_with("scan_") || events_.has(name)) continue;
    bpf_program* program = bpf_object__find_program_by_name(skeleton_->obj, name.c_str());
    bpf_link* link = bpf_program__attach(program);
    if (link == nullptr) return bpf_error(fmt::format("attach {}", name), errno);
    links_.push_back(link);
  }
  return events_.attach(scope_, [this](const std::string& name) {
    return bpf_program__fd(bpf_object__find_program_by_name(skeleton_->obj, name.c_str()));
  });
}

void BpfObject::detach() {
  events_.detach();
  for (bpf_link* link : links_) bpf_link__destroy(link);
  links_.clear();
}

Result<void> BpfObject::scan(const char* name, std::size_t record_bytes, RecordBuffer& out) {
  bpf_program* program = bpf_object__find_program_by_name(skeleton_->obj, name);
  bpf_link* link = program == nullptr ? nullptr : bpf_program__attach_iter(program, nullptr);
  if (link == nullptr) return bpf_error(fmt::format("attach {}", name), errno);
  const Fd iterator(bpf_iter_create(bpf_link__fd(link)));
  const int create_error = errno;
  bpf_link__destroy(link);
  if (!iterator) return bpf_error(fmt::format("run {}", name), create_error);

  std::vector<char> bytes(record_bytes * 256);
  std::size_t held = 0;
  for (;;) {
    const ssize_t got = ::read(iterator.get(), bytes.data() + held, bytes.size() - held);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return bpf_error(fmt::format("read {}", name), errno);
    if (got == 0) break;
    held += static_cast<std::size_t>(got);
    std::size_t at = 0;
    for (; held - at >= record_bytes; at += record_bytes)
      out.add_bytes(bytes.data() + at, record_bytes);
    std::memmove(bytes.data(), bytes.data() + at, held - at);
    held -= at;
  }
  return {};
}

int BpfObject::map(const char* name) const {
  return bpf_object__find_map_fd_by_name(skeleton_->obj, name);
}

void BpfObject::add_open_requests(std::uint64_t now_ns, RecordBuffer& out) const {
  const int map = bpf_map__fd(skeleton_->maps.disk_requests);
  std::uint64_t key = 0;
  const std::uint64_t* last = nullptr;
  while (bpf_map_get_next_key(map, last, &key) == 0) {
    last = &key;
    ht_disk request{};
    if (bpf_map_lookup_elem(map, &key, &request) != 0) continue;
    if ((request.flags & HT_REQ_UNDECIDED) != 0) continue;
    request.head = {now_ns, request.head.tid, HT_DISK, 0};
    request.flags |= HT_REQ_OPEN;
    out.add(request);
  }
}

// What steps in for a first program costs nothing by its own misses.
std::vector<int> BpfObject::first_programs() const {
  std::vector<int> programs;
  for (const std::string& name : programs_) {
    if (std::any_of(std::begin(kStandIns), std::end(kStandIns),
                    [&](const char* end) { return name.ends_with(end); }))
      continue;
    programs.push_back(
        bpf_program__fd(bpf_object__find_program_by_name(skeleton_->obj, name.c_str())));
  }
  return programs;
}

}  // namespace hoodtrace
