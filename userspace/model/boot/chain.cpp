// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/boot/chain.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

namespace hoodtrace {
namespace {

// The manager reacts in order, but its clock reads are not atomic with it.
constexpr std::uint64_t kSlackNs = 1'000'000;

// Layers of ChainTime, from the one that holds first.
enum Layer { kCpu, kWait, kDisk, kUninterruptible, kSleep, kManager, kLayers };

struct Edge {
  std::uint64_t time_ns;
  int layer;
  int change;
};

Layer layer_of(TaskTime time) {
  switch (time) {
    case TaskTime::kRunning:
      return kCpu;
    case TaskTime::kWaiting:
      return kWait;
    case TaskTime::kDisk:
      return kDisk;
    case TaskTime::kUninterruptible:
      return kUninterruptible;
    case TaskTime::kSleeping:
    case TaskTime::kStopped:
    case TaskTime::kOther:
      break;
  }
  return kSleep;
}

class Sweep {
 public:
  Sweep(std::uint64_t from_ns, std::uint64_t to_ns) : from_ns_(from_ns), to_ns_(to_ns) {}

  void add(std::uint64_t from_ns, std::uint64_t to_ns, Layer layer) {
    from_ns = std::max(from_ns, from_ns_);
    to_ns = std::min(to_ns, to_ns_);
    if (from_ns >= to_ns) return;
    edges_.push_back({from_ns, layer, 1});
    edges_.push_back({to_ns, layer, -1});
  }

  ChainTime run() {
    std::sort(edges_.begin(), edges_.end(),
              [](const Edge& a, const Edge& b) { return a.time_ns < b.time_ns; });
    std::array<int, kLayers> depth{};
    std::array<std::uint64_t, kLayers + 1> sums{};
    std::uint64_t last_ns = from_ns_;
    const auto advance = [&](std::uint64_t now_ns) {
      const auto first = std::find_if(depth.begin(), depth.end(), [](int d) { return d > 0; });
      sums[static_cast<std::size_t>(first - depth.begin())] += now_ns - last_ns;
      last_ns = now_ns;
    };
    for (const Edge& edge : edges_) {
      advance(edge.time_ns);
      depth[static_cast<std::size_t>(edge.layer)] += edge.change;
    }
    advance(to_ns_);
    return {sums[kCpu],   sums[kWait],    sums[kDisk],   sums[kUninterruptible],
            sums[kSleep], sums[kManager], sums[kLayers], 0};
  }

 private:
  std::uint64_t from_ns_;
  std::uint64_t to_ns_;
  std::vector<Edge> edges_;
};

}  // namespace

std::vector<ChainStep> critical_chain(const std::map<std::string, BootUnit>& units,
                                      const std::string& goal, std::uint64_t begin_ns) {
  std::vector<ChainStep> chain;
  std::set<std::string> met;
  const auto up = [&](const std::string& name) -> const BootUnit* {
    const auto found = units.find(name);
    return found != units.end() && found->second.up_ns() > begin_ns ? &found->second : nullptr;
  };
  const BootUnit* unit = up(goal);
  while (unit != nullptr && met.insert(unit->name).second) {
    const std::uint64_t up_ns = unit->up_ns();
    const std::uint64_t activating_ns =
        unit->activating_ns != 0 ? std::min(unit->activating_ns, up_ns) : up_ns;
    chain.push_back({unit->name, std::min(begin_ns, activating_ns), activating_ns, up_ns, {}});
    const BootUnit* last = nullptr;
    for (const std::string& name : unit->after) {
      const BootUnit* other = up(name);
      // A unit that was up later was not waited for.
      if (other == nullptr || other->up_ns() > activating_ns + kSlackNs || met.contains(name))
        continue;
      if (last == nullptr || other->up_ns() > last->up_ns()) last = other;
    }
    if (last != nullptr) chain.back().from_ns = std::min(last->up_ns(), up_ns);
    unit = last;
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

void account_chain(std::vector<ChainStep>& chain, const std::map<std::string, UnitLoad>& loads,
                   const LifecycleTracker& lives, const ActivityTracker& activity,
                   std::uint64_t seen_ns) {
  for (ChainStep& step : chain) {
    const std::uint64_t from_ns = std::clamp(seen_ns, step.from_ns, step.up_ns);
    Sweep sweep(from_ns, step.up_ns);
    if (const auto found = loads.find(step.unit); found != loads.end()) {
      for (const LifeId id : found->second.processes) {
        const ProcessLife& life = *lives.find(id);
        const std::uint64_t born_ns = life.born_ns.value_or(0);
        const std::uint64_t end_ns =
            life.exit_ns.value_or(std::numeric_limits<std::uint64_t>::max());
        for (const ActivitySpan& span : activity.spans_of(life.pid))
          if (span.to_ns > born_ns && span.from_ns < end_ns)
            sweep.add(span.from_ns, span.to_ns, layer_of(span.time));
      }
    }
    for (const ActivitySpan& span : activity.spans_of(1))
      if (span.time == TaskTime::kRunning || span.time == TaskTime::kWaiting)
        sweep.add(span.from_ns, span.to_ns, kManager);
    step.time = sweep.run();
    step.time.unseen_ns = from_ns - step.from_ns;
  }
}

}  // namespace hoodtrace
