// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/recorder.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "stream/file_source.hpp"
#include "support/stream_builder.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace {
namespace {

using testing::TemporaryFolder;

RecordBuffer switches(std::size_t count) {
  StreamBuilder scenario;
  scenario.session().seen(10, {.comm = "a"});
  for (std::uint64_t i = 0; i < count; i++)
    scenario.at(2000 + 977 * i * i % 100'000 + 1000 * i)
        .switches({.from = 0, .to = 10, .wait_ns = i * 7919 % 100'003});
  scenario.end();
  return scenario.records();
}

Result<void> write_all_of(Recorder& recorder, const RecordBuffer& records) {
  Result<void> written;
  for (std::size_t i = 0; i < records.size() && written; i++) {
    const RecordView record = records.at(i);
    written = recorder.write({&record, 1});
  }
  return written;
}

struct Replayed {
  std::uint64_t records = 0;  // the recorded ones
  std::uint64_t unwritten = 0;
  std::uint64_t damaged = 0;
  std::uint64_t gaps = 0;
  FileSource::Facts facts;
};

Replayed replay(const std::string& path) {
  Replayed replayed;
  auto source = FileSource::open(path);
  if (!source) return replayed;
  for (;;) {
    const auto records = (*source)->next();
    if (!records || records->empty()) break;
    for (const RecordView& record : *records) {
      const auto event = decode(record);
      if (!event) continue;
      if (const auto* trouble = event->as<ht_trouble>()) {
        if (trouble->what == HT_TROUBLE_UNWRITTEN) replayed.unwritten += trouble->count;
        if (trouble->what == HT_TROUBLE_DAMAGED) replayed.damaged += trouble->count;
      } else if (record.head->type == HT_LOST) {
        replayed.gaps++;
      } else {
        replayed.records++;
      }
    }
  }
  replayed.facts = (*source)->facts();
  return replayed;
}

// SIGKILL: nothing of ours runs any more. What a second ago was written is in the file.
TEST(Recorder, OldRecordsAreInTheFileBeforeItsEnd) {
  const TemporaryFolder folder;
  BlockWriter::Limits limits;
  limits.age = std::chrono::milliseconds(20);
  auto recorder = Recorder::create(folder.file("x"), {}, limits);
  ASSERT_TRUE(recorder);
  const RecordBuffer records = switches(100);
  ASSERT_TRUE(write_all_of(**recorder, records));
  for (int i = 0; i < 500 && (*recorder)->records() < records.size(); i++)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const Replayed replayed = replay(folder.file("x"));
  EXPECT_EQ(replayed.records, records.size());
  EXPECT_FALSE(replayed.facts.is_whole);
}

TEST(Recorder, AFullDiskLeavesACompleteFile) {
  const TemporaryFolder folder;
  // A limit on the size of files stands in for the disk.
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto signal_before = ::signal(SIGXFSZ, SIG_IGN);
  struct rlimit small = before;
  small.rlim_cur = 40'000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  BlockWriter::Limits limits;
  limits.block_records = 500;
  limits.waits = true;
  auto recorder = Recorder::create(folder.file("x"), {}, limits);
  ASSERT_TRUE(recorder);
  (void)write_all_of(**recorder, switches(50'000));
  const Result<void> finished = (*recorder)->finish();
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, signal_before);
  ASSERT_FALSE(finished);
  EXPECT_NE(finished.error().message.find(folder.file("x")), std::string::npos);
  const Replayed replayed = replay(folder.file("x"));
  EXPECT_TRUE(replayed.facts.is_whole);
  EXPECT_GT(replayed.records, 1000U);
  EXPECT_EQ(replayed.records % 500, 0U);
  EXPECT_EQ(replayed.damaged, 0U);
}

TEST(Recorder, RecordsWithoutMemoryAreCountedAsAGap) {
  const TemporaryFolder folder;
  BlockWriter::Limits limits;
  limits.memory_bytes = 64 * 200;
  limits.block_records = 50;
  auto recorder = Recorder::create(folder.file("x"), {}, limits);
  ASSERT_TRUE(recorder);
  // One write: the thread gets no chance to make room meanwhile.
  const RecordBuffer records = switches(5000);
  std::vector<RecordView> views;
  for (std::size_t i = 0; i < records.size(); i++) views.push_back(records.at(i));
  ASSERT_TRUE((*recorder)->write(views));
  ASSERT_TRUE((*recorder)->finish());
  const Replayed replayed = replay(folder.file("x"));
  EXPECT_GT(replayed.unwritten, 4000U);
  EXPECT_EQ(replayed.unwritten, (*recorder)->dropped());
  EXPECT_EQ(replayed.records + replayed.unwritten, records.size());
  EXPECT_GE(replayed.gaps, 1U);
  EXPECT_TRUE(replayed.facts.is_whole);
}

TEST(Recorder, StaysBelowItsLimitAndReportsWhenItIsReached) {
  const TemporaryFolder folder;
  RecordingForm form;
  form.max_bytes = 65536;
  BlockWriter::Limits limits;
  limits.block_records = 500;
  limits.waits = true;
  auto recorder = Recorder::create(folder.file("x"), form, limits);
  ASSERT_TRUE(recorder);
  ASSERT_TRUE(write_all_of(**recorder, switches(50'000)));
  ASSERT_TRUE((*recorder)->finish());
  EXPECT_TRUE((*recorder)->is_full());
  EXPECT_LE((*recorder)->bytes(), form.max_bytes);
  EXPECT_GT((*recorder)->bytes(), form.max_bytes / 2);
  EXPECT_GT((*recorder)->dropped(), 0U);
  const Replayed replayed = replay(folder.file("x"));
  EXPECT_TRUE(replayed.facts.is_whole);
  EXPECT_EQ(replayed.records, (*recorder)->records());
}

// However small the limit, what fits is written, and what does not is counted in the file.
TEST(Recorder, ALimitBelowABlockKeepsWhatFitsAndCountsTheRest) {
  const TemporaryFolder folder;
  RecordingForm form;
  form.zstd_level = 0;
  form.max_bytes = 65536;
  BlockWriter::Limits limits;
  limits.waits = true;
  auto recorder = Recorder::create(folder.file("x"), form, limits);
  ASSERT_TRUE(recorder);
  const RecordBuffer records = switches(30'000);
  ASSERT_TRUE(write_all_of(**recorder, records));
  ASSERT_TRUE((*recorder)->finish());
  EXPECT_LE((*recorder)->bytes(), form.max_bytes);
  EXPECT_GT((*recorder)->records(), 1000U);
  const Replayed replayed = replay(folder.file("x"));
  EXPECT_TRUE(replayed.facts.is_whole);
  EXPECT_EQ(replayed.records, (*recorder)->records());
  EXPECT_EQ(replayed.unwritten, (*recorder)->dropped());
  EXPECT_EQ(replayed.records + replayed.unwritten, records.size());
}

TEST(Recorder, WithoutARecordNoFileIsLeftAndAnOlderOneStays) {
  const TemporaryFolder folder;
  { ASSERT_TRUE(Recorder::create(folder.file("new"), {})); }
  EXPECT_FALSE(std::filesystem::exists(folder.file("new")));
  {
    auto recorder = Recorder::create(folder.file("old"), {});
    ASSERT_TRUE(recorder);
    ASSERT_TRUE(write_all_of(**recorder, switches(10)));
  }
  const auto bytes = std::filesystem::file_size(folder.file("old"));
  { ASSERT_TRUE(Recorder::create(folder.file("old"), {})); }
  EXPECT_EQ(std::filesystem::file_size(folder.file("old")), bytes);
}

TEST(Recorder, WithoutCompressionTheSameRecordsComeOut) {
  const TemporaryFolder folder;
  const RecordBuffer records = switches(3000);
  std::uint64_t bytes[2] = {};
  for (const int level : {0, 3}) {
    RecordingForm form;
    form.zstd_level = level;
    auto recorder = Recorder::create(folder.file("x"), form);
    ASSERT_TRUE(recorder);
    ASSERT_TRUE(write_all_of(**recorder, records));
    ASSERT_TRUE((*recorder)->finish());
    bytes[level == 0 ? 0 : 1] = (*recorder)->bytes();
    EXPECT_EQ(replay(folder.file("x")).records, records.size());
  }
  EXPECT_LT(bytes[1], bytes[0]);
}

// What to say of records that found no memory.
TEST(BlockWriterTest, KnowsWhetherTheFileTakesLongerThanMakingItsBlocks) {
  const RecordBuffer records = switches(20'000);
  for (const bool is_slow : {false, true}) {
    BlockWriter writer(3, {}, [&](const BlockHeader&, std::span<const std::uint8_t>) {
      if (is_slow) std::this_thread::sleep_for(std::chrono::milliseconds(500));
      return Result<void>();
    });
    for (std::size_t i = 0; i < records.size(); i++) {
      const RecordView record = records.at(i);
      ASSERT_TRUE(writer.write({&record, 1}));
    }
    ASSERT_TRUE(writer.finish());
    EXPECT_EQ(writer.takes_longest(), is_slow);
  }
}

}  // namespace
}  // namespace hoodtrace
