// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/stream_account.hpp"

#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {
namespace {

StreamAccount account_of(const StreamBuilder& scenario) {
  StreamAccount account;
  for (std::size_t i = 0; i < scenario.records().size(); i++) {
    const std::optional<Event> event = decode(scenario.records().at(i));
    if (!event) {
      account.on_undecodable();
      continue;
    }
    account.on_record(*scenario.records().at(i).head);
    feed(account, *event);
  }
  return account;
}

TEST(StreamAccount, CountsKernelMadeRecordsOnly) {
  StreamBuilder scenario;
  scenario.session().seen(10, {}).cgroup(3, "/x").switches({.from = 0, .to = 10}).waking(10, 11);
  scenario.lost(HT_SWITCH, 5, 2000).tick().end();
  EXPECT_EQ(account_of(scenario).seen(), 3U);
}

TEST(StreamAccount, LossesAreAddedByKindAndTroublesByKey) {
  StreamBuilder scenario;
  scenario.on_cpu(0).lost(HT_SWITCH, 5, 2000).on_cpu(1).lost(HT_SWITCH, 7, 2000);
  scenario.lost(HT_TASK_NEW, 1, 2000).trouble(HT_TROUBLE_MISSED, 3).trouble(HT_TROUBLE_MISSED, 4);
  const StreamAccount account = account_of(scenario);
  const std::map<std::string, std::uint64_t> expected{
      {"switch", 12}, {"task_new", 1}, {"missed", 7}};
  EXPECT_EQ(account.lost(), expected);
  EXPECT_EQ(account.lost_total(), 20U);
  EXPECT_EQ(account.undecodable(), 0U);
}

TEST(StreamAccount, UndecodableRecordsAreCounted) {
  StreamBuilder scenario;
  const ht_header bad{1, HT_PID_LIMIT, HT_SWITCH, 0};
  scenario.raw(&bad, sizeof(bad)).trouble(HT_TROUBLE_UNDECODABLE, 2);
  const StreamAccount account = account_of(scenario);
  EXPECT_EQ(account.undecodable(), 3U);
  EXPECT_EQ(account.lost_total(), 0U);
}

TEST(StreamAccount, AnIntervalStartsAtZero) {
  StreamBuilder scenario;
  scenario.switches({.from = 0, .to = 10}).lost(HT_SWITCH, 5, 2000);
  StreamAccount account = account_of(scenario);
  account.begin_interval();
  EXPECT_EQ(account.seen(), 0U);
  EXPECT_EQ(account.lost_total(), 0U);
}

// Trap 33: a full map means tasks that are not traced. That is a loss, and is reported.
TEST(StreamAccount, Trap33_AMapThatIsFullIsALoss) {
  StreamAccount account;
  ht_trouble trouble{};
  trouble.what = HT_TROUBLE_MAP_FULL;
  trouble.count = 3;
  account.on(trouble);
  EXPECT_EQ(account.lost().at("map_full"), 3U);
  EXPECT_EQ(account.lost_total(), 3U);
}

}  // namespace
}  // namespace hoodtrace
