// SPDX-License-Identifier: GPL-2.0-or-later
// Pages that were read ahead and never used, and what reading them took at the device: against
// mincore(), and against the times of the requests in the same recording.

#include <sstream>

#include "live/disk/stage.hpp"

namespace hoodtrace::testing {
namespace {

constexpr const char* kKib = "512";
constexpr std::uint64_t kPages = 128;
constexpr std::uint64_t kPage = 4096;

// What mincore() saw come in the steps before the last one.
std::uint64_t pages_read(const Json& truth) {
  return truth["steps"].back()["cached_before"].get<std::uint64_t>();
}

// The time at the device of the file's requests, and the share of its first page.
struct DeviceTime {
  double all_ns = 0;
  double first_page_ns = 0;
};

DeviceTime device_time(const std::string& recording, std::uint64_t inode) {
  DeviceTime time;
  const Finished rows = run_hoodtrace({"export", "--from", recording, "--to", "jsonl"});
  EXPECT_EQ(rows.exit_code, 0) << rows.error;
  std::istringstream lines(rows.output);
  for (std::string line; std::getline(lines, line);) {
    const Json row = Json::parse(line, nullptr, false);
    if (!row.is_object() || row.value("type", "") != "disk") continue;
    if (!row.contains("inode") || row["inode"] != inode || row["write"] == true) continue;
    const auto service_ns = row["service_ns"].get<double>();
    time.all_ns += service_ns;
    if (row["offset"] == 0)
      time.first_page_ns = service_ns * static_cast<double>(kPage) / row["bytes"].get<double>();
  }
  return time;
}

class CacheReadahead : public ::testing::Test {
 protected:
  // The row of the file, after the steps on it.
  Json play(const Words& steps) {
    const std::string file = folder_.file("data");
    recording_ = folder_.file("run.htrec");
    Words words = {"cache", "--disk", "-w", recording_};
    Words workload = {"cache", "file=" + file};
    workload.insert(workload.end(), steps.begin(), steps.end());
    // A run with requests that the kernel did not report is repeated, as those of disk are.
    bool again = true;
    for (int attempt = 0; again && attempt < 3; attempt++) {
      EXPECT_TRUE(prepare(file, kKib, {"make", "drop"}));
      run_ = trace_workload(words, workload);
      const Finished requests = run_hoodtrace({"disk", "--from", recording_, "--format", "json"});
      EXPECT_EQ(requests.exit_code, 0) << requests.error;
      again = requests.exit_code == 0 && has_unreported(Json::parse(requests.output));
    }
    EXPECT_EQ(run_.exit_code, 0) << run_.error;
    if (run_.reports.size() != 1) return Json::object();
    expect_sound_cache(run_.report());
    return file_row(run_.report(), file);
  }
  [[nodiscard]] DeviceTime device_time_of_file() const {
    return device_time(recording_, run_.truth["inode"].get<std::uint64_t>());
  }

  DiskFolder folder_;
  std::string recording_;
  TracedRun run_;
};

TEST_F(CacheReadahead, OnePageOfManyThatWereReadAheadIsUsed) {
  HOODTRACE_LIVE();
  if (!folder_.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const Json row = play({"ask", "nap", "first", "nap", "drop"});
  ASSERT_FALSE(row.empty()) << run_.report().dump().substr(0, 2000);
  if (row["readahead_unused"].is_null()) {
    for (const char* key :
         {"readahead_unused_bytes", "readahead_unused_timed", "readahead_unused_ns"})
      EXPECT_TRUE(row[key].is_null()) << key;
    GTEST_SKIP() << "cannot be measured here: this kernel does not report which pages are read "
                    "ahead and used";
  }
  // As many as mincore() saw: of the 128 that were asked for, one was missing once.
  const std::uint64_t read = pages_read(run_.truth);
  EXPECT_GT(read, kPages / 2) << run_.truth.dump();
  EXPECT_EQ(count_of(row, "readahead_unused_bytes"), (read - 1) * kPage) << row.dump();
  EXPECT_EQ(count_of(row, "readahead_unused_timed"), read - 1) << row.dump();
  const DeviceTime time = device_time_of_file();
  EXPECT_GT(time.first_page_ns, 0);
  EXPECT_NEAR(static_cast<double>(count_of(row, "readahead_unused_ns")),
              time.all_ns - time.first_page_ns, 1);
  const Json& system = run_.report()["system"];
  EXPECT_GE(count_of(system, "readahead_unused_bytes"), (read - 1) * kPage);
  EXPECT_GE(count_of(system, "readahead_unused_ns"), count_of(row, "readahead_unused_ns"));
}

TEST_F(CacheReadahead, AReadOfOnePageBringsItsWindow) {
  HOODTRACE_LIVE();
  if (!folder_.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const Json row = play({"first", "nap", "drop"});
  ASSERT_FALSE(row.empty()) << run_.report().dump().substr(0, 2000);
  if (row["readahead_unused"].is_null())
    GTEST_SKIP() << "cannot be measured here: this kernel does not report readahead";
  const std::uint64_t read = pages_read(run_.truth);
  EXPECT_GT(read, 1U) << "nothing was read ahead: " << run_.truth.dump();
  EXPECT_EQ(count_of(row, "readahead_unused_bytes"), (read - 1) * kPage) << row.dump();
  EXPECT_EQ(count_of(row, "readahead_unused_timed"), read - 1) << row.dump();
  const DeviceTime time = device_time_of_file();
  EXPECT_NEAR(static_cast<double>(count_of(row, "readahead_unused_ns")),
              time.all_ns - time.first_page_ns, 1);
}

TEST_F(CacheReadahead, NothingIsUnusedOfAFileThatIsReadToItsEnd) {
  HOODTRACE_LIVE();
  if (!folder_.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const Json row = play({"read", "nap", "drop"});
  ASSERT_FALSE(row.empty()) << run_.report().dump().substr(0, 2000);
  EXPECT_EQ(count_of(row, "evicted"), kPages);
  if (row["readahead_unused"].is_null())
    GTEST_SKIP() << "cannot be measured here: this kernel does not report readahead";
  for (const char* key : {"readahead_unused", "readahead_unused_bytes", "readahead_unused_timed",
                          "readahead_unused_ns"})
    EXPECT_EQ(row[key], 0U) << key;
  EXPECT_GT(device_time_of_file().all_ns, 0) << "the file was read from the device";
}

TEST_F(CacheReadahead, AReplayHasTheSameTimesAndARunWithoutRequestsHasNone) {
  HOODTRACE_LIVE();
  if (!folder_.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const Json row = play({"ask", "nap", "first", "nap", "drop"});
  ASSERT_FALSE(row.empty()) << run_.report().dump().substr(0, 2000);
  const Finished replayed = run_hoodtrace({"cache", "--from", recording_, "--format", "json"});
  ASSERT_EQ(replayed.exit_code, 0) << replayed.error;
  EXPECT_EQ(file_row(Json::parse(replayed.output), folder_.file("data")), row);

  ASSERT_TRUE(prepare(folder_.file("data"), kKib, {"drop"}));
  const TracedRun without =
      cache_run({"cache", "file=" + folder_.file("data"), "ask", "nap", "first", "nap", "drop"});
  const Json bare = file_row(without.report(), folder_.file("data"));
  EXPECT_EQ(bare["readahead_unused"], row["readahead_unused"]);
  EXPECT_TRUE(bare["readahead_unused_timed"].is_null()) << bare.dump();
  EXPECT_TRUE(bare["readahead_unused_ns"].is_null()) << bare.dump();
}

}  // namespace
}  // namespace hoodtrace::testing
