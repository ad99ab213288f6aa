// SPDX-License-Identifier: GPL-2.0-or-later
// Who sleeps for what is not its own request: against the kernel's count of each task's switches.

#include <algorithm>
#include <sstream>
#include <utility>

#include "live/disk/stage.hpp"
#include "support/realtime.hpp"

namespace hoodtrace::testing {
namespace {

std::string name_of(const LoopDevice& loop) {
  return loop.path().substr(loop.path().rfind('/') + 1);
}

// The row of the task; an empty object when it did nothing at the disk.
Json row_of(const TracedRun& run, const Json& who) {
  for (const Json& row : run.report()["tasks"])
    if (row["tid"] == who["tid"]) return row;
  return Json::object();
}

std::vector<Json> rows_of(const std::string& recording) {
  std::vector<Json> rows;
  const Finished exported = run_hoodtrace({"export", "--from", recording, "--to", "jsonl"});
  EXPECT_EQ(exported.exit_code, 0) << exported.error;
  std::istringstream lines(exported.output);
  for (std::string line; std::getline(lines, line);)
    if (Json row = Json::parse(line, nullptr, false); row.is_object())
      rows.push_back(std::move(row));
  return rows;
}

// Sleeps of the task for the disk in that system call. It may sleep for pages of its program too.
std::uint64_t sleeps_in(const std::vector<Json>& rows, const Json& who, const std::string& call) {
  return static_cast<std::uint64_t>(std::count_if(rows.begin(), rows.end(), [&](const Json& row) {
    return row["type"] == "disk_wait" && row["tid"] == who["tid"] && row.value("call", "") == call;
  }));
}

// The file's pages are out of the page cache.
bool make_cold(const std::string& file, const std::string& kib) {
  return run_program(
      {workload_path(), "cache", "file=" + file, "kib=" + kib, "make", "drop", "nap", "drop"});
}

TEST(DiskWaiters, AReaderOfPagesThatAnotherReadsAheadSleepsForThatOnesRequest) {
  HOODTRACE_LIVE();
  if (!may_be_realtime()) GTEST_SKIP() << "cannot run here: no real-time task is permitted";
  const DiskFolder folder;
  if (!folder.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const std::string file = folder.file("data");
  const std::string recording = folder.file("run.htrec");
  const TracedRun run = disk_run({"-w", recording}, {"read_behind", "file=" + file, "pieces=64"},
                                 [&] { ASSERT_TRUE(make_cold(file, "32768")); });
  ASSERT_FALSE(run.reports.empty());
  // All requests are the first one's.
  const Json first = run.row(run.truth["tid"].get<pid_t>());
  EXPECT_EQ(count_of(file_row(run.report(), file), "read_bytes"), 32768U * 1024)
      << run.report()["files"].dump();
  EXPECT_GE(count_of(first, "read_bytes"), 32768U * 1024);
  expect_tasks_audited(run.report());

  const Json reader = run.truth["reader"][0];
  const Json second = row_of(run, reader);
  EXPECT_EQ(sleeps_in(rows_of(recording), reader, "pread64"), reader["sleeps"]) << second.dump();
  if (reader["sleeps"] == 0)
    GTEST_SKIP() << "cannot be measured here: the disk was faster than the reader";
  EXPECT_GT(count_of(second, "waited_ns"), 0U);
  EXPECT_GE(count_of(file_row(run.report(), file), "waited_ns"), count_of(second, "waited_ns"));
}

using Span = std::pair<std::uint64_t, std::uint64_t>;

// How many requests of the recording were at the device at once.
std::size_t most_at_once(const std::vector<Span>& spans) {
  std::vector<std::pair<std::uint64_t, int>> steps;
  for (const auto& [from, to] : spans) {
    steps.emplace_back(from, 1);
    steps.emplace_back(to, -1);
  }
  std::sort(steps.begin(), steps.end());
  int now = 0;
  int most = 0;
  for (const auto& [at, change] : steps) most = std::max(most, now += change);
  return static_cast<std::size_t>(most);
}

// From the hand-over to the driver until it reported the request done.
std::vector<Span> spans_at_device(const std::vector<Json>& rows, const std::string& dev) {
  std::vector<Span> spans;
  for (const Json& row : rows) {
    if (row["type"] != "disk" || row["disk"] != dev) continue;
    const auto issue_ns =
        row["start_ns"].get<std::uint64_t>() + row["queue_ns"].get<std::uint64_t>();
    spans.emplace_back(issue_ns, issue_ns + row["service_ns"].get<std::uint64_t>());
  }
  return spans;
}

class DiskTags : public ::testing::Test {
 protected:
  // Eight processes write with O_DIRECT to a loop device. It has `tags` tags, and its file is not cached.
  TracedRun write_with(unsigned tags) {
    const std::string image = folder_.file("image");
    const LoopDevice loop(image, "64", {"/usr/bin/truncate", "-s", "+0"});
    EXPECT_TRUE(loop.is_made());
    const std::string queue = "/sys/block/" + name_of(loop) + "/queue/";
    EXPECT_TRUE(run_program({"/usr/sbin/losetup", "--direct-io=on", loop.path()}));
    std::uint64_t before = 0;
    std::ifstream(queue + "nr_requests") >> before;
    std::ofstream(queue + "nr_requests") << tags << std::flush;
    std::ifstream(queue + "nr_requests") >> tags_;
    const std::string recording = folder_.file("run.htrec");
    TracedRun run = disk_run({"-w", recording}, {"tag_waiters", "file=" + loop.path(), "tasks=8",
                                                 "count=100", "kib=64"});
    std::ofstream(queue + "nr_requests") << before << std::flush;
    if (run.reports.empty()) return run;
    device_ = device_row(run.report(), name_of(loop));
    rows_ = rows_of(recording);
    most_ = most_at_once(spans_at_device(rows_, device_["dev"].get<std::string>()));
    return run;
  }

  DiskFolder folder_;
  Json device_;
  std::vector<Json> rows_;
  std::uint64_t tags_ = 0;
  std::size_t most_ = 0;
};

// Sleeps of all writers, ours and the kernel's.
void expect_all_sleeps(const TracedRun& run, const std::vector<Json>& rows) {
  std::uint64_t ours = 0;
  std::uint64_t kernel = 0;
  for (const Json& writer : run.truth["writers"]) {
    const Json row = row_of(run, writer);
    EXPECT_EQ(count_of(row, "writes"), 100U) << row.dump();
    EXPECT_EQ(count_of(row, "write_bytes"), run.truth["bytes_each"].get<std::uint64_t>());
    ours += sleeps_in(rows, writer, "pwrite64");
    kernel += writer["sleeps"].get<std::uint64_t>();
  }
  EXPECT_EQ(ours, kernel);
}

std::uint64_t sleeps_without_request(const TracedRun& run) {
  std::uint64_t ns = 0;
  for (const Json& writer : run.truth["writers"]) ns += count_of(row_of(run, writer), "other_ns");
  return ns;
}

TEST_F(DiskTags, NoMoreRequestsAreAtTheDeviceThanItHasTags) {
  HOODTRACE_LIVE();
  if (!folder_.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const TracedRun run = write_with(4);
  ASSERT_FALSE(run.reports.empty());
  if (tags_ != 4)
    GTEST_SKIP() << "cannot be measured here: this kernel gives the device " << tags_
                 << " tags at least";
  EXPECT_EQ(count_of(device_, "writes"), 800U) << device_.dump();
  EXPECT_EQ(most_, 4U) << "eight writers use all tags";
  EXPECT_LE(count_of(device_, "service_ns"), 4 * count_of(device_, "busy_ns")) << device_.dump();
  // The sleep for a tag is before the begin of the request: no request's time holds it.
  EXPECT_GT(sleeps_without_request(run), 0U) << run.report()["tasks"].dump();
  expect_all_sleeps(run, rows_);
}

TEST_F(DiskTags, WithATagForEachWriterNobodySleepsForOne) {
  HOODTRACE_LIVE();
  if (!folder_.is_made()) GTEST_SKIP() << "cannot run here: no file system on a disk to write to";
  const TracedRun run = write_with(128);
  ASSERT_FALSE(run.reports.empty());
  ASSERT_EQ(tags_, 128U);
  EXPECT_EQ(count_of(device_, "writes"), 800U) << device_.dump();
  EXPECT_LE(most_, 8U);
  EXPECT_EQ(sleeps_without_request(run), 0U) << run.report()["tasks"].dump();
  expect_all_sleeps(run, rows_);
}

}  // namespace
}  // namespace hoodtrace::testing
