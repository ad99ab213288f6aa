// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/top/ticking_source.hpp"

#include <gtest/gtest.h>

#include "stream/vector_source.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {
namespace {

// Times of the interval ticks, and how many other records there are.
struct Seen {
  std::vector<std::uint64_t> ticks;
  std::size_t others = 0;
};

Seen replay(const StreamBuilder& scenario, std::uint64_t interval_ns) {
  TickingSource source(std::make_unique<VectorSource>(scenario.records()), interval_ns);
  Seen seen;
  for (;;) {
    const Result<std::span<const RecordView>> records = source.next();
    if (!records || records->empty()) return seen;
    std::uint64_t last_ns = 0;
    for (const RecordView& record : *records) {
      EXPECT_GE(record.head->time_ns, last_ns);
      last_ns = record.head->time_ns;
      if (record.head->type == HT_TICK &&
          reinterpret_cast<const ht_tick*>(record.head)->kind == HT_TICK_INTERVAL)
        seen.ticks.push_back(record.head->time_ns);
      else
        seen.others++;
    }
  }
}

TEST(TickingSource, EachIntervalEndsWithATick) {
  StreamBuilder scenario;
  scenario.at(100).session().at(150).waking(1, 2).at(450).waking(1, 2).at(460).end();
  const Seen seen = replay(scenario, 100);
  EXPECT_EQ(seen.ticks, (std::vector<std::uint64_t>{200, 300, 400}));
  EXPECT_EQ(seen.others, 4U);
}

TEST(TickingSource, TheRecordingsOwnIntervalsAreNotShown) {
  StreamBuilder scenario;
  scenario.at(100).session().at(130).tick().at(190).waking(1, 2).at(250).end();
  const Seen seen = replay(scenario, 100);
  EXPECT_EQ(seen.ticks, (std::vector<std::uint64_t>{200}));
  EXPECT_EQ(seen.others, 3U);
}

TEST(TickingSource, AGapOfDaysHasNoTickForEachInterval) {
  StreamBuilder scenario;
  scenario.at(100).session().at(100'000'000'000).waking(1, 2).end();
  EXPECT_LE(replay(scenario, 100).ticks.size(), 1002U);
}

}  // namespace
}  // namespace hoodtrace
