// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/boot/tracker.hpp"

#include <algorithm>

#include "event/words.hpp"

namespace hoodtrace {
namespace {

// copy_process() counts a fork a little before the tracepoint shows it.
constexpr std::uint64_t kForkSlackNs = 20'000'000;

std::optional<std::uint64_t> between(std::uint64_t from_ns, std::uint64_t to_ns) {
  if (from_ns == 0 || to_ns < from_ns) return std::nullopt;
  return to_ns - from_ns;
}

}  // namespace

std::uint64_t BootUnit::up_ns() const {
  if (active_ns >= activating_ns && active_ns != 0) return active_ns;
  return inactive_ns >= activating_ns ? inactive_ns : 0;
}

std::optional<std::uint64_t> BootUnit::took_ns() const { return between(activating_ns, up_ns()); }

std::optional<std::uint64_t> BootPhases::kernel_length_ns() const {
  const std::uint64_t end_ns = initrd_ns != 0 ? initrd_ns : userspace_ns;
  return end_ns != 0 ? std::optional(end_ns) : std::nullopt;
}

std::optional<std::uint64_t> BootPhases::initrd_length_ns() const {
  return between(initrd_ns, userspace_ns);
}

std::optional<std::uint64_t> BootPhases::userspace_length_ns() const {
  return between(userspace_ns, finish_ns);
}

void BootTracker::on(const ht_session& session) { started_ns_ = session.head.time_ns; }

void BootTracker::on(const ht_boot_phases& record) {
  BootPhases phases;
  phases.firmware_ns = record.firmware_ns;
  phases.loader_ns = record.loader_ns;
  phases.initrd_ns = record.initrd_ns;
  phases.userspace_ns = record.userspace_ns;
  phases.finish_ns = record.finish_ns;
  for_each_pair(tail_of(record), [&](std::string_view key, std::string_view value) {
    phases.words[std::string(key)] = value;
  });
  phases_ = std::move(phases);
}

void BootTracker::on(const ht_boot_unit& record) {
  BootUnit unit;
  for_each_pair(tail_of(record), [&](std::string_view key, std::string_view value) {
    if (key == "id") unit.name = value;
    if (key == "active") unit.state = value;
    if (key == "sub") unit.sub = value;
    if (key == "result") unit.result = value;
    if (key == "after") unit.after.emplace_back(value);
  });
  if (unit.name.empty()) return;
  unit.in_initrd = (record.flags & HT_BOOT_UNIT_INITRD) != 0;
  unit.is_service = (record.flags & HT_BOOT_UNIT_SERVICE) != 0;
  unit.activating_ns = record.activating_ns;
  unit.active_ns = record.active_ns;
  unit.deactivating_ns = record.deactivating_ns;
  unit.inactive_ns = record.inactive_ns;
  unit.main_start_ns = record.main_start_ns;
  unit.main_exit_ns = record.main_exit_ns;
  unit.main_pid = record.main_pid;
  unit.main_code = record.main_code;
  unit.main_status = record.main_status;
  std::string name = unit.name;
  units_.insert_or_assign(std::move(name), std::move(unit));
}

void BootTracker::on(const ht_boot_mark& record) {
  const std::string_view tail = tail_of(record);
  marks_.push_back({record.head.time_ns, record.kind, record.level,
                    std::string(tail.substr(0, tail.find('\0')))});
}

void BootTracker::on(const ht_boot_forks& record) {
  readings_.push_back({record.head.time_ns, record.until_ns, record.forks});
}

void BootTracker::on(const ht_boot_end& record) {
  BootEnd end;
  end.time_ns = record.head.time_ns;
  end.reason = record.reason;
  for_each_pair(tail_of(record), [&](std::string_view key, std::string_view value) {
    if (key == "until") end.until = value;
    if (key == "problem") end.problem = value;
  });
  end_ = std::move(end);
}

void BootTracker::on(const ht_task_new& born) { births_ns_.push_back(born.task.head.time_ns); }

std::optional<ForkAudit> BootTracker::forks() const {
  if (readings_.size() < 2) return std::nullopt;
  const Reading& first = readings_.front();
  const Reading& last = readings_.back();
  ForkAudit audit;
  audit.kernel = last.forks - std::min(last.forks, first.forks);
  for (const std::uint64_t born_ns : births_ns_) {
    if (born_ns > first.from_ns && born_ns < last.until_ns + kForkSlackNs) audit.most++;
    if (born_ns > first.until_ns + kForkSlackNs && born_ns < last.from_ns) audit.least++;
  }
  return audit;
}

std::string_view system_unit_of_cgroup(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(path.front() == '/' ? 1 : 0);
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (!part.empty() && !part.ends_with(".slice")) return part;
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
  }
  return {};
}

}  // namespace hoodtrace
