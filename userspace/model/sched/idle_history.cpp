// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/sched/idle_history.hpp"

#include <algorithm>

namespace hoodtrace {

void IdleHistory::set(std::size_t cpu, bool is_idle, std::uint64_t now_ns) {
  if (is_idle_.size() <= cpu) is_idle_.resize(cpu + 1);
  if (is_idle_[cpu] == is_idle) return;
  is_idle_[cpu] = is_idle;
  if (is_idle) {
    if (idle_cpus_++ == 0) since_ns_ = now_ns;
    return;
  }
  if (--idle_cpus_ > 0) return;
  spans_.push_back({since_ns_, now_ns});
  if (spans_.size() > kSpans) spans_.pop_front();
}

std::uint64_t IdleHistory::idle_ns(std::uint64_t from_ns, std::uint64_t to_ns) const {
  std::uint64_t sum_ns = 0;
  const auto add = [&](std::uint64_t begin_ns, std::uint64_t end_ns) {
    begin_ns = std::max(begin_ns, from_ns);
    end_ns = std::min(end_ns, to_ns);
    if (end_ns > begin_ns) sum_ns += end_ns - begin_ns;
  };
  if (idle_cpus_ > 0) add(since_ns_, to_ns);
  for (auto span = spans_.rbegin(); span != spans_.rend() && span->end_ns > from_ns; ++span)
    add(span->begin_ns, span->end_ns);
  return sum_ns;
}

}  // namespace hoodtrace
