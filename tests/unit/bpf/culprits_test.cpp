// SPDX-License-Identifier: GPL-2.0-or-later
// bpf/sched/culprits.bpf.h, compiled for the host, against sums over a plain list of runs.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "unit/bpf/host/culprits_side.h"
#include "unit/bpf/host/host_bpf.h"

namespace hoodtrace {
namespace {

constexpr std::uint32_t kWaiter = 900;
constexpr std::uint64_t kFirstNs = 1'000'000;

using Sums = std::map<std::uint32_t, std::uint64_t>;  // by tid; under kWaiter: before the first run

class CulpritsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    host_cpu = 0;
    host_set_room(4000);
    host_set_up_culprits(&state_, history_.get());
  }

  void run(std::uint32_t tid, std::uint64_t length_ns) {
    host_run(now_ns_, tid);
    runs_.push_back({now_ns_, tid});
    now_ns_ += length_ns;
  }
  // What a wait that ends now was behind, by the records of it.
  static Sums recorded() {
    Sums sums;
    while (const auto* record = static_cast<const ht_behind*>(host_take())) {
      EXPECT_EQ(record->head.type, HT_BEHIND);
      EXPECT_EQ(record->head.tid, kWaiter);
      for (std::uint32_t i = 0; i < record->count; i++) {
        EXPECT_EQ(sums.count(record->segments[i].tid), 0U) << "in two segments";
        sums[record->segments[i].tid] += record->segments[i].ns;
      }
      if (record->rest_ns != 0) sums[kWaiter] += record->rest_ns;
    }
    return sums;
  }
  [[nodiscard]] Sums expected(std::uint64_t wait_ns) const {
    Sums sums;
    const std::uint64_t start = now_ns_ - wait_ns;
    std::uint64_t end = now_ns_;
    for (auto at = runs_.rbegin(); at != runs_.rend() && end > start; ++at) {
      const std::uint64_t from = std::max(start, at->clock_ns);
      if (end > from) sums[at->tid] += end - from;
      end = std::min(end, at->clock_ns);
    }
    if (end > start) sums[kWaiter] = end - start;
    return sums;
  }
  void check(std::uint64_t wait_ns) {
    host_record_wait(now_ns_, wait_ns, kWaiter);
    EXPECT_EQ(recorded(), expected(wait_ns)) << "of " << wait_ns << " ns at " << now_ns_;
  }

  struct Run {
    std::uint64_t clock_ns;
    std::uint32_t tid;
  };
  std::unique_ptr<ht_history> history_ = std::make_unique<ht_history>();
  ht_cpu_state state_{};
  std::vector<Run> runs_;
  std::uint64_t now_ns_ = kFirstNs;
};

TEST_F(CulpritsTest, AWaitInOneRunIsBehindThatTask) {
  run(5, 300);
  run(7, 1000);
  check(1);
  check(999);
  check(1000);  // as long as the run
}

TEST_F(CulpritsTest, AWaitThatBeganBeforeTheLastRunIsBehindBoth) {
  run(5, 300);
  run(7, 1000);
  check(1001);
  check(1300);
}

TEST_F(CulpritsTest, OneTaskThatRanTwiceHasOneSegment) {
  run(7, 300);
  run(7, 1000);
  check(1200);
}

TEST_F(CulpritsTest, TheIdleTaskIsATaskToo) {
  run(5, 300);
  run(0, 1000);
  check(700);
  check(1100);
}

TEST_F(CulpritsTest, WhatIsBeforeTheFirstRunStaysUnknown) {
  run(7, 1000);
  check(4000);
}

// Four tasks: as many as find room in any block (BLOCK_PROBES).
TEST_F(CulpritsTest, RandomWaitsAreBehindWhatRan) {
  std::mt19937 random(18);
  const std::uint32_t tids[] = {0, 7, 8, 4242};
  for (int i = 0; i < 3000; i++) {
    run(tids[random() % 4], random() % 10 == 0 ? random() % 2'000'000 : 1 + random() % 3000);
    const std::uint64_t known_ns = now_ns_ - kFirstNs;
    if (known_ns == 0) continue;
    check(1 + random() % std::min<std::uint64_t>(known_ns, 2000));
    if (i % 10 == 0) check(1 + random() % known_ns);
  }
}

}  // namespace
}  // namespace hoodtrace
