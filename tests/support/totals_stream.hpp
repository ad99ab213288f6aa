// SPDX-License-Identifier: GPL-2.0-or-later
// Snapshots of sums by cgroup, written by hand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "event/event.hpp"
#include "event/feed.hpp"
#include "model/totals/units.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

class TotalsStream {
 public:
  explicit TotalsStream(UnitTotals& totals) : totals_(totals) {}

  TotalsStream& name(std::uint64_t id, std::string_view path) {
    ht_cgroup_name record{};
    record.head = {now_ns_, 0, HT_CGROUP_NAME, HT_NO_CPU};
    record.cgroup_id = id;
    return add(record, std::string(path) + '\0');
  }
  TotalsStream& slot(std::uint32_t number, std::uint64_t id, const ht_sums& sums) {
    ht_totals record{};
    record.head = {now_ns_, 0, HT_TOTALS, HT_NO_CPU};
    record.cgroup_id = id;
    record.slot = number;
    record.sums = sums;
    return add(record);
  }
  // A slot whose tasks were on a CPU for that long.
  TotalsStream& ran(std::uint32_t number, std::uint64_t id, std::uint64_t on_cpu_ns) {
    ht_sums sums{};
    sums.on_cpu_ns = on_cpu_ns;
    return slot(number, id, sums);
  }
  TotalsStream& open(std::uint64_t id, std::uint64_t on_cpu_ns) {
    ht_totals_open record{};
    record.head = {now_ns_, 7, HT_TOTALS_OPEN, 0};
    record.cgroup_id = id;
    record.on_cpu_ns = on_cpu_ns;
    return add(record);
  }
  TotalsStream& pair(std::uint32_t place, std::uint64_t id, std::uint64_t behind_id,
                     std::uint64_t ns) {
    ht_totals_pair record{};
    record.head = {now_ns_, 0, HT_TOTALS_PAIR, HT_NO_CPU};
    record.cgroup_id = id;
    record.behind_id = behind_id;
    record.ns = ns;
    record.place = place;
    return add(record);
  }
  TotalsStream& gone(std::uint64_t id) {
    ht_cgroup_gone record{};
    record.head = {now_ns_, 0, HT_CGROUP_GONE, 0};
    record.cgroup_id = id;
    return add(record);
  }
  TotalsStream& end(std::uint64_t usage_ns = HT_UNKNOWN_NS) {
    ht_totals_end record{};
    record.head = {now_ns_, 0, HT_TOTALS_END, HT_NO_CPU};
    record.usage_ns = usage_ns;
    return add(record);
  }

 private:
  template <class Record>
  TotalsStream& add(const Record& record, std::string_view tail = {}) {
    RecordBuffer buffer;
    buffer.add(record, tail);
    feed(totals_, decode(buffer.at(0)).value());
    now_ns_ += 1000;
    return *this;
  }

  UnitTotals& totals_;
  std::uint64_t now_ns_ = 1000;
};

}  // namespace hoodtrace
