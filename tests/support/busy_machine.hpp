// SPDX-License-Identifier: GPL-2.0-or-later
// A machine of several CPUs whose tasks do, at random, all that a scheduler's stream can show: they run, sleep,
// are preempted, move to another CPU while they sleep or wait, are born, renamed, and end.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "support/stream_builder.hpp"

namespace hoodtrace {

class BusyMachine {
 public:
  struct Kind {
    std::uint32_t cpus = 4;
    std::uint32_t tasks = 20;
    std::uint32_t moves = 8;   // one of so many that wait or sleep goes to another CPU
    std::uint32_t rare = 200;  // one of so many steps is a birth, an end, a loss ...
  };

  BusyMachine(const Kind& kind, std::uint32_t seed) : kind_(kind), random_(seed), cpus_(kind.cpus) {
    stream.at(now_ns_).session().with_runtimes();
    for (std::uint32_t i = 0; i < kind.tasks; i++) {
      const std::uint32_t tid = next_tid_++;
      stream.on_cpu(static_cast<std::uint16_t>(i % kind.cpus));
      stream.seen(tid, {.comm = name(), .start_ns = tid});
      cpus_[i % kind.cpus].asleep.push_back({tid, 0});
    }
  }

  // `steps` switches, and what is rare between them.
  BusyMachine& run(std::size_t steps) {
    for (std::size_t i = 0; i < steps; i++) {
      now_ns_ += 1 + random_() % (one_in(8) ? 3 : 20'000);
      stream.at(now_ns_).on_cpu(static_cast<std::uint16_t>(random_() % kind_.cpus));
      if (one_in(kind_.rare)) do_something_rare();
      step(random_() % kind_.cpus);
    }
    return *this;
  }
  BusyMachine& end() {
    now_ns_ += 1000;
    stream.at(now_ns_);
    for (std::uint32_t tid = kFirstTid; tid < next_tid_; tid++) stream.counters(tid);
    stream.end();
    return *this;
  }

  StreamBuilder stream;

 private:
  static constexpr std::uint32_t kFirstTid = 100;

  struct Sleeper {
    std::uint32_t tid;
    std::uint64_t since_ns;
  };
  struct Waiter {
    std::uint32_t tid = 0;
    std::uint64_t since_ns = 0;
    std::uint64_t elsewhere_ns = 0;
  };
  struct Cpu {
    std::uint32_t running = 0;
    std::vector<Waiter> queue;
    std::vector<Sleeper> asleep;
  };

  bool one_in(std::uint32_t count) { return random_() % count == 0; }
  // Some names are of several.
  std::string name() { return "task/" + std::to_string(random_() % 6); }

  std::size_t other_cpu() { return random_() % kind_.cpus; }

  // A queue's task goes to another queue: what it has waited so far is accounted there.
  void balance(Cpu& cpu) {
    if (cpu.queue.empty() || !one_in(kind_.moves)) return;
    Waiter waiter = cpu.queue.back();
    cpu.queue.pop_back();
    waiter.elsewhere_ns += now_ns_ - waiter.since_ns;
    waiter.since_ns = now_ns_;
    cpus_[other_cpu()].queue.push_back(waiter);
  }

  void step(std::size_t index) {
    Cpu& cpu = cpus_[index];
    balance(cpu);
    for (std::size_t wakes = random_() % 3; wakes > 0 && !cpu.asleep.empty(); wakes--) {
      const std::size_t at = random_() % cpu.asleep.size();
      const std::uint32_t tid = cpu.asleep[at].tid;
      cpu.asleep.erase(cpu.asleep.begin() + static_cast<std::ptrdiff_t>(at));
      cpus_[one_in(kind_.moves) ? other_cpu() : index].queue.push_back({tid, now_ns_, 0});
    }
    Waiter next;
    if (!cpu.queue.empty()) {
      next = cpu.queue.front();
      cpu.queue.erase(cpu.queue.begin());
    }
    if (next.tid == cpu.running) return;
    SwitchFields fields{.from = cpu.running, .to = next.tid};
    if (next.tid != 0) fields.wait_ns = now_ns_ - next.since_ns;
    fields.elsewhere_ns = next.elsewhere_ns;
    fields.clock_age_ns = one_in(4) ? random_() % 30'000 : random_() % 60;
    fields.nr_running = static_cast<std::uint16_t>(cpu.queue.size() + 1);
    if (cpu.running != 0) {
      const bool sleeps = !one_in(3);
      fields.state = !sleeps ? kRunnable : one_in(5) ? kDiskSleep : kSleeping;
      if (sleeps)
        cpu.asleep.push_back({cpu.running, now_ns_});
      else
        cpu.queue.push_back({cpu.running, now_ns_, 0});
    }
    cpu.running = next.tid;
    stream.on_cpu(static_cast<std::uint16_t>(index));
    // The kernel shows some switches not at all.
    if (one_in(10 * kind_.rare))
      stream.hides(fields);
    else
      stream.switches(fields);
  }

  void do_something_rare() {
    const std::size_t index = random_() % kind_.cpus;
    Cpu& cpu = cpus_[index];
    stream.on_cpu(static_cast<std::uint16_t>(index));
    switch (random_() % 7) {
      case 0:  // a birth
        stream.born(next_tid_, {.comm = name(), .start_ns = next_tid_});
        cpu.asleep.push_back({next_tid_++, now_ns_});
        break;
      case 1:  // an end, with its last switch
        if (cpu.running == 0) break;
        stream.ends(cpu.running);
        now_ns_ += 100;
        stream.at(now_ns_).switches(
            {.from = cpu.running, .to = 0, .state = kDead, .clock_age_ns = 10});
        cpu.running = 0;
        break;
      case 2:
        if (cpu.running != 0) stream.renamed(cpu.running, name());
        break;
      case 3:
        stream.lost(HT_SWITCH, 1, now_ns_);
        break;
      case 4:  // a sleeper whose dequeue is delayed
        if (!cpu.asleep.empty())
          stream.migrates(cpu.asleep.back().tid, static_cast<std::uint16_t>(other_cpu()), 0,
                          HT_MIGRATE_ASLEEP);
        break;
      case 5:
        if (cpu.running != 0) stream.counters(cpu.running);
        break;
      default:
        stream.tick();
    }
  }

  Kind kind_;
  std::mt19937 random_;
  std::uint64_t now_ns_ = 1'000'000;
  std::uint32_t next_tid_ = kFirstTid;
  std::vector<Cpu> cpus_;
};

}  // namespace hoodtrace
