// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/procs/life_events.hpp"

#include <algorithm>
#include <utility>

namespace hoodtrace {

void LifeEvents::add(LifeEventKind kind, const ProcessLife& life, std::uint64_t time_ns,
                     std::size_t index) {
  if (!wanted_) return;
  auto at = events_.end();
  while (at != events_.begin() && std::prev(at)->time_ns > time_ns) --at;
  events_.insert(at, LifeEvent{time_ns, kind, life.id, index, life.comm});
}

void LifeEvents::retract(LifeEventKind kind, LifeId life) {
  // It is young: look from the end.
  const auto found = std::find_if(events_.rbegin(), events_.rend(), [&](const LifeEvent& event) {
    return event.kind == kind && event.life == life;
  });
  if (found != events_.rend()) events_.erase(std::next(found).base());
}

std::vector<LifeEvent> LifeEvents::take(std::uint64_t settled_ns) {
  std::vector<LifeEvent> events;
  while (has(settled_ns)) {
    events.push_back(std::move(events_.front()));
    events_.pop_front();
  }
  return events;
}

}  // namespace hoodtrace
