// SPDX-License-Identifier: GPL-2.0-or-later
// The sums that bpf/totals keeps, as records of the stream: a snapshot each time it is asked for.
// Gives the slots of cgroups that are gone back, once a snapshot had what they counted. The object must
// outlive the reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "live/bpf_object.hpp"
#include "live/cgroup_paths.hpp"
#include "live/cpu_usage.hpp"
#include "probe/kernel_filter.hpp"
#include "probe/plan.hpp"
#include "settings.h"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

class TotalsReader {
 public:
  // Before the programs are attached: makes all slots free.
  static Result<std::unique_ptr<TotalsReader>> create(BpfObject& object, const Plan& plan,
                                                      const KernelFilter& filter);
  TotalsReader(const TotalsReader&) = delete;
  TotalsReader& operator=(const TotalsReader&) = delete;
  ~TotalsReader();

  // Records that are released to the reader of the stream; `is_drained`: the rings have no others.
  void look_at(std::span<const RecordView> released, bool is_drained);

  // A snapshot: appends the slots in use and the names that are new, what runs, and its end.
  Result<void> add_snapshot(std::uint64_t now_ns, RecordBuffer& out);

  // How long the rings, which have the names and the ends of cgroups alone, need not be looked at.
  [[nodiscard]] std::uint64_t pause_ns() const;

 private:
  // The maps, as file descriptors of the loaded object, and how many slots there are: the first
  // `cpu_count` are those of cgroups without one.
  struct Maps {
    int slots = -1;
    int slot_of = -1;
    int free = -1;
    int cpus = -1;
    int pairs = -1;  // -1 = they are not summed up
    std::uint32_t cpu_count = 0;
    std::uint32_t slot_count = 0;
  };

  struct Known {
    bool is_named = false;
    std::uint64_t gone_ns = 0;  // when its end was seen; 0 = it lives
  };

  TotalsReader(BpfObject& object, const Maps& maps, const KernelFilter& filter)
      : object_(object), maps_(maps), usage_(filter) {}
  static Maps maps_of(BpfObject& object, const Plan& plan);
  Result<void> prepare();
  template <class Value>
  Result<void> map_values(int map, std::uint32_t count, Value*& values);
  void look_at(const RecordView& record);
  void add_slots(std::uint64_t now_ns, RecordBuffer& out);
  void finish_snapshot(std::uint64_t now_ns, const RecordBuffer& open, RecordBuffer& out);
  void add_pairs(std::uint64_t now_ns, RecordBuffer& out) const;
  void forget_pairs(const std::set<std::uint32_t>& slots);
  void name(std::uint64_t cgroup_id, std::uint64_t now_ns, RecordBuffer& out);
  void give_back(std::uint32_t number);
  void look_for_missed_ends(std::uint64_t now_ns);
  [[nodiscard]] ht_totals_end end_of(std::uint64_t now_ns) const;

  BpfObject& object_;
  Maps maps_;
  std::vector<std::pair<void*, std::size_t>> mapped_;
  ht_totals_slot* slots_ = nullptr;
  ht_totals_pair_sum* pairs_ = nullptr;
  CgroupNames names_;
  CpuUsage usage_;
  std::unordered_map<std::uint64_t, Known> known_;  // cgroups
  bool may_miss_ends_ = false;
  std::uint64_t in_use_ = 0;   // slots, at the last snapshot
  std::uint64_t held_ns_ = 0;  // the time of the snapshot that is not released yet; 0 = none
};

}  // namespace hoodtrace
