// SPDX-License-Identifier: GPL-2.0-or-later
#include "golden/scenarios.hpp"
#include "support/fault_scenario.hpp"

namespace hoodtrace::golden {

StreamBuilder forking_server() {
  constexpr std::uint64_t kMs = 1'000'000;
  const TouchFields zeroed{.took_ns = 700,
                           .write = true,
                           .alloc = true,
                           .zeroed = true,
                           .rss = HT_FAULT_RSS_ANON,
                           .place = HT_PLACE_HEAP};
  const TouchFields disk{.address = 0x7f0000400000,
                         .took_ns = 85'000,
                         .major = true,
                         .rss = HT_FAULT_RSS_FILE,
                         .place = HT_PLACE_FILE,
                         .inode = 5,
                         .dev = 0xfe00001};
  TouchFields copy{.took_ns = 1800, .present = true, .write = true, .alloc = true};
  TouchFields reuse{.took_ns = 400, .present = true, .write = true};
  StreamBuilder scenario;
  FaultScenario faults(scenario);
  scenario.at(1000 * kMs)
      .session(0, "process 100 and what it starts", "page_fault_user (tp_btf)")
      .cgroup(7, "/system.slice/db.service")
      .seen(100, {.pid = 100, .comm = "server", .cgroup_id = 7})
      .seen(101, {.pid = 100, .comm = "worker\x1b[5m", .cgroup_id = 7});
  scenario.at(1001 * kMs);
  for (std::uint64_t page = 0; page < 5; page++) {
    TouchFields next = zeroed;
    next.address = 0x560000010000 + page * 4096;
    faults.touch(100, next);
  }
  faults.file(5, 0xfe00001, {"data\x9b.db", "srv"}).touch(101, disk).unseen(101, 1);
  scenario.at(1010 * kMs)
      .born(200, {.pid = 200, .parent_pid = 100, .comm = "server", .cgroup_id = 7});
  ht_fork fork{};
  fork.head = {scenario.now_ns(), 100, HT_FORK, 0};
  fork.fork_ns = 350'000;
  fork.anon_bytes = 5U * 4096;
  fork.child_pid = 200;
  fork.pid = 100;
  fork.hugetlb_bytes = 4U << 20;
  fork.copied_bytes = 2U * 4096;
  fork.copied_pages = 2;
  fork.flags = HT_FORK_OWN | HT_FORK_TABLES | HT_FORK_KSM;
  scenario.raw(&fork, sizeof(fork));
  scenario.at(1011 * kMs);
  for (std::uint64_t page = 0; page < 3; page++) {
    copy.address = 0x560000010000 + page * 4096;
    faults.touch(200, copy);
  }
  TouchFields own = copy;
  own.facts = HT_FAULT_GUP;
  own.took_ns = HT_UNKNOWN_NS;
  TouchFields split = copy;
  split.facts = HT_FAULT_SPLIT;
  TouchFields merged = copy;
  merged.facts = HT_FAULT_KSM;
  TouchFields truncated = disk;
  truncated.done = false;
  truncated.signal = 7;
  faults.touch(200, own).touch(200, split).touch(100, merged).touch(101, truncated);
  faults.touch(100, copy).touch(200, {.done = false, .place = HT_PLACE_UNKNOWN, .signal = 11});
  scenario.at(1012 * kMs);
  faults.ends(200).touch(100, reuse);
  faults.copies(100, 0, HT_FAULT_BOOKS_FIRST).touch(100, reuse).copies(100, 0);
  scenario.at(1020 * kMs);
  faults.counters(100).counters(101);
  scenario.at(1021 * kMs).lost(HT_FAULT, 2, 1021 * kMs + 5);
  return scenario.at(1030 * kMs).end();
}

}  // namespace hoodtrace::golden
