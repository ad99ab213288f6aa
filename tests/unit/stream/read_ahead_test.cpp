// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/read_ahead.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace hoodtrace {
namespace {

// Batches of one to three pulses, with the times 1, 2, 3, ... in one piece of memory; then an end or
// an error.
class Pulses : public Source {
 public:
  Pulses(std::uint64_t records, bool fails) : records_(records), fails_(fails) {}

  Result<std::span<const RecordView>> next() override {
    if (made_ == records_ && fails_) return failed("the disk is gone");
    batch_.clear();
    views_.clear();
    for (std::uint64_t i = 0; i < made_ % 3 + 1 && made_ + batch_.size() < records_; i++) {
      ht_pulse pulse{};
      pulse.head = {made_ + batch_.size() + 1, 0, HT_PULSE, HT_NO_CPU};
      batch_.add(pulse);
    }
    made_ += batch_.size();
    for (std::size_t i = 0; i < batch_.size(); i++) views_.push_back(batch_.at(i));
    return std::span<const RecordView>(views_);
  }

 private:
  std::uint64_t records_;
  bool fails_;
  std::uint64_t made_ = 0;
  RecordBuffer batch_;
  std::vector<RecordView> views_;
};

TEST(ReadAhead, YieldsTheSameRecordsInTheSameOrder) {
  ReadAhead source(std::make_unique<Pulses>(1000, false));
  std::uint64_t last_ns = 0;
  for (;;) {
    const auto records = source.next();
    ASSERT_TRUE(records);
    if (records->empty()) break;
    for (const RecordView& record : *records) {
      EXPECT_EQ(record.head->time_ns, last_ns + 1);
      EXPECT_EQ(record.bytes, sizeof(ht_pulse));
      last_ns = record.head->time_ns;
    }
  }
  EXPECT_EQ(last_ns, 1000U);
  EXPECT_TRUE(source.next()->empty()) << "it stays at its end";
}

TEST(ReadAhead, AnErrorComesAfterTheRecordsBeforeIt) {
  ReadAhead source(std::make_unique<Pulses>(100, true));
  std::uint64_t count = 0;
  for (;;) {
    const auto records = source.next();
    if (!records) {
      EXPECT_EQ(records.error().message, "the disk is gone");
      break;
    }
    ASSERT_FALSE(records->empty());
    count += records->size();
  }
  EXPECT_EQ(count, 100U);
}

TEST(ReadAhead, EndsWithRecordsThatNobodyTakes) {
  ReadAhead source(std::make_unique<Pulses>(1000, false));
  ASSERT_TRUE(source.next());
}

}  // namespace
}  // namespace hoodtrace
