// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/boot/tracker.hpp"

#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/boot_scenario.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kMs = 1'000'000;

BootTracker play(const BootScenario& scenario) {
  BootTracker tracker;
  for (std::size_t i = 0; i < scenario.stream.records().size(); i++) {
    const std::optional<Event> event = decode(scenario.stream.records().at(i));
    EXPECT_TRUE(event.has_value());
    if (event) feed(tracker, *event);
  }
  return tracker;
}

TEST(BootPhases, PhasesLieBetweenTheManagersTimes) {
  BootScenario scenario;
  scenario.phases(2000 * kMs, 5000 * kMs, 9000 * kMs, 700 * kMs, 300 * kMs);
  const BootTracker tracker = play(scenario);
  ASSERT_TRUE(tracker.phases());
  EXPECT_EQ(tracker.phases()->firmware_ns, 700 * kMs);
  EXPECT_EQ(tracker.phases()->kernel_length_ns(), 2000 * kMs);
  EXPECT_EQ(tracker.phases()->initrd_length_ns(), 3000 * kMs);
  EXPECT_EQ(tracker.phases()->userspace_length_ns(), 4000 * kMs);
  EXPECT_EQ(tracker.phases()->words.at("version"), "252");
}

TEST(BootPhases, WithoutAnInitrdTheKernelReachesToUserspace) {
  BootScenario scenario;
  scenario.phases(0, 5000 * kMs, 9000 * kMs);
  const BootTracker tracker = play(scenario);
  EXPECT_EQ(tracker.phases()->kernel_length_ns(), 5000 * kMs);
  EXPECT_EQ(tracker.phases()->initrd_length_ns(), std::nullopt);
}

TEST(BootPhases, AnUnfinishedStartHasNoLength) {
  BootScenario scenario;
  scenario.phases(0, 5000 * kMs, 0);
  EXPECT_EQ(play(scenario).phases()->userspace_length_ns(), std::nullopt);
}

TEST(BootUnit, AFinishedOneshotWasUpWhenItBecameInactive) {
  BootScenario scenario;
  scenario.unit({.name = "once.service", .activating_ns = 10, .inactive_ns = 40});
  const BootTracker tracker = play(scenario);
  EXPECT_EQ(tracker.units().at("once.service").up_ns(), 40U);
  EXPECT_EQ(tracker.units().at("once.service").took_ns(), 30U);
}

TEST(BootUnit, ARestartingUnitIsNotUp) {
  BootScenario scenario;
  scenario.unit({.name = "again.service", .activating_ns = 50, .active_ns = 20, .inactive_ns = 40});
  const BootTracker tracker = play(scenario);
  EXPECT_EQ(tracker.units().at("again.service").up_ns(), 0U);
  EXPECT_EQ(tracker.units().at("again.service").took_ns(), std::nullopt);
}

TEST(BootUnit, TheLaterManagersStateReplacesThatOfTheInitrd) {
  BootScenario scenario;
  scenario.unit({.name = "udevd.service", .active_ns = 5, .flags = HT_BOOT_UNIT_INITRD})
      .unit({.name = "initrd.target", .active_ns = 9, .flags = HT_BOOT_UNIT_INITRD})
      .unit({.name = "udevd.service", .active_ns = 50});
  const BootTracker tracker = play(scenario);
  EXPECT_FALSE(tracker.units().at("udevd.service").in_initrd);
  EXPECT_EQ(tracker.units().at("udevd.service").active_ns, 50U);
  EXPECT_TRUE(tracker.units().at("initrd.target").in_initrd);
}

TEST(ForkAudit, CountsBirthsBetweenTheReadings) {
  BootScenario scenario;
  scenario.at(100 * kMs).forks(1000);
  scenario.at(200 * kMs).stream.born(10, {}).born(11, {});
  scenario.at(900 * kMs).forks(1002);
  const std::optional<ForkAudit> audit = play(scenario).forks();
  ASSERT_TRUE(audit);
  EXPECT_EQ(audit->kernel, 2U);
  EXPECT_EQ(audit->least, 2U);
  EXPECT_EQ(audit->most, 2U);
  EXPECT_TRUE(audit->agrees());
}

TEST(ForkAudit, ABirthDuringAReadingMayBeOnEitherSide) {
  BootScenario scenario;
  scenario.at(100 * kMs).forks(1000);
  scenario.at(100 * kMs + 500).stream.born(10, {});
  scenario.at(500 * kMs).stream.born(11, {});
  scenario.at(900 * kMs).forks(1001);
  const std::optional<ForkAudit> audit = play(scenario).forks();
  EXPECT_EQ(audit->least, 1U);
  EXPECT_EQ(audit->most, 2U);
  EXPECT_TRUE(audit->agrees());
}

TEST(ForkAudit, AMissedBirthIsSeen) {
  BootScenario scenario;
  scenario.at(100 * kMs).forks(1000);
  scenario.at(500 * kMs).stream.born(10, {});
  scenario.at(900 * kMs).forks(1002);
  EXPECT_FALSE(play(scenario).forks()->agrees());
}

TEST(ForkAudit, NeedsTwoReadings) {
  BootScenario scenario;
  scenario.at(100 * kMs).forks(1000);
  EXPECT_EQ(play(scenario).forks(), std::nullopt);
}

TEST(SystemUnit, IsTheFirstPartOfThePathThatIsNoSlice) {
  EXPECT_EQ(system_unit_of_cgroup("/system.slice/ssh.service"), "ssh.service");
  EXPECT_EQ(system_unit_of_cgroup("/system.slice/system-getty.slice/getty@tty1.service"),
            "getty@tty1.service");
  EXPECT_EQ(system_unit_of_cgroup("/user.slice/user-0.slice/user@0.service/app.slice/x.service"),
            "user@0.service");
  EXPECT_EQ(system_unit_of_cgroup("/system.slice/a.service/inner"), "a.service");
  EXPECT_EQ(system_unit_of_cgroup("/init.scope"), "init.scope");
  EXPECT_EQ(system_unit_of_cgroup("/system.slice"), "");
  EXPECT_EQ(system_unit_of_cgroup("/"), "");
  EXPECT_EQ(system_unit_of_cgroup(""), "");
}

}  // namespace
}  // namespace hoodtrace
