// SPDX-License-Identifier: GPL-2.0-or-later
// Records of the fair class for written streams.
#pragma once

#include <cstdint>
#include <optional>

#include "support/stream_builder.hpp"

namespace hoodtrace {

// What a unit of weight was due when `load` shared so many ns (bpf/sched/shares.bpf.h).
constexpr std::uint64_t virtual_time(std::uint64_t ns, std::uint64_t load) {
  return (ns << HT_FAIR_SHIFT) / (load << 10);
}

struct FairFields {
  std::uint32_t tid = 0;
  std::uint32_t queue = 1;
  std::uint32_t queue_in = 1;
  std::uint64_t virtual_in = 0;
  std::uint64_t virtual_now = 0;
  std::uint64_t exec_ns = 0;
  std::uint64_t slice_ns = 3'000'000;
  std::int64_t lag_ns = 0;
  std::optional<std::int64_t> owed_ns = std::nullopt;
  std::uint32_t weight = 1024;
  std::int8_t nice = 0;
  std::uint8_t flags = HT_FAIR_WHOLE | HT_FAIR_EEVDF | HT_FAIR_RUNNABLE;
};

class FairScenario {
 public:
  explicit FairScenario(StreamBuilder& scenario) : scenario_(scenario) {}

  FairScenario& runs(const FairFields& fields) { return add(HT_FAIR_RUN, fields); }
  FairScenario& wakes(const FairFields& fields) { return add(HT_FAIR_WAKE, fields); }

 private:
  FairScenario& add(std::uint8_t kind, const FairFields& fields) {
    ht_fair record{};
    record.head = {scenario_.now_ns(), fields.tid, HT_FAIR, 0};
    record.kind = kind;
    record.nice = fields.nice;
    record.weight = fields.weight << 10;
    record.group_shares = 1024 << 10;
    record.queue = fields.queue;
    record.virtual_now = fields.virtual_now;
    record.flags = fields.flags;
    if (fields.owed_ns) {
      record.flags |= HT_FAIR_OWED;
      record.owed_ns = *fields.owed_ns;
    }
    if (fields.flags & HT_FAIR_EEVDF) {
      record.slice_ns = fields.slice_ns;
      record.deadline_ns = static_cast<std::int64_t>(fields.slice_ns);
    }
    if (kind == HT_FAIR_WAKE) {
      record.flags &= static_cast<std::uint8_t>(~(HT_FAIR_WHOLE | HT_FAIR_RUNNABLE));
      record.lag_ns = fields.lag_ns;
    } else {
      record.queue_in = fields.queue_in;
      record.virtual_in = fields.virtual_in;
      record.exec_ns = fields.exec_ns;
      record.vruntime_ns = fields.exec_ns * 1024 / fields.weight;
    }
    scenario_.add(record);
    return *this;
  }

  StreamBuilder& scenario_;
};

}  // namespace hoodtrace
