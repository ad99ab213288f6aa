// SPDX-License-Identifier: GPL-2.0-or-later
// Every tier of page-fault hooks that this kernel allows counts the same for the same program, and
// a replay prints what the live view printed.

#include <algorithm>
#include <fstream>
#include <sstream>

#include "live/faults/forks_expectations.hpp"

namespace hoodtrace::testing {
namespace {

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Counts and bytes by region and kind.
Json reported_by(const std::string& tier) {
  const FaultsRun traced =
      trace_faults({"--tier", tier},
                   {"faults", "zero=300", "zero_read=200", "upgrade=150", "shmem=100", "kernel=50",
                    "invalid=10", "file=20", "file_cow=80", "file_over=60", "shared=40"});
  Json result;
  for (const auto& [name, region] : traced.truth["regions"].items())
    for (const Json& range : traced.report()["ranges"]) {
      if (range["start"] < region[0] || range["start"] >= region[1]) continue;
      for (const auto& [kind, count] : range["kinds"].items()) {
        Json& sum = result[name][kind];
        if (sum.is_null()) sum = Json::object();
        sum["count"] = number(sum, "count") + number(count, "count");
        sum["bytes"] = number(sum, "bytes") + number(count, "bytes");
      }
    }
  return result;
}

// Sums per region: the tier of perf events cannot distinguish some kinds.
Json sums_of(const Json& result) {
  Json sums;
  for (const auto& [name, kinds] : result.items()) {
    std::uint64_t sum = 0;
    for (const auto& [kind, count] : kinds.items()) sum += number(count, "count");
    sums[name] = sum;
  }
  return sums;
}

TEST(FaultTiers, PerfEventsAloneCountWhatTheTracepointsCount) {
  HOODTRACE_LIVE();
  const Json base = reported_by("base");
  EXPECT_EQ(base["zero"]["demand_zero"]["count"], 300);
  EXPECT_EQ(sums_of(reported_by("events")), sums_of(base));
}

TEST(FaultTiers, HandleMmFaultReportsWhatTheTracepointsReport) {
  HOODTRACE_LIVE();
  const Finished tried = run_hoodtrace({"faults", "--tier", "fentry", "--", "/bin/true"});
  if (tried.exit_code == 3)
    GTEST_SKIP() << "cannot run here: this kernel lets no program attach to "
                    "handle_mm_fault: "
                 << tried.error;
  ASSERT_EQ(tried.exit_code, 0) << tried.error;
  EXPECT_EQ(reported_by("fentry"), reported_by("base"));
}

// Where they are not, the allocator's hook steps in, and all the other tests pass with that too.
TEST(FaultTiers, PageTablesAreReadWhereTheKernelAllowsIt) {
#if !defined(__x86_64__)
  GTEST_SKIP() << "cannot run here: only those of x86-64 are read";
#endif
  HOODTRACE_LIVE();
  if (!has_rdonly_cast())
    GTEST_SKIP() << "cannot run here: this kernel has no bpf_rdonly_cast (6.2 on)";
  EXPECT_TRUE(doctor_says("yes  page tables can be read"));
}

// For memory that asks for huge pages (madvise): none of other tests' does, but in mappings of
// those.
class LargeFolios {
 public:
  LargeFolios() {
    const std::string words = content(kPath);
    const std::size_t from = words.find('['), to = words.find(']');
    if (from == std::string::npos || to == std::string::npos) return;
    before_ = words.substr(from + 1, to - from - 1);
    std::ofstream(kPath) << "madvise" << std::flush;
  }
  LargeFolios(const LargeFolios&) = delete;
  LargeFolios& operator=(const LargeFolios&) = delete;
  ~LargeFolios() {
    if (!before_.empty()) std::ofstream(kPath) << before_ << std::flush;
  }
  [[nodiscard]] bool are_on() const {
    return content(kPath).find("[madvise]") != std::string::npos;
  }

 private:
  static constexpr const char* kPath = "/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled";
  std::string before_;
};

// A page table does not show how many pages one fault was given.
TEST(FaultTiers, WhereFaultsMapSeveralPagesTheAllocatorCounts) {
  HOODTRACE_LIVE();
  const LargeFolios folios;
  if (!folios.are_on()) GTEST_SKIP() << "cannot run here: this kernel has no mTHP (6.8 on)";
  const TemporaryFolder folder;
  const Finished run = run_hoodtrace(
      {"faults", "-w", folder.file("rec"), "-o", folder.file("report"), "--", "/bin/true"});
  ASSERT_EQ(run.exit_code, 0) << run.error;
  const Finished info = run_hoodtrace({"info", folder.file("rec")});
  EXPECT_NE(info.output.find("mm_page_alloc"), std::string::npos) << info.output;
  EXPECT_EQ(info.output.find("page tables"), std::string::npos) << info.output;
}

// The same bytes, live and --from the recording of it.
void expect_same_replayed(const Words& command, const Words& scenario) {
  const TemporaryFolder folder;
  Words live = {"faults"};
  live.insert(live.end(), command.begin(), command.end());
  Words replay = live;
  // A recording has its intervals.
  if (const auto at = std::find(replay.begin(), replay.end(), "-i"); at != replay.end())
    replay.erase(at, at + 2);
  live.insert(live.end(),
              {"-w", folder.file("rec"), "-o", folder.file("live"), "--", workload_path()});
  live.insert(live.end(), scenario.begin(), scenario.end());
  replay.insert(replay.end(), {"--from", folder.file("rec"), "-o", folder.file("replay")});
  const Finished first = run_hoodtrace(live);
  ASSERT_EQ(first.exit_code, 0) << first.error;
  const Finished second = run_hoodtrace(replay);
  ASSERT_EQ(second.exit_code, 0) << second.error;
  const std::string shown = content(folder.file("live"));
  EXPECT_GT(shown.size(), 500U);
  EXPECT_TRUE(shown == content(folder.file("replay"))) << shown.substr(0, 2000);
}

TEST(FaultReplay, IsTheLiveReportByteForByte) {
  HOODTRACE_LIVE();
  const Words cow = {"cow", "pages=400", "children=3", "child=100", "during=200", "after=400"};
  expect_same_replayed({"--cow", "--by", "address", "--format", "json"}, cow);
  expect_same_replayed({"--cow", "--format", "text"}, cow);
  expect_same_replayed({"--by", "mapping", "--format", "csv"}, cow);
  expect_same_replayed({"-i", "100ms", "--format", "json"}, {"fresh", "ms=400", "processes=1"});
}

}  // namespace
}  // namespace hoodtrace::testing
