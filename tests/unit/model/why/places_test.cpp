// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/why/places.hpp"

#include <gtest/gtest.h>

#include "command/pipeline.hpp"
#include "event/feed.hpp"
#include "support/why_scenario.hpp"

namespace hoodtrace {
namespace {

WhyPlaces::Place place_of(std::initializer_list<std::string_view> functions, std::string& name) {
  StreamBuilder scenario;
  WhyScenario(scenario).place(7, functions);
  WhyPlaces places;
  for (std::size_t i = 0; i < scenario.records().size(); i++)
    feed(places, *decode(scenario.records().at(i)));
  const WhyPlaces::Place* place = places.find(7);
  if (place == nullptr) return {};
  name = places.function(place->function);
  return *place;
}

WhyPlaces::Place place_of(std::initializer_list<std::string_view> functions) {
  std::string name;
  return place_of(functions, name);
}

TEST(WhyPlaces, TheCallerOfScheduleIsThePlace) {
  std::string name;
  const auto place = place_of({"bpf_prog_1", "__traceiter_sched_switch", "__schedule", "schedule",
                               "schedule_timeout", "rcu_gp_fqs_loop", "rcu_gp_kthread", "kthread"},
                              name);
  EXPECT_EQ(place.reason, WhyReason::kKernel);
  EXPECT_EQ(name, "rcu_gp_fqs_loop");
  EXPECT_FALSE(place.in_fault);
}

TEST(WhyPlaces, TheInnermostSignCounts) {
  EXPECT_EQ(place_of({"__schedule", "schedule", "rwsem_down_write_slowpath", "down_write",
                      "ext4_buffered_write_iter", "vfs_write"})
                .reason,
            WhyReason::kRwsem);
  EXPECT_EQ(place_of({"schedule", "jbd2_log_wait_commit", "ext4_sync_file", "do_fsync"}).reason,
            WhyReason::kJournal);
}

// All page waits look alike on the inside.
TEST(WhyPlaces, APageWaitIsWhatItIsFor) {
  EXPECT_EQ(place_of({"schedule", "io_schedule", "folio_wait_bit_common", "folio_wait_writeback",
                      "__filemap_fdatawait_range", "file_write_and_wait_range"})
                .reason,
            WhyReason::kWriteback);
  EXPECT_EQ(
      place_of({"schedule", "io_schedule", "folio_wait_bit_common", "filemap_get_pages"}).reason,
      WhyReason::kPageLock);
}

TEST(WhyPlaces, AFaultWithinACallIsSeen) {
  const auto place =
      place_of({"schedule", "io_schedule", "folio_wait_bit_common", "filemap_fault", "__do_fault",
                "handle_mm_fault", "exc_page_fault", "fault_in_readable", "generic_perform_write"});
  EXPECT_TRUE(place.in_fault);
  EXPECT_EQ(place.reason, WhyReason::kPageLock);
}

TEST(WhyPlaces, SuffixesOfTheCompilerAreNoPartOfAName) {
  std::string name;
  place_of({"schedule", "do_wait.constprop.0", "kernel_wait4"}, name);
  EXPECT_EQ(name, "do_wait");
}

TEST(WhyPlaces, AnUnknownStackHasNoPlace) {
  WhyPlaces places;
  EXPECT_EQ(places.find(1), nullptr);
  EXPECT_EQ(places.function(0), "");
  EXPECT_EQ(places.function(99), "");
}

}  // namespace
}  // namespace hoodtrace
