// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/online_cpus.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "base/cpu_list.hpp"

namespace hoodtrace {

OnlineCpus::OnlineCpus()
    : list_(::open("/sys/devices/system/cpu/online", O_RDONLY | O_CLOEXEC)), online_(read()) {}

std::set<std::uint32_t> OnlineCpus::read() const {
  char text[4096];
  const ssize_t got = list_ ? ::pread(list_.get(), text, sizeof(text), 0) : 0;
  if (got <= 0) return online_;
  return parse_cpu_list({text, static_cast<std::size_t>(got)});
}

std::vector<OnlineCpus::Change> OnlineCpus::look() {
  std::vector<Change> changes;
  std::set<std::uint32_t> now = read();
  if (now == online_) return changes;
  for (const std::uint32_t cpu : online_)
    if (!now.contains(cpu)) changes.push_back({cpu, false});
  for (const std::uint32_t cpu : now)
    if (!online_.contains(cpu)) changes.push_back({cpu, true});
  online_ = std::move(now);
  return changes;
}

}  // namespace hoodtrace
