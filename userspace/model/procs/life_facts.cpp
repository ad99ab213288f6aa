// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/procs/life_facts.hpp"

#include <algorithm>
#include <utility>

namespace hoodtrace {

void LifeFacts::add(LifeFact fact) {
  auto at = facts_.end();
  while (at != facts_.begin() && std::prev(at)->time_ns > fact.time_ns) --at;
  facts_.insert(at, std::move(fact));
}

void LifeFacts::retract(LifeFactKind kind, LifeId life) {
  // It is young: look from the end.
  const auto found = std::find_if(facts_.rbegin(), facts_.rend(), [&](const LifeFact& fact) {
    return fact.kind == kind && fact.life == life;
  });
  if (found != facts_.rend()) facts_.erase(std::next(found).base());
}

std::vector<LifeFact> LifeFacts::take(std::uint64_t settled_ns) {
  std::vector<LifeFact> facts;
  while (has(settled_ns)) {
    facts.push_back(std::move(facts_.front()));
    facts_.pop_front();
  }
  return facts;
}

}  // namespace hoodtrace
