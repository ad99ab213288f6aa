// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/session_record.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <string_view>

#include "base/cpu_list.hpp"
#include "event/session_words.hpp"
#include "live/boot_clock.hpp"
#include "live/cpu_topology.hpp"
#include "live/run_queue_clock.hpp"
#include "live/target.hpp"
#include "probe/family_table.hpp"

namespace hoodtrace {
namespace {

// Empty when there is no such file.
std::string first_word(const char* path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

}  // namespace

void add_session(const TraceRequest& request, const Plan& plan, const KernelFilter& filter,
                 const std::set<std::uint32_t>& online_cpus, std::uint64_t now_ns,
                 RecordBuffer& out) {
  ht_session session{};
  session.head = {now_ns, 0, HT_SESSION, HT_NO_CPU};
  session.wall_ns = clock_ns(CLOCK_REALTIME);
  if (request.target.is_whole_system() || request.others) session.flags |= HT_SESSION_WHOLE;
  if (plan.settings.exact_wait != 0) session.flags |= HT_SESSION_EXACT;
  if (plan.wakers) session.flags |= HT_SESSION_WAKERS;
  if (plan.failed_execs) session.flags |= HT_SESSION_FAILED_EXECS;
  session.flags |= HT_SESSION_IOWAIT;
  for (const Probe* probe : plan.probes)
    if (probe->program == "on_mmap_waited") session.flags |= HT_SESSION_MMAP_WAITS;
  session.cpus = static_cast<__u32>(::sysconf(_SC_NPROCESSORS_ONLN));
  session.self_pid = plan.settings.self_pid;
  session.page_shift = plan.settings.page_shift;
  std::string tail;
  const auto say = [&tail](std::string_view key, std::string_view value) {
    tail.append(key).push_back('\0');
    tail.append(value).push_back('\0');
  };
  say("target", describe(request.target) + zombies_text(request.target));
  say("how", plan.how);
  std::string families;
  for (const FamilyRow& family : kFamilies)
    if (plan.families.has(family.family)) (families += families.empty() ? "" : ",") += family.name;
  say("families", families);
  say("command", request.command_line);
  say("clock", "CLOCK_BOOTTIME");
  if (const auto rate_ppb = boot_clock_rate_ppb()) say(kClockRateWord, std::to_string(*rate_ppb));
  if (const auto lag_ns = run_queue_clock_lag_ns()) say(kClockLagWord, std::to_string(*lag_ns));
  say(kOnlineCpusWord, format_cpu_list(online_cpus));
  say(kCachesWord, shared_caches(online_cpus));
  say(kNodesWord, numa_nodes());
  if (!filter.cgroup_path.empty()) {
    say(kCgroupWord, filter.cgroup_path);
    say(kCgroupIdWord, std::to_string(filter.cgroup_id));
  }
  utsname host{};
  if (::uname(&host) == 0) {
    say("kernel", host.release);
    say("machine", host.machine);
    if (request.host_name) say("host", host.nodename);
  }
  if (request.host_name) {
    if (const std::string id = first_word("/etc/machine-id"); !id.empty()) say(kMachineIdWord, id);
    if (const std::string id = first_word("/proc/sys/kernel/random/boot_id"); !id.empty())
      say(kBootIdWord, id);
  }
  out.add(session, tail);
}

}  // namespace hoodtrace
