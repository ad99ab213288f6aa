// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/file_source.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "stream/recorder.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {
namespace {

StreamBuilder small_scenario() {
  StreamBuilder scenario;
  scenario.session().cgroup(9, "/a").seen(10, {.comm = "a"});
  for (std::uint64_t i = 0; i < 20; i++)
    scenario.at(2000 + 10 * i).switches({.from = 0, .to = 10, .wait_ns = i});
  scenario.end();
  return scenario;
}

// Several blocks even for a short stream.
const BlockWriter::Limits kSmallBlocks{.block_records = 8};

std::string file_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class ReadRecording : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = ::testing::TempDir() + "ht_file_source_" + std::to_string(::getpid()) + ".htrec";
  }
  void TearDown() override { std::filesystem::remove(path_); }

  void record(const StreamBuilder& scenario, const BlockWriter::Limits& limits = {}) {
    auto recorder = Recorder::create(path_, {}, limits);
    ASSERT_TRUE(recorder) << recorder.error().message;
    for (std::size_t i = 0; i < scenario.records().size(); i++) {
      const RecordView record = scenario.records().at(i);
      ASSERT_TRUE((*recorder)->write({&record, 1}));
    }
    ASSERT_TRUE((*recorder)->finish());
  }

  void put(const std::string& bytes) { std::ofstream(path_, std::ios::binary) << bytes; }

  struct Replayed {
    std::vector<std::string> records;  // the bytes of each
    bool troubled = false;             // an ht_trouble that the source made
    std::uint64_t damaged = 0;         // of them: records in damaged blocks
    std::uint64_t gaps = 0;            // losses of unknown types
  };
  Replayed replay() {
    Replayed replayed;
    Result<std::unique_ptr<FileSource>> source = FileSource::open(path_);
    if (!source) return replayed;
    for (;;) {
      const auto views = (*source)->next();
      if (!views || views->empty()) return replayed;
      for (const RecordView& view : *views) {
        const auto event = decode(view);
        if (view.head->type == HT_TROUBLE) {
          replayed.troubled = true;
          const auto& trouble = *event->as<ht_trouble>();
          if (trouble.what == HT_TROUBLE_DAMAGED) replayed.damaged += trouble.count;
        } else if (view.head->type == HT_LOST) {
          replayed.gaps += may_miss(*event->as<ht_lost>(), HT_SWITCH) ? 1 : 0;
        } else
          replayed.records.emplace_back(reinterpret_cast<const char*>(view.head), view.bytes);
      }
    }
  }

  std::string path_;
};

TEST_F(ReadRecording, EveryRecordIsReadBackByteForByte) {
  const StreamBuilder scenario = small_scenario();
  record(scenario);
  const Replayed replayed = replay();
  EXPECT_FALSE(replayed.troubled);
  ASSERT_EQ(replayed.records.size(), scenario.records().size());
  for (std::size_t i = 0; i < scenario.records().size(); i++) {
    const RecordView view = scenario.records().at(i);
    EXPECT_EQ(replayed.records[i],
              std::string(reinterpret_cast<const char*>(view.head), view.bytes));
  }
}

TEST_F(ReadRecording, IsReadableByItsOwnerAlone) {
  record(small_scenario());
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

// Wherever the file is cut: the complete blocks are read, nothing else, and the cut is reported.
TEST_F(ReadRecording, CutAnywhereYieldsAPrefixOfTheRecords) {
  const StreamBuilder scenario = small_scenario();
  record(scenario, kSmallBlocks);
  const std::string whole = file_bytes(path_);
  const Replayed all = replay();
  for (std::size_t length = whole.size(); length-- > 0;) {
    std::filesystem::resize_file(path_, length);
    const Replayed cut = replay();
    if (length >= 8) {
      ASSERT_TRUE(cut.troubled) << length;
    }
    ASSERT_LE(cut.records.size(), all.records.size()) << length;
    for (std::size_t i = 0; i < cut.records.size(); i++)
      ASSERT_EQ(cut.records[i], all.records[i]) << length;
  }
}

// Each bit flipped in turn: a checksum finds it, it is reported, and only that block is missing.
TEST_F(ReadRecording, AFlippedBitDamagesOnlyItsBlock) {
  const StreamBuilder scenario = small_scenario();
  record(scenario, kSmallBlocks);
  const std::string whole = file_bytes(path_);
  const Replayed all = replay();
  ASSERT_EQ(all.records.size(), scenario.records().size());
  std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
  const auto put_byte = [&file](std::size_t at, int byte) {
    file.seekp(static_cast<std::streamoff>(at)).put(static_cast<char>(byte)).flush();
  };
  // Each byte, and in turn each of its bits.
  for (std::size_t bit = 0; bit < whole.size() * 8; bit += bit < 64 ? 1 : 7) {
    put_byte(bit / 8, whole[bit / 8] ^ (1 << (bit % 8)));
    const Replayed damaged = replay();
    put_byte(bit / 8, whole[bit / 8]);
    if (bit < 64) {
      ASSERT_EQ(damaged.records.size(), 0U) << bit;  // no recording, or of another version
      continue;
    }
    ASSERT_TRUE(damaged.troubled) << bit;
    ASSERT_EQ(damaged.records.size() + damaged.damaged, all.records.size()) << bit;
    ASSERT_LE(damaged.damaged, kSmallBlocks.block_records) << bit;
    ASSERT_EQ(damaged.gaps > 0, damaged.damaged > 0) << bit;
    std::size_t at = 0;  // what came out is what was written, in its order
    for (const std::string& bytes : damaged.records) {
      while (at < all.records.size() && all.records[at] != bytes) at++;
      ASSERT_LT(at, all.records.size()) << bit;
    }
  }
}

TEST_F(ReadRecording, TrailingBytesAreReportedAndIgnored) {
  const StreamBuilder scenario = small_scenario();
  record(scenario, kSmallBlocks);
  std::ofstream(path_, std::ios::binary | std::ios::app) << "trailing";
  const Replayed replayed = replay();
  EXPECT_FALSE(replayed.troubled);
  EXPECT_EQ(replayed.records.size(), scenario.records().size());
  const auto source = FileSource::open(path_);
  ASSERT_TRUE(source);
  for (auto views = (*source)->next(); views && !views->empty();) views = (*source)->next();
  EXPECT_TRUE((*source)->facts().is_whole);
  EXPECT_EQ((*source)->facts().trailing_bytes, 8U);
}

// What a pipe brings in pieces of any size is what the file has; cut and damaged ones too.
TEST_F(ReadRecording, APipeReplaysAsItsFileDoes) {
  ::signal(SIGPIPE, SIG_IGN);
  record(small_scenario(), kSmallBlocks);
  const std::string whole = file_bytes(path_);
  std::string damaged = whole;
  damaged[whole.size() / 2] ^= 1;
  for (const std::string& bytes : {whole, whole.substr(0, whole.size() / 2), damaged}) {
    put(bytes);
    const Replayed file = replay();
    std::filesystem::remove(path_);
    ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
    std::thread writer([this, &bytes] {
      std::ofstream pipe(path_, std::ios::binary);
      for (std::size_t at = 0; at < bytes.size(); at += 7)
        pipe << bytes.substr(at, 7) << std::flush;
    });
    const Replayed piped = replay();
    writer.join();
    std::filesystem::remove(path_);
    EXPECT_EQ(piped.records, file.records);
    EXPECT_EQ(piped.troubled, file.troubled);
    EXPECT_EQ(piped.damaged, file.damaged);
  }
}

TEST_F(ReadRecording, AnotherFileIsRefusedByName) {
  put("#!/bin/sh\necho no recording\n");
  const auto source = FileSource::open(path_);
  ASSERT_FALSE(source);
  EXPECT_NE(source.error().message.find(path_), std::string::npos);
  const auto missing = FileSource::open(path_ + ".none");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("No such file"), std::string::npos);
}

TEST_F(ReadRecording, AFullDiskIsAnError) {
  const auto recorder = Recorder::create("/dev/full", {});
  ASSERT_TRUE(recorder);
  const StreamBuilder scenario = small_scenario();
  const RecordView first = scenario.records().at(0);
  (void)(*recorder)->write({&first, 1});
  const Result<void> finished = (*recorder)->finish();
  ASSERT_FALSE(finished);
  EXPECT_NE(finished.error().message.find("No space left"), std::string::npos);
}

TEST_F(ReadRecording, AnUnwritablePathIsRefusedAtOnce) {
  const auto recorder = Recorder::create("/nonexistent/x.htrec", {});
  ASSERT_FALSE(recorder);
  EXPECT_NE(recorder.error().message.find("/nonexistent/x.htrec"), std::string::npos);
}

}  // namespace
}  // namespace hoodtrace
