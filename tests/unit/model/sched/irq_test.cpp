// SPDX-License-Identifier: GPL-2.0-or-later
// Interrupts by source and by whose run they cut.
#include "model/sched/irq.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint32_t kTask = 10;
constexpr std::uint32_t kKsoftirqd = 11;

class IrqTrackerTest : public ::testing::Test {
 protected:
  IrqTrackerTest() {
    scenario.at(1)
        .session()
        .seen(kTask, {.comm = "victim"})
        .seen(kKsoftirqd, {.comm = "ksoftirqd/0", .kthread = true});
  }

  void irq(std::uint32_t tid, std::uint8_t kind, std::uint32_t vector, std::uint64_t ns,
           const char* name = "") {
    ht_irq record{};
    record.head = {scenario.now_ns(), tid, HT_IRQ, 0};
    record.ns = ns;
    record.vector = vector;
    record.kind = kind;
    std::strncpy(record.name, name, sizeof(record.name) - 1);
    scenario.add(record);
  }
  void play() {
    for (; played < scenario.records().size(); played++) {
      const std::optional<Event> event = decode(scenario.records().at(played));
      ASSERT_TRUE(event);
      feed(tasks, *event);
      feed(tracker, *event);
    }
  }

  StreamBuilder scenario;
  TaskTable tasks;
  IrqTracker tracker{tasks};
  std::size_t played = 0;
};

TEST_F(IrqTrackerTest, ASourceHasItsTimeItsMaximumAndWhoseRunsItCut) {
  irq(kTask, HT_IRQ_DEVICE, 36, 700, "disk");
  irq(kTask, HT_IRQ_DEVICE, 36, 300, "disk");
  irq(0, HT_IRQ_DEVICE, 36, 50, "disk");
  play();
  ASSERT_EQ(tracker.sources().size(), 1U);
  const auto& [key, source] = *tracker.sources().begin();
  EXPECT_EQ(key.name, "disk");
  EXPECT_EQ(source.all.count, 3U);
  EXPECT_EQ(source.all.ns, 1050U);
  EXPECT_EQ(source.all.max_ns, 700U);
  EXPECT_EQ(source.idle_ns, 50U);
  EXPECT_EQ(source.cut.at(tasks.find(kTask)), 1000U);
  EXPECT_EQ(tracker.loss(tasks.find(kTask))->hard.ns, 1000U);
  EXPECT_EQ(tracker.idle().hard.count, 1U);
}

// What ksoftirqd runs is its own work, and what a timer takes of it is not.
TEST_F(IrqTrackerTest, SoftInterruptsOfKsoftirqdAreNotTakenFromIt) {
  irq(kKsoftirqd, HT_IRQ_SOFT, 3, 900);
  irq(kKsoftirqd, HT_IRQ_LOCAL, 236, 40, "local timer");
  play();
  EXPECT_EQ(tracker.loss(tasks.find(kKsoftirqd))->ns(), 40U);
  EXPECT_EQ(tracker.sources().begin()->first.name, "NET_RX");
  EXPECT_EQ(tracker.sources().begin()->second.all.ns, 900U);
}

TEST_F(IrqTrackerTest, StolenTimeIsOfWhomItWasStolenFrom) {
  scenario.add(ht_stolen{{5, kTask, HT_STOLEN, 0}, 4000, 0, 4000, HT_STOLEN_STEAL, 0});
  scenario.add(ht_stolen{{6, 0, HT_STOLEN, 0}, 100, 0, 100, HT_STOLEN_STEAL, 0});
  play();
  EXPECT_TRUE(tracker.has_steal());
  EXPECT_FALSE(tracker.has_kernel_irq());
  EXPECT_EQ(tracker.loss(tasks.find(kTask))->steal_ns, 4000U);
  EXPECT_EQ(tracker.idle().steal_ns, 100U);
}

TEST_F(IrqTrackerTest, WhatWasTakenFromAForgottenTaskStays) {
  irq(kTask, HT_IRQ_SOFT, 1, 10);
  play();
  tracker.fold(tasks.find(kTask));
  EXPECT_EQ(tracker.ended_others().soft.ns, 10U);
  EXPECT_EQ(tracker.sources().begin()->second.cut.at(kNoTask), 10U);
  EXPECT_EQ(tracker.loss(tasks.find(kTask)), nullptr);
  tracker.begin_interval();
  EXPECT_TRUE(tracker.sources().empty());
  EXPECT_EQ(tracker.ended_others().soft.ns, 0U);
}

}  // namespace
}  // namespace hoodtrace
