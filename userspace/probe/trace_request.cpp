// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/trace_request.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hoodtrace {

std::string describe(const Target& target) {
  if (target.is_whole_system()) return "the whole system";
  std::vector<std::string> parts;
  if (!target.command.empty())
    parts.push_back(fmt::format("command {}", fmt::join(target.command, " ")));
  if (!target.pids.empty())
    parts.push_back(fmt::format("process {}", fmt::join(target.pids, ", ")));
  if (!target.tids.empty()) parts.push_back(fmt::format("thread {}", fmt::join(target.tids, ", ")));
  if (!target.comm_glob.empty()) parts.push_back(fmt::format("comm {}", target.comm_glob));
  if (!target.cgroup_path.empty()) parts.push_back(fmt::format("cgroup {}", target.cgroup_path));
  if (!target.unit.empty()) parts.push_back(fmt::format("unit {}", target.unit));
  if (!target.container.empty()) parts.push_back(fmt::format("container {}", target.container));
  std::string text = fmt::format("{}", fmt::join(parts, " and "));
  if (target.follows()) text += " and what it starts";
  return text;
}

}  // namespace hoodtrace
