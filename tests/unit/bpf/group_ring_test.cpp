// SPDX-License-Identifier: GPL-2.0-or-later
// The writer of a group ring (bpf/group_ring.bpf.h, compiled for the host) against its reader
// (live/group_ring.hpp), over the same memory.

#include "live/group_ring.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/fd.hpp"
#include "unit/bpf/host/bpf_side.h"
#include "unit/bpf/host/host_bpf.h"

namespace hoodtrace {
namespace {

constexpr std::uint32_t kGroups = 8;
constexpr std::uint64_t kTimeNotRead = 0;  // HT_TIME_NOT_READ, bpf/group_ring.bpf.h
constexpr std::uint32_t kRoom = kGroups * HT_GROUP_LEN;

// One CPU's ring in shared memory, as BPF_F_MMAPABLE maps are.
class GroupRingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    rings_fd_ = make(sizeof(ht_switch_ring));
    slots_fd_ = make(sizeof(ht_switch_group) * kGroups);
    host_cpu = 0;
    host_set_room(1000);
    host_set_up_switches(&state_, map<ht_switch_ring>(rings_fd_, 1),
                         map<ht_switch_group>(slots_fd_, kGroups), 1, kGroups);
    Result<std::vector<SwitchRing>> rings =
        SwitchRing::create(rings_fd_.get(), slots_fd_.get(), 1, kGroups);
    ASSERT_TRUE(rings);
    rings_ = std::move(*rings);
  }

  static Fd make(std::size_t bytes) {
    Fd fd(::memfd_create("group_ring", MFD_CLOEXEC));
    EXPECT_EQ(::ftruncate(fd.get(), static_cast<off_t>((bytes + 65535) / 65536 * 65536)), 0);
    return fd;
  }
  template <class Value>
  static Value* map(const Fd& fd, std::size_t count) {
    void* memory =
        ::mmap(nullptr, sizeof(Value) * count, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
    EXPECT_NE(memory, MAP_FAILED);
    return static_cast<Value*>(memory);
  }

  void write(std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t n = from; n < to; n++)
      ASSERT_TRUE(host_write_switch(static_cast<std::uint32_t>(n), n)) << n;
  }
  // The times of what is there now, each record checked; all of it is given back.
  std::vector<std::uint64_t> read() {
    SwitchRing& ring = rings_[0];
    std::vector<std::uint64_t> times;
    ring.look();
    RingReader::Item item{};
    while (ring.scan(item)) {
      const auto& record = *reinterpret_cast<const ht_switch*>(item.record.head);
      EXPECT_EQ(record.head.type, HT_SWITCH);
      EXPECT_EQ(record.head.tid, record.head.time_ns);
      EXPECT_EQ(record.wait_ns, record.head.time_ns * 3);
      EXPECT_EQ(record.run_delay_ns, record.head.time_ns * 7);
      times.push_back(record.head.time_ns);
    }
    ring.consume_to(ring.scanned());
    return times;
  }
  static std::vector<std::uint64_t> numbers(std::uint64_t from, std::uint64_t to) {
    std::vector<std::uint64_t> all;
    for (std::uint64_t n = from; n < to; n++) all.push_back(n);
    return all;
  }

  ht_cpu_state state_{};
  Fd rings_fd_;
  Fd slots_fd_;
  std::vector<SwitchRing> rings_;
};

TEST_F(GroupRingTest, RecordsOfAnOpenGroupAreReadBeforeItIsStored) {
  write(1, 4);
  EXPECT_EQ(read(), numbers(1, 4));
  write(4, 6);
  EXPECT_EQ(read(), numbers(4, 6));
  write(6, 30);
  EXPECT_EQ(read(), numbers(6, 30));
  EXPECT_TRUE(read().empty());
}

TEST_F(GroupRingTest, AFullRingReportsItsLossBeforeTheNextRecord) {
  write(1, kRoom + 1);
  for (int i = 0; i < 5; i++) EXPECT_FALSE(host_write_switch(1, 900 + i));
  EXPECT_EQ(state_.lost[HT_SWITCH], 5U);
  EXPECT_EQ(host_take(), nullptr) << "nothing is said while there is no room";
  EXPECT_EQ(read(), numbers(1, kRoom + 1));
  write(1000, 1003);
  const auto* lost = static_cast<const ht_lost*>(host_take());
  ASSERT_NE(lost, nullptr);
  EXPECT_EQ(lost->counts[HT_SWITCH], 5U);
  EXPECT_EQ(lost->head.time_ns, 900U);
  EXPECT_EQ(lost->last_ns, 904U);
  EXPECT_EQ(state_.lost[HT_SWITCH], 0U);
  EXPECT_EQ(read(), numbers(1000, 1003));
}

TEST_F(GroupRingTest, ALossBeforeTheClockWasReadHasTheTimeOfTheLoss) {
  write(1, kRoom + 1);
  host_now_ns = 900;
  EXPECT_FALSE(host_write_switch(1, kTimeNotRead));
  host_now_ns = 907;
  EXPECT_FALSE(host_write_switch(1, kTimeNotRead));
  EXPECT_EQ(state_.lost_first_ns, 900U);
  EXPECT_EQ(state_.lost_last_ns, 907U);
}

TEST_F(GroupRingTest, WithoutSpaceToReportALossTheRingStaysClosed) {
  write(1, kRoom + 1);
  EXPECT_FALSE(host_write_switch(1, 900));
  EXPECT_EQ(read(), numbers(1, kRoom + 1));
  host_set_room(0);
  EXPECT_FALSE(host_write_switch(1, 901)) << "a reader would take the gap for none";
  EXPECT_EQ(state_.lost[HT_SWITCH], 2U);
}

TEST_F(GroupRingTest, TheReaderIsWokenForEachShareThatWasStored) {
  host_set_room(1000);
  write(1, kRoom + 1);
  EXPECT_EQ(host_wakeups(), std::uint32_t{HT_WAKE_SHARE});
}

// The two sides at once, on their own threads.
TEST_F(GroupRingTest, AConcurrentReaderReadsEachRecordOnce) {
  constexpr std::uint64_t kRecords = 30'000;
  std::atomic<bool> done = false;
  std::uint64_t refused = 0;
  std::thread writer([&] {
    host_set_room(4000);
    for (std::uint64_t n = 1; n <= kRecords; n++)
      while (!host_write_switch(static_cast<std::uint32_t>(n), n)) {
        refused++;
        while (host_take() != nullptr) {
        }
        std::this_thread::yield();
      }
    done = true;
  });
  std::uint64_t next = 1;
  while (next <= kRecords) {
    const bool was_done = done;
    for (const std::uint64_t time : read()) ASSERT_EQ(time, next++);
    if (was_done && next <= kRecords) {
      for (const std::uint64_t time : read()) ASSERT_EQ(time, next++);
      break;
    }
  }
  writer.join();
  EXPECT_EQ(next, kRecords + 1) << refused << " times there was no room";
}

}  // namespace
}  // namespace hoodtrace
