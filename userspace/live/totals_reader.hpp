// SPDX-License-Identifier: GPL-2.0-or-later
// The sums that bpf/totals keeps, as records of the stream: a snapshot each time it is asked for.
// Gives the slots of cgroups that are gone back, once a snapshot had what they counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "live/cgroup_paths.hpp"
#include "live/cpu_usage.hpp"
#include "probe/kernel_filter.hpp"
#include "settings.h"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

// The maps, as file descriptors of the loaded object, and how many slots there are: the first
// `cpus` are those of cgroups without one.
struct TotalsMaps {
  int slots = -1;
  int slot_of = -1;
  int free = -1;
  int cpus = -1;
  int pairs = -1;  // -1 = they are not summed up
  std::uint32_t cpu_count = 0;
  std::uint32_t slot_count = 0;
};

class TotalsReader {
 public:
  // Before the programs are attached: makes all slots free.
  static Result<std::unique_ptr<TotalsReader>> create(const TotalsMaps& maps,
                                                      const KernelFilter& filter);
  TotalsReader(const TotalsReader&) = delete;
  TotalsReader& operator=(const TotalsReader&) = delete;
  ~TotalsReader();

  // A record that came through the rings.
  void look_at(const RecordView& record);

  // A snapshot: appends the slots in use and the names that are new, and then its end; `open` has the
  // records of scan_totals_open, made in between.
  void add_slots(std::uint64_t now_ns, RecordBuffer& out);
  void finish_snapshot(std::uint64_t now_ns, const RecordBuffer& open, RecordBuffer& out);

 private:
  struct Known {
    bool is_named = false;
    std::uint64_t gone_ns = 0;  // when its end was seen; 0 = it lives
  };

  TotalsReader(const TotalsMaps& maps, const KernelFilter& filter) : maps_(maps), usage_(filter) {}
  template <class Value>
  Result<void> map_values(int map, std::uint32_t count, Value*& values);
  void add_pairs(std::uint64_t now_ns, RecordBuffer& out) const;
  void forget_pairs(const std::set<std::uint32_t>& slots);
  void name(std::uint64_t cgroup_id, std::uint64_t now_ns, RecordBuffer& out);
  void give_back(std::uint32_t number);
  void look_for_missed_ends(std::uint64_t now_ns);
  [[nodiscard]] ht_totals_end end_of(std::uint64_t now_ns) const;

  TotalsMaps maps_;
  std::vector<std::pair<void*, std::size_t>> mapped_;
  ht_totals_slot* slots_ = nullptr;
  ht_totals_pair_sum* pairs_ = nullptr;
  CgroupNames names_;
  CpuUsage usage_;
  std::unordered_map<std::uint64_t, Known> known_;  // cgroups
  bool may_miss_ends_ = false;
  std::uint64_t in_use_ = 0;  // slots, at the last snapshot
};

}  // namespace hoodtrace
