// SPDX-License-Identifier: GPL-2.0-or-later
// A recording whose ht_lost has counts of 32 types (struct_bytes is 152).

#include <gtest/gtest.h>

#include <map>

#include "stream/file_source.hpp"

namespace hoodtrace {
namespace {

TEST(OldRecording, LossesOf32KindsAreCountedByType) {
  Result<std::unique_ptr<FileSource>> source = FileSource::open(
      HOODTRACE_SOURCE_DIR "/tests/golden/recordings/sched_losses_of_32_kinds.htrec");
  ASSERT_TRUE(source);
  std::map<std::string_view, std::uint64_t> lost;
  unsigned records = 0;
  for (;;) {
    const Result<std::span<const RecordView>> batch = (*source)->next();
    ASSERT_TRUE(batch);
    if (batch->empty()) break;
    for (const RecordView& record : *batch) {
      const std::optional<Event> event = decode(record);
      ASSERT_TRUE(event) << event_name(record.head->type);
      const auto* one = event->as<ht_lost>();
      if (one == nullptr) continue;
      EXPECT_EQ(record.bytes, sizeof(ht_lost)) << "the new counts are there, and zero";
      for (std::uint16_t type = 0; type < HT_KIND_LIMIT; type++)
        if (one->counts[type] != 0) lost[event_name(type)] += one->counts[type];
      records++;
    }
  }
  EXPECT_EQ(records, 18U);
  // As `info` of the version that wrote it reported.
  EXPECT_EQ(lost, (std::map<std::string_view, std::uint64_t>{
                      {"BEHIND", 4137}, {"SWITCH", 7962}, {"TASK_END", 3}, {"TASK_NEW", 1}}));
}

}  // namespace
}  // namespace hoodtrace
