// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/perf_events.hpp"

#include <fmt/format.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <string_view>

#include "base/cpu_list.hpp"
#include "base/result.hpp"
#include "events.h"
#include "live/many_files.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kLookNs = 1'000'000'000;
// An event for each thread needs descriptors and slows its switches down. With more threads than
// this, events for each CPU are cheaper.
constexpr std::size_t kMaxTasks = 64;
constexpr std::uint64_t kCpuTimeNs = 100'000'000;

std::string read_online() {
  std::string list;
  std::ifstream file("/sys/devices/system/cpu/online");
  std::getline(file, list);
  return list;
}

// A kind of software event: with `period` 1 the program runs at each.
struct Kind {
  std::uint64_t config;
  std::uint64_t period;
  std::string_view what;
};

Kind kind_of(Attach event) {
  switch (event) {
    case Attach::kMinorFaults:
      return {PERF_COUNT_SW_PAGE_FAULTS_MIN, 1, "page faults"};
    case Attach::kMajorFaults:
      return {PERF_COUNT_SW_PAGE_FAULTS_MAJ, 1, "page faults"};
    case Attach::kCpuTime:
      return {PERF_COUNT_SW_CPU_CLOCK, kCpuTimeNs, "CPU time"};
    default:
      return {PERF_COUNT_SW_PAGE_FAULTS, 1, "page faults"};
  }
}

std::vector<pid_t> threads_of(std::uint32_t pid) {
  std::vector<pid_t> tids;
  std::error_code error;
  for (const auto& thread :
       std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid), error))
    tids.push_back(std::atoi(thread.path().filename().c_str()));
  return tids;
}

}  // namespace

bool PerfEvents::has(const std::string& program) const {
  return std::any_of(wanted_.begin(), wanted_.end(),
                     [&](const Wanted& wanted) { return wanted.program == program; });
}

Result<std::vector<Fd>> PerfEvents::open_at(const Place& place, int& error) const {
  std::vector<Fd> events;
  for (const Wanted& wanted : wanted_) {
    perf_event_attr attr{};
    attr.size = sizeof(attr);
    attr.type = PERF_TYPE_SOFTWARE;
    const Kind kind = kind_of(wanted.event);
    attr.config = kind.config;
    attr.sample_period = kind.period;
    attr.disabled = 1;  // until its program is in place
    attr.inherit = place.threads || place.children ? 1 : 0;
    attr.inherit_thread = place.threads && !place.children ? 1 : 0;
    Fd event(static_cast<int>(
        ::syscall(SYS_perf_event_open, &attr, place.task, place.cpu, -1, PERF_FLAG_FD_CLOEXEC)));
    if (!event || ::ioctl(event.get(), PERF_EVENT_IOC_SET_BPF, wanted.program_fd) != 0 ||
        ::ioctl(event.get(), PERF_EVENT_IOC_ENABLE, 0) != 0) {
      error = errno;
      return unsupported(
          fmt::format("cannot watch {} with a perf event: {}; see: hoodtrace doctor, and "
                      "/proc/sys/kernel/perf_event_paranoid",
                      kind.what, std::strerror(error)));
    }
    events.push_back(std::move(event));
  }
  error = 0;
  return events;
}

Result<void> PerfEvents::open_on_cpu(unsigned cpu) {
  int error = 0;
  Result<std::vector<Fd>> events = open_at({-1, static_cast<int>(cpu), false, false}, error);
  if (error == ENODEV || error == ENXIO) return {};  // offline again
  if (!events) return events.error();
  by_cpu_[cpu] = std::move(*events);
  return {};
}

// False when that cannot be, or not cheaply.
bool PerfEvents::attach_to_tasks(const PerfScope& scope) {
  std::set<pid_t> known;
  const auto open_task = [&](pid_t tid, bool threads) {
    int error = 0;
    Result<std::vector<Fd>> events = open_at({tid, -1, threads, scope.follow}, error);
    if (error == ESRCH) return true;  // it has ended
    if (!events) return false;
    for (Fd& event : *events) by_task_.push_back(std::move(event));
    return true;
  };
  for (const std::uint32_t tid : scope.tids)
    if (known.insert(static_cast<pid_t>(tid)).second && !open_task(static_cast<pid_t>(tid), false))
      return false;
  for (const std::uint32_t pid : scope.pids)
    // A thread that was created meanwhile by one without events is found in the next round. One
    // that inherited them gets a second pair; the programs recognize a fault that was recorded
    // already.
    for (bool found = true; found;) {
      found = false;
      for (const pid_t tid : threads_of(pid)) {
        if (!known.insert(tid).second) continue;
        if (known.size() > kMaxTasks || !open_task(tid, true)) return false;
        found = true;
      }
    }
  return true;
}

Result<void> PerfEvents::attach(const PerfScope& scope,
                                const std::function<int(const std::string&)>& fd_of) {
  if (wanted_.empty()) return {};
  allow_many_files();
  for (Wanted& wanted : wanted_) wanted.program_fd = fd_of(wanted.program);
  if (!scope.pids.empty() || !scope.tids.empty()) {
    if (attach_to_tasks(scope)) return {};
    by_task_.clear();
  }
  online_ = read_online();
  for (const unsigned cpu : parse_cpu_list(online_)) RETURN_IF_ERROR(open_on_cpu(cpu));
  return {};
}

Result<void> PerfEvents::follow_cpus(std::uint64_t now_ns) {
  if (by_cpu_.empty() || now_ns < next_look_ns_) return {};
  next_look_ns_ = now_ns + kLookNs;
  std::string online = read_online();
  if (online == online_) return {};
  const std::set<std::uint32_t> cpus = parse_cpu_list(online);
  std::erase_if(by_cpu_, [&](const auto& events) { return !cpus.contains(events.first); });
  for (const unsigned cpu : cpus)
    if (!by_cpu_.contains(cpu)) RETURN_IF_ERROR(open_on_cpu(cpu));
  online_ = std::move(online);
  return {};
}

void PerfEvents::detach() {
  by_cpu_.clear();
  by_task_.clear();
}

}  // namespace hoodtrace
