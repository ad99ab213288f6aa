// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/kernel_counters.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace hoodtrace::testing {
namespace {

std::filesystem::path threads_of(pid_t process) {
  return std::filesystem::path("/proc") / std::to_string(process) / "task";
}

std::string field(const std::filesystem::path& thread, const std::string& key) {
  std::ifstream status(thread / "status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(key + ":")) {
      std::istringstream rest(line.substr(key.size() + 1));
      std::string value;
      rest >> value;
      return value;
    }
  return "";
}

std::uint64_t number(const std::string& text) { return text.empty() ? 0 : std::stoull(text); }

}  // namespace

KernelCounters KernelCounters::since(const KernelCounters& earlier) const {
  return {ran_ns - earlier.ran_ns, run_delay_ns - earlier.run_delay_ns, pcount - earlier.pcount,
          nvcsw - earlier.nvcsw, nivcsw - earlier.nivcsw};
}

std::map<pid_t, KernelCounters> read_kernel_counters(pid_t process) {
  std::map<pid_t, KernelCounters> all;
  for (const auto& thread : std::filesystem::directory_iterator(threads_of(process))) {
    KernelCounters counters;
    std::ifstream(thread.path() / "schedstat") >> counters.ran_ns >> counters.run_delay_ns >>
        counters.pcount;
    counters.nvcsw = number(field(thread.path(), "voluntary_ctxt_switches"));
    counters.nivcsw = number(field(thread.path(), "nonvoluntary_ctxt_switches"));
    all[std::stoi(thread.path().filename())] = counters;
  }
  return all;
}

bool wait_until_asleep(pid_t process) {
  for (int i = 0; i < 5000; i++, ::usleep(2000)) {
    bool asleep = true;
    for (const auto& thread : std::filesystem::directory_iterator(threads_of(process)))
      asleep = asleep && field(thread.path(), "State") == "S";
    if (asleep) return true;
  }
  return false;
}

}  // namespace hoodtrace::testing
