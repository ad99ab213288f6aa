// SPDX-License-Identifier: GPL-2.0-or-later
// Sums by unit, from snapshots of the kernel side's sums by cgroup and CPU. They only grow: each
// snapshot adds what its slots have grown by, whatever became of the cgroup since.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "event/event.hpp"
#include "model/totals/unit_name.hpp"
#include "model/totals/unit_pairs.hpp"

namespace hoodtrace {

class UnitTotals {
 public:
  // At most so many units have a series of their own; what the others do is in other(). A unit keeps
  // its series until its last cgroup is gone; free places are for those that do most.
  explicit UnitTotals(std::size_t max_units) : max_units_(max_units) {}

  struct Unit {
    UnitName name;
    ht_sums sums{};              // on_cpu_ns: with what runs now
    std::uint64_t ended_ns = 0;  // time on a CPU without what runs now
    bool has_series = false;
    bool lives = false;
    std::uint64_t last_snapshot = 0;
  };

  void on(const ht_session& session);
  void on(const ht_cgroup_name& name);
  void on(const ht_cgroup_gone& gone);
  void on(const ht_totals& slot);
  void on(const ht_totals_open& open);
  void on(const ht_totals_pair& pair);
  void on(const ht_totals_end& end);

  // As of the last snapshot.
  [[nodiscard]] std::vector<const Unit*> units() const;  // those with a series, by name
  [[nodiscard]] const Unit& other() const { return other_; }
  [[nodiscard]] bool has_others() const { return has_others_; }
  [[nodiscard]] const UnitPairs& pairs() const { return pairs_; }
  [[nodiscard]] const std::optional<ht_totals_end>& end() const { return end_; }
  [[nodiscard]] std::uint64_t snapshots() const { return snapshot_; }
  // Time on a CPU less that of cpu.stat, both since tracing began; nothing where there is no cpu.stat.
  [[nodiscard]] std::optional<std::int64_t> audit_difference_ns() const;

 private:
  struct Cgroup {
    bool is_root = false;
    UnitName name = unit_of({});  // until its path is known
    bool has_slots = false;
    bool is_gone = false;
    std::uint64_t last_snapshot = 0;
  };
  struct Slot {
    std::uint64_t cgroup_id = 0;
    ht_sums last{};
  };
  struct Growth {
    ht_sums sums{};
    std::uint64_t open_ns = 0;
  };

  Growth& growth_of(std::uint64_t cgroup_id);
  [[nodiscard]] std::string unit_of_cgroup(std::uint64_t id) const;
  void choose_series();
  void settle();
  void forget();

  std::size_t max_units_;
  bool is_whole_ = false;
  std::unordered_map<std::uint64_t, Cgroup> cgroups_;
  std::vector<Slot> slots_;
  std::map<std::string, Unit> units_;
  std::map<std::string, Growth> growth_;  // of this snapshot, by unit; "" = cgroups without a slot
  UnitPairs pairs_;
  Unit other_;
  bool has_others_ = false;
  std::uint64_t snapshot_ = 0;
  std::optional<ht_totals_end> end_;
  std::uint64_t counted_ns_ = 0;       // on CPU, of what cpu.stat counts too
  std::uint64_t counted_open_ns_ = 0;  // of the snapshot that is being read
  std::uint64_t audit_open_ns_ = 0;    // of the last one
};

}  // namespace hoodtrace
