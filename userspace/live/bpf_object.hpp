// SPDX-License-Identifier: GPL-2.0-or-later
// The loaded BPF side: open by plan, load, attach, scan.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "live/cycle_counters.hpp"
#include "live/kernel_losses.hpp"
#include "live/perf_events.hpp"
#include "live/rings.hpp"
#include "probe/plan.hpp"
#include "stream/record_buffer.hpp"

struct bpf_iter;
struct bpf_link;
struct hoodtrace_bpf;

namespace hoodtrace {

class BpfObject {
 public:
  // Loads the programs of a plan that was aimed at `filter`, with a ring per CPU, and one for its
  // switches if they are traced.
  static Result<std::unique_ptr<BpfObject>> load(const Plan& plan, const KernelFilter& filter,
                                                 const std::string& btf_path);
  // Loads one iterator, to be scan()ned, and nothing else.
  static Result<std::unique_ptr<BpfObject>> load_scan(const char* program,
                                                      const std::string& btf_path);
  BpfObject(const BpfObject&) = delete;
  BpfObject& operator=(const BpfObject&) = delete;
  ~BpfObject();

  // Records arrive from here on.
  Result<void> attach();

  // CPUs go online and offline: to be called now and then while attached.
  Result<void> follow_cpus(std::uint64_t now_ns) { return events_.follow_cpus(now_ns); }

  // No new record is made; those in the rings remain readable.
  void detach();

  [[nodiscard]] Rings& rings() { return rings_; }
  [[nodiscard]] KernelLosses& losses() { return losses_; }

  // Runs a task iterator ("scan_tasks", "scan_counters"), whose records are of `record_bytes` each,
  // and appends them.
  Result<void> scan(const char* program, std::size_t record_bytes, RecordBuffer& out);

  // A map of the object, loaded; -1 when there is none of that name.
  [[nodiscard]] int map(const char* name) const;

  // Appends the block requests that are not done: what is left in the map once detached.
  void add_open_requests(std::uint64_t now_ns, RecordBuffer& out) const;

 private:
  BpfObject() = default;
  Result<void> open_skeleton(const std::string& btf_path);
  Result<void> open(const Plan& plan, const std::string& btf_path);
  Result<void> size_maps(const Plan& plan);
  Result<void> choose_programs(const Plan& plan);
  Result<void> map_group_rings();
  Result<void> fill_filter(const KernelFilter& filter);
  [[nodiscard]] std::vector<int> first_programs() const;

  hoodtrace_bpf* skeleton_ = nullptr;
  std::vector<std::string> programs_;
  std::vector<bpf_link*> links_;
  PerfEvents events_;
  PerfScope scope_;
  CycleCounters cycles_;
  Rings rings_;
  KernelLosses losses_;
  std::uint32_t possible_cpus_ = 0;
};

}  // namespace hoodtrace
