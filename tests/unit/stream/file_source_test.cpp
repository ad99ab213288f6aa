#include "stream/file_source.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "stream/recorder.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {
namespace {

StreamBuilder small_story() {
  StreamBuilder story;
  story.session().cgroup(9, "/a").seen(10, {.comm = "a"});
  for (std::uint64_t i = 0; i < 20; i++) story.at(2000 + 10 * i).switches({.from = 0, .to = 10});
  story.end();
  return story;
}

std::string file_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class RecordingFile : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = ::testing::TempDir() + "ht_file_source_" + std::to_string(::getpid()) + ".htrec";
  }
  void TearDown() override { std::filesystem::remove(path_); }

  void record(const StreamBuilder& story) {
    Result<Recorder> recorder = Recorder::create(path_);
    ASSERT_TRUE(recorder) << recorder.error().message;
    for (std::size_t i = 0; i < story.records().size(); i++)
      ASSERT_TRUE(recorder->write(story.records().at(i)));
    ASSERT_TRUE(recorder->flush());
  }

  void put(const std::string& bytes) { std::ofstream(path_, std::ios::binary) << bytes; }

  struct Replayed {
    std::vector<std::string> records;  // the bytes of each
    bool troubled = false;             // an ht_trouble that the source made
  };
  Replayed replay() {
    Replayed replayed;
    Result<std::unique_ptr<FileSource>> source = FileSource::open(path_);
    if (!source) return replayed;
    for (;;) {
      const auto views = (*source)->next();
      if (!views || views->empty()) return replayed;
      for (const RecordView& view : *views) {
        if (view.head->type == HT_TROUBLE)
          replayed.troubled = true;
        else
          replayed.records.emplace_back(reinterpret_cast<const char*>(view.head), view.bytes);
      }
    }
  }

  std::string path_;
};

TEST_F(RecordingFile, GivesBackEveryRecordByteForByte) {
  const StreamBuilder story = small_story();
  record(story);
  const Replayed replayed = replay();
  EXPECT_FALSE(replayed.troubled);
  ASSERT_EQ(replayed.records.size(), story.records().size());
  for (std::size_t i = 0; i < story.records().size(); i++) {
    const RecordView view = story.records().at(i);
    EXPECT_EQ(replayed.records[i],
              std::string(reinterpret_cast<const char*>(view.head), view.bytes));
  }
}

TEST_F(RecordingFile, IsReadableByItsOwnerAlone) {
  record(small_story());
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

// However it is cut: what is whole comes out, nothing else, and the cut is told.
TEST_F(RecordingFile, CutAnywhereYieldsAPrefixOfTheRecords) {
  const StreamBuilder story = small_story();
  record(story);
  const std::string whole = file_bytes(path_);
  const Replayed all = replay();
  for (std::size_t length = 0; length < whole.size(); length++) {
    put(whole.substr(0, length));
    const Replayed cut = replay();
    ASSERT_LT(cut.records.size(), all.records.size()) << length;
    for (std::size_t i = 0; i < cut.records.size(); i++)
      ASSERT_EQ(cut.records[i], all.records[i]) << length;
  }
}

TEST_F(RecordingFile, AnotherFileIsRefusedByName) {
  put("#!/bin/sh\necho no recording\n");
  const auto source = FileSource::open(path_);
  ASSERT_FALSE(source);
  EXPECT_NE(source.error().message.find(path_), std::string::npos);
  const auto missing = FileSource::open(path_ + ".none");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("No such file"), std::string::npos);
}

TEST_F(RecordingFile, AFullDiskIsAnError) {
  Result<Recorder> recorder = Recorder::create("/dev/full");
  if (!recorder) GTEST_SKIP() << "cannot run here: no /dev/full";
  const StreamBuilder story = small_story();
  Result<void> written = recorder->write(story.records().at(0));
  if (written) written = recorder->flush();
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().message.find("No space left"), std::string::npos);
}

TEST_F(RecordingFile, AnUnwritablePathIsRefusedAtOnce) {
  const Result<Recorder> recorder = Recorder::create("/nonexistent/x.htrec");
  ASSERT_FALSE(recorder);
  EXPECT_NE(recorder.error().message.find("/nonexistent/x.htrec"), std::string::npos);
}

}  // namespace
}  // namespace hoodtrace
