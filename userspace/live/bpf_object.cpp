// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/bpf_object.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <set>

#include "base/result.hpp"
#include "hoodtrace.skel.h"
#include "live/btf_place.hpp"
#include "live/kernel_calls.hpp"
#include "live/libbpf_log.hpp"
#include "live/online_cpus.hpp"

namespace hoodtrace {
namespace {

// Defaults: 4 MiB hold a CPU's switches for about 60 ms at one million a second; the three kinds of
// rings together stay below 192 MiB however many CPUs there are.
constexpr std::uint64_t kRingBytes = 4 << 20;
constexpr std::uint64_t kAllRingsBytes = 64 << 20;
// Births and names are few: where nothing else comes than these and the switches, which have rings
// of their own, the others take a quarter.
constexpr std::uint64_t kFewShare = 4;
constexpr std::uint64_t kLeastRingBytes = 4096;
// A ring of groups has as many slots as a ring of bytes of that size has room for.
template <class Group>
std::uint32_t groups_in(std::uint64_t bytes) {
  return static_cast<std::uint32_t>(bytes / std::bit_ceil(sizeof(Group)));
}
constexpr std::uint32_t kTracedWords = HT_PID_LIMIT / 64;
constexpr std::uint32_t kLifeWords = HT_PID_LIMIT / (64 / HT_LIFE_BITS);
constexpr std::uint32_t kNamedFiles = 16384;
// The ends of the names of programs that step in for a first one (bpf/unpreempted.bpf.h).
constexpr std::array kStandIns = {"_again", "_third"};

Error bpf_error(std::string_view what, int error) {
  // EACCES is also what the verifier says, but then there is a log of it.
  const bool verifier = libbpf_log().find("END PROG LOAD LOG") != std::string::npos;
  if ((error == EPERM || error == EACCES) && !verifier)
    return unsupported(fmt::format(
        "not permitted to {}: {}; run as root, or grant the capabilities that `hoodtrace doctor` "
        "names",
        what, std::strerror(error)));
  std::string message = libbpf_log();
  while (message.ends_with('\n')) message.pop_back();
  return unsupported(fmt::format("cannot {}: {}{}{}", what, std::strerror(error),
                                 message.empty() ? "" : "\n", message));
}

std::uint64_t ring_size(std::uint64_t asked, std::uint32_t cpus) {
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  std::uint64_t bytes = asked;
  if (bytes == 0) bytes = std::min(kRingBytes, kAllRingsBytes / std::max(cpus, 1U));
  return std::bit_floor(std::max({bytes, kLeastRingBytes, page}));
}

std::uint32_t online_cpus() { return static_cast<std::uint32_t>(::sysconf(_SC_NPROCESSORS_ONLN)); }

}  // namespace

std::uint64_t default_ring_bytes() { return ring_size(0, online_cpus()); }

BpfObject::~BpfObject() {
  detach();
  hoodtrace_bpf__destroy(skeleton_);
}

Result<std::unique_ptr<BpfObject>> BpfObject::load(const Plan& plan, const TraceRequest& request,
                                                   const KernelFilter& filter) {
  keep_libbpf_log();
  // Kernels before 5.11 charge maps to this limit; where it cannot be raised, they need not.
  const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
  ::setrlimit(RLIMIT_MEMLOCK, &unlimited);

  std::unique_ptr<BpfObject> object(new BpfObject());
  RETURN_IF_ERROR(object->open(plan, request, filter));
  if (const int error = hoodtrace_bpf__load(object->skeleton_); error != 0)
    return bpf_error("load the BPF programs", -error);
  RETURN_IF_ERROR(object->make_rings());
  RETURN_IF_ERROR(object->map_group_rings());
  RETURN_IF_ERROR(object->fill_filter(filter));
  return object;
}

Result<void> BpfObject::open_skeleton(const std::string& btf_path) {
  bpf_object_open_opts options{};
  options.sz = sizeof(options);
  if (!btf_path.empty()) RETURN_IF_ERROR(put_btf_in_place(btf_path));
  options.btf_custom_path = btf_path.empty() ? nullptr : btf_path.c_str();
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

Result<void> BpfObject::open(const Plan& plan, const TraceRequest& request,
                             const KernelFilter& filter) {
  RETURN_IF_ERROR(open_skeleton(request.btf_path));

  const int possible = libbpf_num_possible_cpus();
  if (possible <= 0 || possible > HT_CPU_LIMIT)
    return unsupported(
        fmt::format("{} possible CPUs; hoodtrace handles up to {}", possible, HT_CPU_LIMIT));
  possible_cpus_ = static_cast<std::uint32_t>(possible);
  ring_bytes_ = ring_size(request.ring_bytes, online_cpus());
  const std::uint32_t switch_groups = groups_in<ht_switch_group>(ring_bytes_);
  const std::uint32_t fault_groups = groups_in<ht_fault_group>(ring_bytes_);
  const Families& families = request.families;
  if (plan.exact_wait && !plan.wakers && !families.life && !families.faults && !families.cache &&
      request.target.is_whole_system())
    ring_bytes_ = ring_size(ring_bytes_ / kFewShare, online_cpus());

  ht_settings& settings = skeleton_->rodata_settings->settings;
  settings.self_pid = filter.self_pid;
  settings.exact_wait = plan.exact_wait ? 1 : 0;
  settings.state_is_arg = plan.switch_state_arg ? 1 : 0;
  settings.all_switches = plan.all_switches ? 1 : 0;
  settings.life = plan.life ? 1 : 0;
  settings.life_ends = plan.life_ends ? 1 : 0;
  settings.fault_ends = plan.fault_ends ? 1 : 0;
  settings.fault_fentry = plan.fault_fentry ? 1 : 0;
  settings.fault_rss = plan.fault_rss ? 1 : 0;
  settings.group_dead_is_arg = plan.exit_last_arg ? 1 : 0;
  settings.argv_bytes = std::min<__u32>(request.argv_bytes, HT_ARGV_LIMIT);
  settings.page_shift =
      static_cast<__u32>(std::countr_zero(static_cast<unsigned long>(::sysconf(_SC_PAGESIZE))));
  settings.cache_ends = plan.cache_ends ? 1 : 0;
  settings.second_chance = plan.second_chance ? 1 : 0;
  settings.btrfs_root = plan.btrfs.root;
  settings.btrfs_anon_dev = plan.btrfs.anon_dev;
  settings.rdonly_cast = plan.functions.rdonly_cast != 0 ? 1 : 0;
  settings.direct_map = plan.pages.direct_map;
  settings.frame_mask = plan.pages.frame_mask;
  settings.five_levels = plan.pages.five_levels ? 1 : 0;
  settings.follow = filter.follow ? 1 : 0;
  settings.switch_groups = request.families.sched ? switch_groups : 0;
  // One writer: fentry's programs must be able to turn preemption off.
  const bool one_writer = !plan.fault_fentry || plan.functions.preempt_disable != 0;
  settings.fault_groups = plan.faults && one_writer ? fault_groups : 0;
  // A CPU that comes online later has no slots: its records go to the ring that it shares.
  const std::set<std::uint32_t> online = OnlineCpus().online();
  const std::uint32_t last = online.empty() ? online_cpus() - 1 : *online.rbegin();
  settings.slot_cpus = std::min(last + 1, possible_cpus_);
  settings.wake_bytes = static_cast<__u32>(ring_bytes_ / HT_WAKE_SHARE);
  settings.cgroup_id = filter.cgroup_id;
  if (!filter.pids.empty() || !filter.tids.empty()) settings.filter |= HT_FILTER_PID;
  if (!filter.comm_glob.empty()) settings.filter |= HT_FILTER_COMM;
  if (filter.cgroup_id != 0) settings.filter |= HT_FILTER_CGROUP;
  if (filter.comm_glob.size() >= HT_GLOB_LEN)
    return usage(fmt::format("--comm takes a pattern of at most {} characters", HT_GLOB_LEN - 1));
  std::memcpy(settings.comm_glob, filter.comm_glob.data(), filter.comm_glob.size());

  if (settings.filter == HT_FILTER_PID) scope_ = {filter.pids, filter.tids, filter.follow};

  auto& maps = skeleton_->maps;
  bpf_map__set_max_entries(maps.rings, possible_cpus_);
  bpf_map__set_max_entries(maps.cpu_states, possible_cpus_);
  if (settings.switch_groups != 0) {
    bpf_map__set_max_entries(maps.switch_rings, possible_cpus_);
    bpf_map__set_max_entries(maps.switch_slots, settings.slot_cpus * settings.switch_groups);
  }
  if (settings.fault_groups != 0) {
    bpf_map__set_max_entries(maps.fault_rings, possible_cpus_);
    bpf_map__set_max_entries(maps.fault_slots, settings.slot_cpus * settings.fault_groups);
  }
  if (plan.life) bpf_map__set_max_entries(maps.life_bits, kLifeWords);
  if (plan.cache) bpf_map__set_max_entries(maps.named_files, HT_NAMED_SETS);
  if (plan.faults)
    bpf_map__set_max_entries(maps.named_mappings, kNamedFiles);
  else
    bpf_map__set_autocreate(maps.fault_states, false);
  if (plan.second_chance) bpf_map__set_max_entries(maps.first_did, kTracedWords);
  if (settings.filter != 0) {
    if (plan.cache) bpf_map__set_max_entries(maps.touched_files, HT_TOUCHED_BITS / 64);
    bpf_map__set_max_entries(maps.traced_tids, kTracedWords);
    bpf_map__set_max_entries(maps.history, possible_cpus_ * HT_HISTORY_LEN);
    const std::size_t named = filter.pids.size() + filter.tids.size();
    bpf_map__set_max_entries(maps.target_pids, static_cast<__u32>(std::max<std::size_t>(named, 1)));
  }

  for (const Probe* probe : plan.probes) {
    const std::string name(probe->program);
    bpf_program* program = bpf_object__find_program_by_name(skeleton_->obj, name.c_str());
    if (program == nullptr) return failed(fmt::format("no BPF program {} in this build", name));
    programs_.push_back(name);
    if (probe->attach != Attach::kBySection) events_.add(name, probe->attach);
    if (!plan.second_chance) continue;
    // A tracepoint calls in the order of attaching, a function's trampoline the latest first
    // (bpf_trampoline_link_prog).
    const bool tracepoint = bpf_program__expected_attach_type(program) == BPF_TRACE_RAW_TP;
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
    const bool guarded =
        !plan.second_chance && bpf_program__expected_attach_type(program) == BPF_TRACE_RAW_TP;
    KernelFunctions calls = plan.functions;
    if (guarded) calls.preempt_disable = calls.preempt_enable = 0;
    RETURN_IF_ERROR(resolve_kernel_calls(program, calls));
  }
  return {};
}

Result<void> BpfObject::make_rings() {
  const std::uint32_t count = std::min(online_cpus(), possible_cpus_);
  std::vector<int> fds;
  for (std::uint32_t i = 0; i < count; i++) {
    Fd fd(bpf_map_create(BPF_MAP_TYPE_RINGBUF, "ht_ring", 0, 0, static_cast<__u32>(ring_bytes_),
                         nullptr));
    if (!fd)
      return bpf_error(fmt::format("make {} ring buffers of {} bytes", count, ring_bytes_), errno);
    fds.push_back(fd.get());
    Result<RingReader> reader = RingReader::create(std::move(fd), ring_bytes_);
    if (!reader) return reader.error();
    rings_.push_back(std::move(*reader));
  }
  // A CPU that comes online later shares a ring.
  std::vector<std::uint32_t> cpus(possible_cpus_);
  std::vector<int> handed_out(possible_cpus_);
  for (std::uint32_t cpu = 0; cpu < possible_cpus_; cpu++) {
    cpus[cpu] = cpu;
    handed_out[cpu] = fds[cpu % count];
  }
  // Those that are online, whatever their numbers, have one each.
  std::uint32_t next = 0;
  const std::set<std::uint32_t> online = OnlineCpus().online();
  for (const std::uint32_t cpu : online)
    if (cpu < possible_cpus_) handed_out[cpu] = fds[next++ % count];
  // In one batch: after each single update of a map of maps the kernel waits for all CPUs to leave
  // their programs (maybe_wait_bpf_programs), some 10 ms a CPU.
  const int map = bpf_map__fd(skeleton_->maps.rings);
  __u32 done = possible_cpus_;
  if (bpf_map_update_batch(map, cpus.data(), handed_out.data(), &done, nullptr) == 0) return {};
  for (std::uint32_t cpu = 0; cpu < possible_cpus_; cpu++)
    if (bpf_map_update_elem(map, &cpu, &handed_out[cpu], BPF_ANY) != 0)
      return bpf_error("hand out the ring buffers", errno);
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
      map_them(maps.switch_rings, maps.switch_slots, settings.switch_groups, switch_rings_));
  return map_them(maps.fault_rings, maps.fault_slots, settings.fault_groups, fault_rings_);
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

// What steps in for a first program costs nothing by its own misses.
std::uint64_t BpfObject::recursion_misses() const {
  std::uint64_t misses = 0;
  for (const std::string& name : programs_) {
    if (std::any_of(std::begin(kStandIns), std::end(kStandIns),
                    [&](const char* end) { return name.ends_with(end); }))
      continue;
    const bpf_program* program = bpf_object__find_program_by_name(skeleton_->obj, name.c_str());
    bpf_prog_info info{};
    __u32 size = sizeof(info);
    if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) == 0)
      misses += info.recursion_misses;
  }
  return misses;
}

bool BpfObject::read_cpu_state(std::uint32_t cpu, ht_cpu_state& state) const {
  return bpf_map_lookup_elem(bpf_map__fd(skeleton_->maps.cpu_states), &cpu, &state) == 0;
}

void BpfObject::add_troubles(std::uint64_t now_ns, RecordBuffer& out) {
  const auto report = [&](std::uint32_t what, std::uint64_t total, std::uint64_t& reported) {
    if (total <= reported) return;
    ht_trouble trouble{};
    trouble.head = {now_ns, 0, HT_TROUBLE, HT_NO_CPU};
    trouble.count = total - reported;
    trouble.what = what;
    out.add(trouble);
    reported = total;
  };
  const std::uint64_t misses = recursion_misses();
  std::uint64_t second_chances = 0;
  std::uint64_t no_ring = 0;
  std::uint64_t map_full = 0;
  for (std::uint32_t cpu = 0; cpu < possible_cpus_; cpu++) {
    ht_cpu_state state{};
    if (!read_cpu_state(cpu, state)) continue;
    no_ring += state.no_ring;
    map_full += state.map_full;
    second_chances += state.second_chances;
  }
  report(HT_TROUBLE_MISSED, misses - std::min(misses, second_chances), reported_misses_);
  report(HT_TROUBLE_NO_RING, no_ring, reported_no_ring_);
  report(HT_TROUBLE_MAP_FULL, map_full, reported_map_full_);
}

void BpfObject::add_pending_losses(std::uint64_t now_ns, RecordBuffer& out) {
  for (std::uint32_t cpu = 0; cpu < possible_cpus_; cpu++) {
    ht_cpu_state state{};
    if (!read_cpu_state(cpu, state)) continue;
    if (std::all_of(std::begin(state.lost), std::end(state.lost),
                    [](std::uint32_t n) { return n == 0; }))
      continue;
    ht_lost lost{};
    lost.head = {state.lost_first_ns != 0 ? state.lost_first_ns : now_ns, 0, HT_LOST,
                 static_cast<__u16>(cpu)};
    lost.last_ns = state.lost_last_ns;
    std::copy(std::begin(state.lost), std::end(state.lost), lost.counts);
    out.add(lost);
  }
}

}  // namespace hoodtrace
