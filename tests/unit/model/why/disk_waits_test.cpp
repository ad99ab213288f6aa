// SPDX-License-Identifier: GPL-2.0-or-later
// Sleeps for disks, by the request that ended them.
#include "model/why/disk_waits.hpp"

#include <gtest/gtest.h>

namespace hoodtrace {
namespace {

constexpr TaskId kTask = 3;
constexpr std::uint32_t kFirstDisk = 254U << 20;

ht_disk request(std::uint64_t serial, std::uint64_t start_ns, std::uint64_t issue_ns,
                std::uint64_t complete_ns) {
  ht_disk record{};
  record.head.time_ns = complete_ns + 4;
  record.serial = serial;
  record.file = {100, 8, 1};
  record.kind = HT_DISK_OF_FILE;
  record.dev = kFirstDisk;
  record.start_ns = start_ns;
  record.issue_ns = issue_ns;
  record.complete_ns = complete_ns;
  return record;
}

ht_disk_wait wait(std::uint64_t serial, std::uint64_t since_ns, std::uint64_t until_ns) {
  ht_disk_wait record{};
  record.head.time_ns = until_ns;
  record.since_ns = since_ns;
  record.serial = serial;
  record.flags = HT_WAIT_IOWAIT;
  return record;
}

TEST(WhyDiskWaits, ASleepIsDividedIntoQueueDeviceAndRest) {
  WhyDiskWaits waits;
  waits.on(wait(1, 1000, 2100), kTask);
  waits.on(request(1, 900, 1300, 2000));
  const WhyDiskWaits::OfTask& of = waits.tasks().at(kTask);
  ASSERT_EQ(of.by_place.size(), 1U);
  const auto& [place, sum] = *of.by_place.begin();
  EXPECT_EQ(place.file.inode, 100U);
  EXPECT_EQ(place.dev, kFirstDisk);
  EXPECT_EQ(place.op, DiskOp::kRead);
  EXPECT_EQ(sum.ns, 1100U);
  EXPECT_EQ(sum.queued_ns, 300U);
  EXPECT_EQ(sum.device_ns, 700U);
  EXPECT_EQ(sum.other_ns(), 100U);
  EXPECT_EQ(of.iowait_ns, 1100U);
}

TEST(WhyDiskWaits, TheRecordOfTheSleepMayComeAfterThatOfTheRequest) {
  WhyDiskWaits waits;
  waits.on(request(1, 900, 1000, 2000));
  waits.on(wait(1, 1500, 2010), kTask);
  waits.on(wait(1, 1600, 2010), kTask);
  const WhyDiskWaits::Sum& sum = waits.tasks().at(kTask).by_place.begin()->second;
  EXPECT_EQ(sum.count, 2U);
  EXPECT_EQ(sum.device_ns, 900U);
  EXPECT_EQ(sum.max_ns, 510U);
}

TEST(WhyDiskWaits, ASleepThatNoKnownRequestEndedIsApart) {
  WhyDiskWaits waits;
  waits.on(wait(0, 1000, 3000), kTask);
  const WhyDiskWaits::OfTask& of = waits.tasks().at(kTask);
  EXPECT_TRUE(of.by_place.empty());
  EXPECT_EQ(of.elsewhere_ns, 2000U);
  EXPECT_EQ(of.elsewhere_count, 1U);
}

}  // namespace
}  // namespace hoodtrace
