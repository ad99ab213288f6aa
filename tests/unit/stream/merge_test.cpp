// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/merge.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <utility>
#include <vector>

namespace hoodtrace {
namespace {

constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

// Headers that stay where they are; the tid names the record.
class Records {
 public:
  explicit Records(std::size_t most) { heads_.reserve(most); }
  RecordView make(std::uint64_t time_ns, std::uint32_t tid = 0) {
    heads_.push_back({time_ns, tid, HT_SWITCH, 0});
    return {&heads_.back(), sizeof(ht_header)};
  }

 private:
  std::vector<ht_header> heads_;
};

// Inputs as rings: what was added is read again at its position.
class ScriptedRings {
 public:
  explicit ScriptedRings(std::size_t inputs) : rings_(inputs), merger(places()) {}

  void add(std::size_t input, RecordView record, std::uint64_t position) {
    rings_[input].records.emplace_back(position, record);
    merger.add(input, record, position);
  }

 private:
  struct Ring {
    std::vector<std::pair<std::uint64_t, RecordView>> records;  // by position
    [[nodiscard]] RecordView read(std::uint64_t& position) const {
      for (const auto& [at, record] : records)
        if (at >= position) {
          position = at + 1;
          return record;
        }
      ADD_FAILURE() << "nothing was added at or after " << position;
      return {};
    }
  };

  [[nodiscard]] std::vector<Merger::Input> places() const {
    std::vector<Merger::Input> list;
    for (const Ring& ring : rings_)
      list.push_back({&ring, [](const void* place, std::uint64_t& position) {
                        return static_cast<const Ring*>(place)->read(position);
                      }});
    return list;
  }

  std::vector<Ring> rings_;

 public:
  Merger merger;
};

std::vector<std::uint64_t> times(const std::vector<RecordView>& records) {
  std::vector<std::uint64_t> list;
  for (const RecordView& record : records) list.push_back(record.head->time_ns);
  return list;
}

TEST(Merge, Trap30_RandomInputsWithLocalDisorderAreSorted) {
  std::mt19937 random(11);
  for (int round = 0; round < 200; round++) {
    const std::size_t inputs = 1 + random() % 8;
    constexpr std::uint64_t kDisorder = 40;
    Records records(8 * 300);
    std::vector<std::vector<RecordView>> streams(inputs);
    std::vector<std::uint64_t> oracle;
    for (auto& stream : streams)
      for (std::uint64_t i = 0; i < random() % 300; i++) {
        // Nearly in order: never earlier than the input's time less kDisorder.
        const std::uint64_t time_ns = 1000 + 50 * i + random() % (50 + kDisorder);
        stream.push_back(records.make(time_ns));
        oracle.push_back(time_ns);
      }
    std::sort(oracle.begin(), oracle.end());

    ScriptedRings rings(inputs);
    Merger& merger = rings.merger;
    std::vector<RecordView> out;
    std::vector<std::size_t> given(inputs);
    bool left = true;
    while (left) {
      left = false;
      std::uint64_t watermark = kForever;
      for (std::size_t input = 0; input < inputs; input++) {
        for (std::size_t n = random() % 40; n > 0 && given[input] < streams[input].size(); n--) {
          const RecordView record = streams[input][given[input]];
          rings.add(input, record, given[input]++);
        }
        if (given[input] == streams[input].size()) continue;
        left = true;
        // What is still to come in this input can be this early.
        const std::uint64_t earliest = 1000 + 50 * given[input];
        watermark = std::min(watermark, earliest - 1);
      }
      const std::size_t limit = random() % 3 == 0 ? 1 + random() % 20 : kNoLimit;
      while (merger.release(watermark, limit, out)) {
      }
    }
    EXPECT_EQ(times(out), oracle);
    EXPECT_EQ(merger.late(), 0U);
    EXPECT_EQ(merger.held(), 0U);
  }
}

TEST(Merge, Trap30_NothingAboveTheWatermarkIsReleased) {
  Records records(8);
  ScriptedRings rings(2);
  Merger& merger = rings.merger;
  rings.add(0, records.make(10), 0);
  rings.add(0, records.make(20), 1);
  rings.add(1, records.make(15), 0);
  std::vector<RecordView> out;
  EXPECT_FALSE(merger.release(15, kNoLimit, out));
  EXPECT_EQ(times(out), (std::vector<std::uint64_t>{10, 15}));
  EXPECT_EQ(merger.held(), 1U);
  EXPECT_FALSE(merger.release(19, kNoLimit, out));
  EXPECT_EQ(out.size(), 2U);
  merger.release(20, kNoLimit, out);
  EXPECT_EQ(out.size(), 3U);
}

TEST(Merge, ALateRecordIsReleasedAtOnceAndCounted) {
  Records records(8);
  ScriptedRings rings(2);
  Merger& merger = rings.merger;
  rings.add(0, records.make(100), 0);
  std::vector<RecordView> out;
  merger.release(100, kNoLimit, out);
  rings.add(1, records.make(60), 0);
  EXPECT_EQ(merger.late(), 1U);
  rings.add(1, records.make(100), 1);  // the same time is not late
  EXPECT_EQ(merger.late(), 1U);
  merger.release(100, kNoLimit, out);
  EXPECT_EQ(times(out), (std::vector<std::uint64_t>{100, 60, 100}));
}

TEST(Merge, RecordsOfOneTimeKeepTheirOrderInAnInput) {
  Records records(8);
  ScriptedRings rings(1);
  Merger& merger = rings.merger;
  for (std::uint32_t tid = 1; tid <= 5; tid++) rings.add(0, records.make(10, tid), tid);
  std::vector<RecordView> out;
  merger.release(10, kNoLimit, out);
  for (std::uint32_t i = 0; i < 5; i++) EXPECT_EQ(out[i].head->tid, i + 1);
}

TEST(Merge, HeldPositionsAreNotReturnedYet) {
  Records records(8);
  ScriptedRings rings(2);
  Merger& merger = rings.merger;
  EXPECT_EQ(merger.oldest_held(0, 77), 77U);
  // In the ring at 0 and 64, but 64 is the earlier one: releasing it must not free 0.
  rings.add(0, records.make(50), 0);
  rings.add(0, records.make(40), 64);
  std::vector<RecordView> out;
  merger.release(45, kNoLimit, out);
  EXPECT_EQ(times(out), (std::vector<std::uint64_t>{40}));
  EXPECT_EQ(merger.oldest_held(0, 128), 0U);
  merger.release(50, kNoLimit, out);
  EXPECT_EQ(merger.oldest_held(0, 128), 128U);
}

TEST(Merge, AfterARecordThatWasEarlyTheSpaceIsReturnedInOrder) {
  Records records(8);
  ScriptedRings rings(1);
  rings.add(0, records.make(50, 1), 0);
  rings.add(0, records.make(40, 2), 1);
  rings.add(0, records.make(50, 3), 2);
  rings.add(0, records.make(45, 4), 3);
  std::vector<RecordView> out;
  rings.merger.release(kForever, 1, out);
  rings.merger.release(kForever, 1, out);
  EXPECT_EQ(rings.merger.oldest_held(0, 4), 0U);
  rings.merger.release(kForever, 1, out);
  EXPECT_EQ(rings.merger.oldest_held(0, 4), 2U);
  rings.add(0, records.make(60, 5), 4);
  rings.merger.release(kForever, 2, out);
  EXPECT_EQ(rings.merger.oldest_held(0, 5), 5U);
  std::vector<std::uint32_t> tids;
  for (const RecordView& record : out) tids.push_back(record.head->tid);
  EXPECT_EQ(tids, (std::vector<std::uint32_t>{2, 4, 1, 3, 5}));
}

TEST(Merge, OfEqualTimesTheLowerInputGoesFirstWhateverTheirNumber) {
  Records records(32);
  ScriptedRings rings(5);
  for (const std::uint32_t input : {3U, 1U, 4U, 0U, 2U}) {
    rings.add(input, records.make(10, input), 0);
    rings.add(input, records.make(20, input), 1);
  }
  std::vector<RecordView> out;
  EXPECT_FALSE(rings.merger.release(kForever, kNoLimit, out));
  std::vector<std::uint32_t> tids;
  for (const RecordView& record : out) tids.push_back(record.head->tid);
  EXPECT_EQ(tids, (std::vector<std::uint32_t>{0, 1, 2, 3, 4, 0, 1, 2, 3, 4}));
}

TEST(Merge, ALimitStopsAndReportsMore) {
  Records records(8);
  ScriptedRings rings(2);
  Merger& merger = rings.merger;
  for (std::uint64_t i = 0; i < 3; i++) {
    rings.add(0, records.make(10 + i), i);
    rings.add(1, records.make(10 + i), i);
  }
  std::vector<RecordView> out;
  EXPECT_TRUE(merger.release(kForever, 4, out));
  EXPECT_EQ(times(out), (std::vector<std::uint64_t>{10, 10, 11, 11}));
  EXPECT_FALSE(merger.release(kForever, 4, out));
  EXPECT_EQ(out.size(), 6U);
}

}  // namespace
}  // namespace hoodtrace
