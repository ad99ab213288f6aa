// SPDX-License-Identifier: GPL-2.0-or-later
// The rows of sums that the kernel side kept by cgroup.

#include <string>

#include "output/rows/event_rows.hpp"

namespace hoodtrace {

void EventRows::row(const ht_totals_open& record) {
  begin(record.head);
  row_.number(Field::kCgroupId, record.cgroup_id);
  row_.text(Field::kCgroup, tasks_.cgroup_path(record.cgroup_id));
  row_.text(Field::kKey, "on_cpu_ns");
  row_.number(Field::kCount, record.on_cpu_ns);
  finish_row();
}

void EventRows::row(const ht_cgroup_gone& record) {
  begin(record.head);
  row_.number(Field::kCgroupId, record.cgroup_id);
  row_.text(Field::kCgroup, tasks_.cgroup_path(record.cgroup_id));
  finish_row();
}

void EventRows::row(const ht_totals& record) {
  const auto tell = [&](std::string_view key, std::uint64_t count) {
    begin(record.head);
    row_.number(Field::kCgroupId, record.cgroup_id);
    row_.text(Field::kCgroup, tasks_.cgroup_path(record.cgroup_id));
    row_.text(Field::kKey, key);
    row_.number(Field::kCount, count);
    finish_row();
  };
  const ht_sums& sums = record.sums;
  tell("on_cpu_ns", sums.on_cpu_ns);
  tell("wait_ns", sums.woken_ns + sums.preempted_ns + sums.throttled_ns);
  tell("dispatch_ns", sums.dispatch_ns);
  tell("voluntary_switches", sums.voluntary);
  tell("involuntary_switches", sums.involuntary);
  tell("migrations", sums.migrations);
  tell("minor_faults", sums.minor_faults);
  tell("major_faults", sums.major_faults);
}

void EventRows::row(const ht_totals_pair& record) {
  begin(record.head);
  row_.number(Field::kCgroupId, record.cgroup_id);
  row_.text(Field::kCgroup, tasks_.cgroup_path(record.cgroup_id));
  row_.text(Field::kKey, "behind_cgroup_id");
  row_.text(Field::kValue, std::to_string(record.behind_id));
  row_.number(Field::kBehindNs, record.ns);
  finish_row();
}

void EventRows::row(const ht_totals_end& record) {
  const auto tell = [&](std::string_view key, std::uint64_t count) {
    begin(record.head);
    row_.text(Field::kKey, key);
    row_.number(Field::kCount, count);
    finish_row();
  };
  tell("forgotten", record.forgotten);
  tell("slots_full", record.slots_full);
  tell("slots_in_use", record.slots_in_use);
  if (record.usage_ns != HT_UNKNOWN_NS) tell("usage_ns", record.usage_ns);
}

}  // namespace hoodtrace
