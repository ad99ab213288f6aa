#include "live/cpu_events.hpp"

#include <fmt/format.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "events.h"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kLookNs = 1'000'000'000;

std::string read_online() {
  std::string list;
  std::getline(std::ifstream("/sys/devices/system/cpu/online"), list);
  return list;
}

std::uint64_t config_of(Attach event) {
  switch (event) {
    case Attach::kMinorFaults:
      return PERF_COUNT_SW_PAGE_FAULTS_MIN;
    case Attach::kMajorFaults:
      return PERF_COUNT_SW_PAGE_FAULTS_MAJ;
    default:
      return PERF_COUNT_SW_PAGE_FAULTS;
  }
}

// Two descriptors per CPU are more than the usual 1024 on a large machine.
void allow_many_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

std::vector<unsigned> parse_cpu_list(const std::string& list) {
  std::vector<unsigned> cpus;
  std::istringstream parts(list);
  for (std::string part; std::getline(parts, part, ',');) {
    unsigned first = 0;
    unsigned last = 0;
    const int read = std::sscanf(part.c_str(), "%u-%u", &first, &last);
    if (read < 1) continue;
    if (read == 1) last = first;
    for (unsigned cpu = first; cpu <= last && cpu < HT_CPU_LIMIT; cpu++) cpus.push_back(cpu);
  }
  return cpus;
}

bool CpuEvents::has(const std::string& program) const {
  return std::any_of(wanted_.begin(), wanted_.end(),
                     [&](const Wanted& wanted) { return wanted.program == program; });
}

Result<void> CpuEvents::open_on(unsigned cpu) {
  std::vector<Fd> events;
  for (const Wanted& wanted : wanted_) {
    perf_event_attr attr{};
    attr.size = sizeof(attr);
    attr.type = PERF_TYPE_SOFTWARE;
    attr.config = config_of(wanted.event);
    attr.sample_period = 1;  // every one
    Fd event(static_cast<int>(::syscall(SYS_perf_event_open, &attr, -1, static_cast<int>(cpu), -1,
                                        PERF_FLAG_FD_CLOEXEC)));
    if (!event && (errno == ENODEV || errno == ENXIO)) return {};  // offline again
    if (!event || ::ioctl(event.get(), PERF_EVENT_IOC_SET_BPF, wanted.program_fd) != 0 ||
        ::ioctl(event.get(), PERF_EVENT_IOC_ENABLE, 0) != 0)
      return unsupported(
          fmt::format("cannot count page faults on CPU {} with a perf event: {}; see: hoodtrace "
                      "doctor, and /proc/sys/kernel/perf_event_paranoid",
                      cpu, std::strerror(errno)));
    events.push_back(std::move(event));
  }
  by_cpu_[cpu] = std::move(events);
  return {};
}

Result<void> CpuEvents::attach(const std::function<int(const std::string&)>& fd_of) {
  if (wanted_.empty()) return {};
  allow_many_files();
  for (Wanted& wanted : wanted_) wanted.program_fd = fd_of(wanted.program);
  online_ = read_online();
  for (const unsigned cpu : parse_cpu_list(online_))
    if (Result<void> opened = open_on(cpu); !opened) return opened;
  return {};
}

Result<void> CpuEvents::follow(std::uint64_t now_ns) {
  if (wanted_.empty() || now_ns < next_look_ns_) return {};
  next_look_ns_ = now_ns + kLookNs;
  std::string online = read_online();
  if (online == online_) return {};
  const std::vector<unsigned> cpus = parse_cpu_list(online);
  std::erase_if(by_cpu_, [&](const auto& events) {
    return std::find(cpus.begin(), cpus.end(), events.first) == cpus.end();
  });
  for (const unsigned cpu : cpus)
    if (!by_cpu_.contains(cpu))
      if (Result<void> opened = open_on(cpu); !opened) return opened;
  online_ = std::move(online);
  return {};
}

}  // namespace hoodtrace
