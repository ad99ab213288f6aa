// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <type_traits>
#include <vector>

#include "event/event.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {
namespace {

// Room for any record and a newer, longer one.
struct Bytes {
  alignas(8) char data[4096] = {};

  ht_header& head() { return *reinterpret_cast<ht_header*>(data); }
  template <class Record>
  Record& as() {
    return *reinterpret_cast<Record*>(data);
  }
  [[nodiscard]] RecordView view(std::size_t bytes) const {
    return {reinterpret_cast<const ht_header*>(data), static_cast<std::uint32_t>(bytes)};
  }
};

Bytes good(std::uint16_t type) {
  Bytes bytes;
  bytes.head() = {5, 7, type, static_cast<__u16>(type < HT_KIND_LIMIT ? 1 : HT_NO_CPU)};
  return bytes;
}

template <class Record>
void check_sizes(std::uint16_t type) {
  const Bytes bytes = good(type);
  const std::optional<Event> exact = decode(bytes.view(sizeof(Record)));
  ASSERT_TRUE(exact) << event_name(type);
  ASSERT_TRUE(exact->as<Record>() != nullptr) << event_name(type);
  EXPECT_EQ(static_cast<const void*>(exact->as<Record>()), bytes.data);
  // Unused segments may be missing, and fields that old records lack: below.
  const std::size_t least = std::is_same_v<Record, ht_behind> ? offsetof(ht_behind, segments)
                            : std::is_same_v<Record, ht_exit> ? offsetof(ht_exit, exec_runtime_ns)
                                                              : sizeof(Record);
  for (std::size_t short_by = sizeof(Record) - least + 8; short_by <= sizeof(Record); short_by += 8)
    EXPECT_FALSE(decode(bytes.view(sizeof(Record) - short_by))) << event_name(type);
  EXPECT_TRUE(decode(bytes.view(sizeof(Record) + 8))) << "a newer " << event_name(type);
}

TEST(Decode, EveryTypeTakesItsSizeOrMoreAndRefusesLess) {
#define HT_CHECK(id, NAME, type) check_sizes<type>(HT_##NAME);
  HT_EVENTS(HT_CHECK)
#undef HT_CHECK
}

TEST(Decode, AnUnknownTypeIsRefusedAndHasNoName) {
  std::set<int> known;
#define HT_KNOWN(id, NAME, type) known.insert(id);
  HT_EVENTS(HT_KNOWN)
#undef HT_KNOWN
  for (int type = 0; type < 65536; type++) {
    if (known.count(type) > 0) continue;
    const Bytes bytes = good(static_cast<std::uint16_t>(type));
    ASSERT_FALSE(decode(bytes.view(sizeof(bytes.data)))) << type;
    ASSERT_EQ(event_name(static_cast<std::uint16_t>(type)), "?");
  }
  EXPECT_EQ(event_name(HT_SWITCH), "SWITCH");
}

TEST(Decode, ATidBeyondTheKernelsLimitIsRefusedForEveryType){
#define HT_CHECK(id, NAME, type)                                   \
  {                                                                \
    Bytes bytes = good(HT_##NAME);                                 \
    bytes.head().tid = HT_PID_LIMIT;                               \
    EXPECT_FALSE(decode(bytes.view(sizeof(bytes.data)))) << #NAME; \
    bytes.head().tid = HT_PID_LIMIT - 1;                           \
    EXPECT_TRUE(decode(bytes.view(sizeof(bytes.data)))) << #NAME;  \
  }
    HT_EVENTS(HT_CHECK)
#undef HT_CHECK
}

TEST(Decode, ACpuBeyondTheTablesIsRefusedAndNoCpuIsForUserspaceAlone) {
  Bytes bytes = good(HT_SWITCH);
  for (const std::uint16_t cpu : {std::uint16_t{HT_CPU_LIMIT}, std::uint16_t{HT_NO_CPU}}) {
    bytes.head().cpu = cpu;
    EXPECT_FALSE(decode(bytes.view(sizeof(ht_switch)))) << cpu;
  }
  bytes.head().cpu = HT_CPU_LIMIT - 1;
  EXPECT_TRUE(decode(bytes.view(sizeof(ht_switch))));
  Bytes tick = good(HT_TICK);
  tick.head().cpu = HT_CPU_LIMIT;
  EXPECT_FALSE(decode(tick.view(sizeof(ht_tick))));
}

TEST(Decode, ATailLongerThanItsRecordIsRefused) {
  Bytes bytes = good(HT_SESSION);
  for (const std::uint32_t tail : {0U, 8U}) {
    bytes.as<ht_session>().tail_bytes = tail;
    EXPECT_TRUE(decode(bytes.view(sizeof(ht_session) + 8))) << tail;
  }
  for (const std::uint32_t tail : {9U, 4096U, 0x80000000U, 0xffffffffU}) {
    bytes.as<ht_session>().tail_bytes = tail;
    EXPECT_FALSE(decode(bytes.view(sizeof(ht_session) + 8))) << tail;
  }
}

TEST(Decode, OtherTidsCpusAndCountsInsideARecordAreChecked) {
  Bytes bytes = good(HT_SWITCH);
  bytes.as<ht_switch>().prev_tid = HT_PID_LIMIT;
  EXPECT_FALSE(decode(bytes.view(sizeof(ht_switch))));

  bytes = good(HT_TASK_EXEC);
  bytes.as<ht_task_exec>().old_tid = 0xffffffff;
  EXPECT_FALSE(decode(bytes.view(sizeof(ht_task_exec))));

  bytes = good(HT_MIGRATE);
  bytes.as<ht_migrate>().to_cpu = HT_CPU_LIMIT;
  EXPECT_FALSE(decode(bytes.view(sizeof(ht_migrate))));

  bytes = good(HT_BEHIND);
  bytes.as<ht_behind>().count = HT_BEHIND_SEGMENTS;
  EXPECT_TRUE(decode(bytes.view(sizeof(ht_behind))));
  // It may end with the segments in use, and not before.
  bytes.as<ht_behind>().count = 2;
  EXPECT_TRUE(decode(bytes.view(offsetof(ht_behind, segments) + 2 * sizeof(ht_segment))));
  EXPECT_FALSE(decode(bytes.view(offsetof(ht_behind, segments) + 2 * sizeof(ht_segment) - 8)));
  EXPECT_FALSE(decode(bytes.view(offsetof(ht_behind, segments) - 8)));
  bytes.as<ht_behind>().count = HT_BEHIND_SEGMENTS + 1;
  EXPECT_FALSE(decode(bytes.view(sizeof(ht_behind))));
}

TEST(Decode, AnOldExitRecordIsMarkedAsWithoutCounters) {
  Bytes bytes = good(HT_EXIT);
  EXPECT_TRUE(decode(bytes.view(offsetof(ht_exit, exec_runtime_ns))));
  bytes.as<ht_exit>().flags = HT_EXIT_COUNTERS;
  EXPECT_TRUE(decode(bytes.view(sizeof(ht_exit))));
  EXPECT_FALSE(decode(bytes.view(offsetof(ht_exit, exec_runtime_ns))));
}

TEST(Decode, ATailHasTheLengthInItsRecord) {
  RecordBuffer buffer;
  ht_cgroup_name name{};
  name.head = {1, 0, HT_CGROUP_NAME, HT_NO_CPU};
  buffer.add(name, "/a");
  const std::optional<Event> event = decode(buffer.at(0));
  ASSERT_TRUE(event);
  EXPECT_EQ(tail_of(*event->as<ht_cgroup_name>()), "/a");
}

TEST(Decode, EveryTroubleHasItsOwnKey) {
  std::set<std::string_view> keys;
  std::size_t count = 0;
#define HT_CHECK(id, NAME, key)                    \
  keys.insert(trouble_key(HT_TROUBLE_##NAME));     \
  EXPECT_EQ(trouble_key(HT_TROUBLE_##NAME), #key); \
  count++;
  HT_TROUBLES(HT_CHECK)
#undef HT_CHECK
  EXPECT_EQ(keys.size(), count);
  EXPECT_EQ(trouble_key(0), "?");
  EXPECT_EQ(trouble_key(0xffffffff), "?");
}

}  // namespace
}  // namespace hoodtrace
