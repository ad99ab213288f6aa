// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/record_watch.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "event/feed.hpp"
#include "support/life_records.hpp"
#include "support/stream_builder.hpp"
#include "support/why_scenario.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

// What pulls a trigger in the scenario, each on a line of its own.
std::string pulled(const StreamBuilder& scenario, const RecordWatch::Triggers& triggers) {
  RecordWatch watch(triggers);
  std::string lines;
  for (std::size_t i = 0; i < scenario.records().size(); i++) {
    const std::optional<Event> event = decode(scenario.records().at(i));
    EXPECT_TRUE(event);
    std::string out;
    if (watch.tasks() != nullptr) feed(*watch.tasks(), *event);
    watch.on_event(*event, out);
    if (const std::string line = watch.take_trigger(); !line.empty()) lines += line + "\n";
  }
  return lines;
}

StreamBuilder three_ends() {
  StreamBuilder scenario;
  LifeRecords life(scenario);
  scenario.at(kSecond).session();
  for (const std::uint32_t pid : {11U, 12U, 13U}) scenario.seen(pid, {.comm = "x"});
  scenario.at(2 * kSecond);
  life.exits(11, 3 << 8);
  life.exits(12, 9);
  life.exits(13, 0);
  return scenario;
}

TEST(RecordWatch, AnExitCodeOtherThanZeroIsATrigger) {
  RecordWatch::Triggers triggers;
  triggers.exit = true;
  EXPECT_EQ(pulled(three_ends(), triggers), "process 11 ended with code 3\n");
}

TEST(RecordWatch, AFatalSignalIsATrigger) {
  RecordWatch::Triggers triggers;
  triggers.signal = true;
  EXPECT_EQ(pulled(three_ends(), triggers), "process 12 was ended by signal 9\n");
}

TEST(RecordWatch, AZombieIsATriggerOnceItIsOldEnoughAndNotReaped) {
  RecordWatch::Triggers triggers;
  triggers.zombie_ns = 5 * kSecond;
  StreamBuilder scenario = three_ends();
  LifeRecords life(scenario);
  scenario.at(4 * kSecond);
  life.freed(12);
  scenario.at(7 * kSecond).trouble(HT_TROUBLE_LATE, 1);
  EXPECT_EQ(pulled(scenario, triggers), "");
  scenario.at(7 * kSecond + 1).trouble(HT_TROUBLE_LATE, 1);
  scenario.at(8 * kSecond);
  life.freed(11);
  scenario.at(20 * kSecond).trouble(HT_TROUBLE_LATE, 1);
  // 13 is as old at that moment: the trigger is pulled already.
  EXPECT_EQ(pulled(scenario, triggers), "process 11 has been a zombie for 5.00 s\n");
}

TEST(RecordWatch, WithoutTriggersNothingIsWritten) { EXPECT_EQ(pulled(three_ends(), {}), ""); }

// A sleep for a lock; one for work of the same length is none.
TEST(RecordWatch, ABlockedThreadIsATrigger) {
  StreamBuilder scenario;
  WhyScenario why(scenario);
  scenario.at(kSecond).session(HT_SESSION_EXACT | HT_SESSION_IOWAIT).on_cpu(0);
  scenario.seen(10, {.comm = "worker", .on_cpu = true}).seen(11, {.comm = "holder"});
  for (const bool locked : {false, true}) {
    why.sleeps(10, locked ? SleepFields{.call = kMunmapCall,
                                        .owner_tid = 11,
                                        .lock = HT_LOCK_RWSEM_WRITE,
                                        .which = HT_LOCK_OF_MM}
                          : SleepFields{.call = kNanosleepCall});
    scenario.switches({.from = 10, .to = 0, .state = kSleeping});
    scenario.at(scenario.now_ns() + kSecond / 5).switches({.from = 0, .to = 10});
    scenario.at(scenario.now_ns() + kSecond / 5);
  }
  RecordWatch::Triggers triggers;
  triggers.blocked_ns = kSecond / 10;
  EXPECT_EQ(pulled(scenario, triggers),
            "worker (tid 10) was blocked for 200 ms: munmap: mmap_lock, held by holder (11)\n");
}

}  // namespace
}  // namespace hoodtrace
