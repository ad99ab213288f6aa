// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/faults/signals.hpp"

#include <gtest/gtest.h>

#include <csignal>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/fault_scenario.hpp"

namespace hoodtrace {
namespace {

TEST(FaultSignals, AreCountedByMappingWithTheFirstAddress) {
  StreamBuilder scenario;
  scenario.session().seen(10, {.pid = 10, .comm = "server"});
  FaultScenario faults(scenario);
  TouchFields bus{.address = 0x5000, .done = false, .signal = SIGBUS};
  bus.place = HT_PLACE_FILE;
  bus.inode = 7;
  faults.touch(10, bus);
  bus.address = 0x6000;
  faults.touch(10, bus);
  faults.touch(10, {.address = 0x10, .done = false, .place = HT_PLACE_UNKNOWN, .signal = SIGSEGV});
  faults.touch(
      10,
      {.done = false, .facts = HT_FAULT_NO_ADDRESS, .place = HT_PLACE_UNKNOWN, .signal = SIGSEGV});
  faults.touch(10, {});
  TaskTable tasks;
  FaultSignals signals(tasks);
  for (std::size_t i = 0; i < scenario.records().size(); i++) {
    const std::optional<Event> event = decode(scenario.records().at(i));
    ASSERT_TRUE(event);
    feed(tasks, *event);
    feed(signals, *event);
  }
  ASSERT_EQ(signals.list().size(), 3U);
  const FaultSignal& in_file = signals.list().at({10, SIGBUS, HT_PLACE_FILE, true, FileKey(7, 0)});
  EXPECT_EQ(in_file.count, 2U);
  EXPECT_EQ(in_file.first_address, 0x5000U);
  EXPECT_EQ(signals.list().at({10, SIGSEGV, HT_PLACE_UNKNOWN, true, FileKey()}).first_address,
            0x10U);
  EXPECT_FALSE(signals.list().at({10, SIGSEGV, HT_PLACE_UNKNOWN, false, FileKey()}).first_address);
}

}  // namespace
}  // namespace hoodtrace
