// SPDX-License-Identifier: GPL-2.0-or-later
// The loaded BPF side: open by plan, load, attach, scan, read its loss counters.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "live/group_ring.hpp"
#include "live/perf_events.hpp"
#include "live/ring_reader.hpp"
#include "probe/plan.hpp"
#include "probe/trace_request.hpp"
#include "settings.h"
#include "stream/record_buffer.hpp"

struct bpf_iter;
struct bpf_link;
struct hoodtrace_bpf;

namespace hoodtrace {

// The target in the kernel's terms.
struct KernelFilter {
  std::uint32_t self_pid = 0;       // hoodtrace's own
  std::vector<std::uint32_t> pids;  // initial pid namespace, once OwnPids has translated them
  std::vector<std::uint32_t> tids;
  std::string comm_glob;
  std::uint64_t cgroup_id = 0;  // 0 = no cgroup asked for
  bool follow = false;
};

// Per CPU, when none is asked for.
std::uint64_t default_ring_bytes();

class BpfObject {
 public:
  // Loads the plan's programs, with a ring per CPU, and one for its switches if they are traced.
  static Result<std::unique_ptr<BpfObject>> load(const Plan& plan, const TraceRequest& request,
                                                 const KernelFilter& filter);
  // Loads one iterator, to be scan()ned, and nothing else.
  static Result<std::unique_ptr<BpfObject>> load_scan(const char* program,
                                                      const std::string& btf_path);
  BpfObject(const BpfObject&) = delete;
  BpfObject& operator=(const BpfObject&) = delete;
  ~BpfObject();

  // From here on records come.
  Result<void> attach();

  // CPUs come and go: to be called now and then while attached.
  Result<void> follow_cpus(std::uint64_t now_ns) { return events_.follow_cpus(now_ns); }

  // Nothing comes any more; what is in the rings stays.
  void detach();

  [[nodiscard]] std::vector<RingReader>& rings() { return rings_; }
  // To be looked at before rings(): what these lost is told in those.
  [[nodiscard]] std::vector<SwitchRing>& switch_rings() { return switch_rings_; }
  [[nodiscard]] std::vector<FaultRing>& fault_rings() { return fault_rings_; }
  [[nodiscard]] std::uint64_t ring_bytes() const { return ring_bytes_; }

  // Runs a task iterator ("scan_tasks", "scan_books"), whose records are of `record_bytes` each,
  // and appends them.
  Result<void> scan(const char* program, std::size_t record_bytes, RecordBuffer& out);

  // The losses that the kernel side has counted and not yet put into the stream, as ht_lost and
  // ht_trouble records of `now_ns`. Call it after detach() and once the rings are empty, or at any
  // time for the troubles alone.
  void add_troubles(std::uint64_t now_ns, RecordBuffer& out);
  void add_pending_losses(std::uint64_t now_ns, RecordBuffer& out);

 private:
  BpfObject() = default;
  Result<void> open_skeleton(const std::string& btf_path);
  Result<void> open(const Plan& plan, const TraceRequest& request, const KernelFilter& filter);
  Result<void> make_rings();
  Result<void> map_group_rings();
  Result<void> fill_filter(const KernelFilter& filter);
  [[nodiscard]] std::uint64_t recursion_misses() const;
  bool read_cpu_state(std::uint32_t cpu, ht_cpu_state& state) const;

  hoodtrace_bpf* skeleton_ = nullptr;
  std::vector<std::string> programs_;
  std::vector<bpf_link*> links_;
  PerfEvents events_;
  PerfScope scope_;
  std::vector<RingReader> rings_;
  std::vector<SwitchRing> switch_rings_;  // where switches are traced
  std::vector<FaultRing> fault_rings_;    // where perf events end faults
  std::uint64_t ring_bytes_ = 0;
  std::uint32_t possible_cpus_ = 0;
  std::uint64_t reported_misses_ = 0;
  std::uint64_t reported_no_ring_ = 0;
  std::uint64_t reported_map_full_ = 0;
};

}  // namespace hoodtrace
