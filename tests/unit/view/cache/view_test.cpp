// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/cache/view.hpp"

#include <gtest/gtest.h>

#include "support/cache_scenario.hpp"
#include "support/command_run.hpp"
#include "support/disk_scenario.hpp"

namespace hoodtrace {
namespace {

class CacheView : public ::testing::Test {
 protected:
  void begin(std::uint32_t scope = kAllOfTheCache) {
    scenario.session().seen(10, {.comm = "reader"}).seen(11, {.pid = 10, .comm = "thread"});
    cache.scope(scope).mount(kDisk, "/", "/").names(kFile, {"data"});
  }
  Json report(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"cache", "--format", "json"};
    words.insert(words.end(), more.begin(), more.end());
    const CommandRun run = run_command(words, scenario);
    EXPECT_EQ(run.error, "");
    return Json::parse(run.output, nullptr, false);
  }
  StreamBuilder scenario;
  CacheScenario cache{scenario};
};

TEST_F(CacheView, HasNoRowsByCpu) {
  begin();
  scenario.end();
  EXPECT_EQ(run_command({"cache", "--by", "cpu"}, scenario).code, 2);
}

TEST_F(CacheView, SortsByColumnsOfEitherTableAndNoOthers) {
  begin();
  scenario.end();
  EXPECT_EQ(run_command({"cache", "--sort", "readahead_unused"}, scenario).code, 0);
  EXPECT_EQ(run_command({"cache", "--sort", "direct_reclaim_ns"}, scenario).code, 0);
  EXPECT_EQ(run_command({"cache", "--sort", "nonsense"}, scenario).code, 2);
}

TEST_F(CacheView, HasTheSchemasKeys) {
  begin();
  cache.adds(10, kFile, 0).reads(10, kFile, 0, 0);
  scenario.end();
  const Json json = report();
  EXPECT_EQ(json["schema"], "hoodtrace.cache/1");
  ASSERT_EQ(json["files"].size(), 1U);
  const Json& file = json["files"][0];
  EXPECT_EQ(file["dev"], "8:1");
  EXPECT_EQ(file["inode"], 100);
  EXPECT_EQ(file["path"], "/data");
  EXPECT_EQ(file["added"], 1);
  EXPECT_EQ(file["evicted"], 0);
  EXPECT_EQ(file["hits"], 0);
  EXPECT_EQ(file["misses"], 1);
  EXPECT_EQ(file["refetched"], 0);
  EXPECT_EQ(file["bytes_added"], 4096);
  EXPECT_EQ(json["tasks"].size(), 1U);
  EXPECT_TRUE(json["system"].is_object());
}

TEST_F(CacheView, IsNullWhereTheKernelReportsNothing) {
  begin(0);
  cache.adds(10, kFile, 0).names(kOtherFile, {"shm"}, "tmpfs").evicts(10, kOtherFile, 0);
  scenario.end();
  const Json json = report();
  ASSERT_EQ(json["files"].size(), 2U);
  for (const char* key : {"hits", "misses", "hit_ratio", "readahead_unused",
                          "readahead_unused_bytes", "readahead_unused_ns", "dirtied"})
    EXPECT_TRUE(json["files"][0][key].is_null()) << key;
  EXPECT_TRUE(json["system"]["hits"].is_null());
  EXPECT_TRUE(json["system"]["reclaim"]["kswapd"].is_null());
  EXPECT_TRUE(json["files"][1]["added"].is_null()) << "tmpfs";
  EXPECT_EQ(json["files"][1]["evicted"], 1);
}

// Eight pages of one request of 8 us are read ahead, and one is used.
TEST_F(CacheView, UnusedReadAheadHasItsTimeWhereRequestsWereRecorded) {
  begin();
  DiskScenario disk(scenario);
  disk.scope();
  cache.reads_ahead(10, kFile, 0, 7).adds(10, kFile, 0, 8);
  disk.request(
      {.tid = 10, .bytes = 8 * 4096, .start_ns = 1'000, .issue_ns = 2'000, .complete_ns = 10'000});
  cache.reads(10, kFile, 0, 0).evicts(10, kFile, 0, 8);
  scenario.end();
  const Json json = report();
  const Json& file = json["files"][0];
  EXPECT_EQ(file["readahead_unused_bytes"], 7 * 4096);
  EXPECT_EQ(file["readahead_unused_timed"], 7);
  EXPECT_EQ(file["readahead_unused_ns"], 7'000);
  EXPECT_EQ(json["system"]["readahead_unused_ns"], 7'000);
  const std::string text = run_command({"cache"}, scenario).output;
  EXPECT_NE(text.find("7 pages (28.0 KiB) were read ahead and never used: 7.00 us at the device"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("RA-TIME"), std::string::npos) << text;
}

TEST_F(CacheView, UnusedReadAheadOfUnknownRequestsHasNoTime) {
  begin();
  DiskScenario(scenario).scope();
  cache.reads_ahead(10, kFile, 0, 7).adds(10, kFile, 0, 8).evicts(10, kFile, 0, 8);
  scenario.end();
  const Json json = report();
  EXPECT_EQ(json["files"][0]["readahead_unused_timed"], 0);
  EXPECT_TRUE(json["files"][0]["readahead_unused_ns"].is_null());
  EXPECT_NE(run_command({"cache"}, scenario)
                .output.find("never used; the requests of 8 of them were not recorded"),
            std::string::npos);
}

TEST_F(CacheView, GroupsThreadsByProcess) {
  begin();
  cache.adds(10, kFile, 0).adds(11, kFile, 1);
  scenario.end();
  const Json json = report({"--by", "process"});
  ASSERT_EQ(json["tasks"].size(), 1U);
  EXPECT_EQ(json["tasks"][0]["added"], 2);
  EXPECT_EQ(json["tasks"][0]["comm"], "reader");
  EXPECT_TRUE(json["tasks"][0]["tid"].is_null());
}

TEST_F(CacheView, ComparesReclaimWithTheKernelsCounters) {
  begin();
  cache.counters(1000, 70).adds(10, kFile, 0);
  cache.reclaim(10, HT_RECLAIM_DIRECT, false).evicts(10, kFile, 0, 1, HT_PAGES_RECLAIM);
  cache.reclaim(10, HT_RECLAIM_DIRECT, true, 1).counters(1000, 71);
  scenario.end();
  const Json json = report();
  EXPECT_EQ(json["audit"]["reclaimed_pages"], 1);
  EXPECT_EQ(json["audit"]["kernel_reclaimed_pages"], 1);
  EXPECT_EQ(json["system"]["kernel"]["cache_bytes"], 4096000);
}

TEST_F(CacheView, ReportsThatNoPageWasUsed) {
  begin();
  scenario.end();
  EXPECT_NE(run_command({"cache"}, scenario).output.find("used no page"), std::string::npos);
}

}  // namespace
}  // namespace hoodtrace
