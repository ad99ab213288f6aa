// SPDX-License-Identifier: GPL-2.0-or-later
// What a wait for a child takes the life-cycle tracker when the parent has many children that live:
// a server of 12 000 workers that starts and reaps one more after the other. lives_bench [LIVING]

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "event/feed.hpp"
#include "support/life_scenario.hpp"

int main(int argc, char** argv) {
  using namespace hoodtrace;
  using Clock = std::chrono::steady_clock;
  const std::uint32_t living = argc > 1 ? static_cast<std::uint32_t>(std::atoi(argv[1])) : 12'000;
  constexpr std::uint32_t kServer = 10;
  constexpr std::uint32_t kRounds = 2'000;
  LifeScenario before;
  before.session();
  before.seen(kServer, {.comm = "server"});
  std::uint64_t now_ns = 1'000;
  std::uint32_t pid = 100;
  for (std::uint32_t i = 0; i < living; i++, pid++, now_ns += 10)
    before.at(now_ns).born(pid, {.parent_pid = kServer, .comm = "worker", .start_ns = now_ns});
  LifeReplay replay(before, {});
  LifeScenario rounds;
  for (std::uint32_t i = 0; i < kRounds; i++, pid++, now_ns += 10) {
    rounds.at(now_ns).born(pid, {.parent_pid = kServer, .comm = "worker", .start_ns = now_ns});
    rounds.at(now_ns + 3).exits(pid);
    rounds.at(now_ns + 6).looks(kServer);
  }
  LifeReplay* at = &replay;
  const Clock::time_point begin = Clock::now();
  for (std::size_t i = 0; i < rounds.records().size(); i++) {
    const std::optional<Event> event = decode(rounds.records().at(i));
    if (!event) return 1;
    feed(at->tasks, *event);
    feed(at->tracker, *event);
  }
  const double ns = std::chrono::duration<double, std::nano>(Clock::now() - begin).count();
  std::uint64_t reaped = 0;
  for (const auto& [id, life] : replay.tracker.lives()) reaped += life.reaped_ns ? 1 : 0;
  std::printf("%u living children: %.0f ns per birth, exit and wait; %llu of %u reaped\n", living,
              ns / kRounds, static_cast<unsigned long long>(reaped), kRounds);
  return reaped == kRounds ? 0 : 1;
}
