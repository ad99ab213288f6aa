// SPDX-License-Identifier: GPL-2.0-or-later
// A known number of page faults of each kind, each in a mapping of its own: counted exactly.

#include <sys/mman.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "live/faults/expectations.hpp"

namespace hoodtrace::testing {
namespace {

struct Expected {
  const char* act;
  const char* region;
  const char* kind;
  std::uint64_t count;
  std::uint64_t bytes;  // each
};

// Every act alone, and all of them at once: no kind leaks into another one's mapping.
void expect_kinds(const std::vector<Expected>& acts, const Words& arguments = {}) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  Words scenario = {"faults", std::filesystem::path(folder.file("any")).parent_path()};
  for (const Expected& act : acts)
    scenario.push_back(std::string(act.act) + "=" + std::to_string(act.count));
  const FaultsRun traced = trace_faults(arguments, scenario);
  ASSERT_FALSE(traced.run.reports.empty());
  for (const Expected& act : acts) {
    const Json& region = traced.truth["regions"][act.region];
    EXPECT_EQ(count_in(traced.report(), region, act.kind), act.count) << act.kind;
    EXPECT_EQ(count_in(traced.report(), region, act.kind, 0, "bytes"), act.count * act.bytes)
        << act.kind;
  }
}

// Whether a read of untouched anonymous memory maps the zero page, as smaps of this process shows:
// most kernels do; some give the read a page of its own, and a later write does not fault then.
bool reads_map_the_zero_page() {
  constexpr std::size_t kBytes = 4096;
  void* const page =
      ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return true;
  ::madvise(page, kBytes, MADV_NOHUGEPAGE);  // and a mapping apart from its neighbours
  (void)*static_cast<volatile const char*>(page);
  const auto address = reinterpret_cast<std::uintptr_t>(page);
  std::ifstream smaps("/proc/self/smaps");
  bool mine = false;
  bool zero_page = true;
  for (std::string line; std::getline(smaps, line);) {
    std::istringstream words(line);
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    char dash = 0;
    if (words >> std::hex >> begin >> dash >> end && dash == '-')
      mine = begin <= address && address < end;
    else if (mine && line.starts_with("Anonymous:"))
      zero_page = line.find(" 0 kB") != std::string::npos;
  }
  ::munmap(page, kBytes);
  return zero_page;
}

TEST(FaultKinds, AnonymousMemory) {
  if (reads_map_the_zero_page())
    expect_kinds({{"zero", "zero", "demand_zero", 500, 4096},
                  {"zero_read", "zero_read", "zero_page_read", 400, 0},
                  {"upgrade", "upgrade", "zero_page_upgrade", 300, 4096}});
  else
    expect_kinds({{"zero", "zero", "demand_zero", 500, 4096},
                  {"zero_read", "zero_read", "demand_zero", 400, 4096}});
}

TEST(FaultKinds, SharedMemory) { expect_kinds({{"shmem", "shmem", "shmem", 300, 4096}}); }

// Pages that the file has already are not new memory.
TEST(FaultKinds, SharedMemoryThatIsThereIsNotGivenAgain) {
  if (!doctor_says("and the page tables"))
    GTEST_SKIP() << "cannot be measured here: page tables are not read";
  expect_kinds(
      {{"shmem", "shmem", "shmem", 50, 4096}, {"shmem_again", "shmem_again", "shmem", 300, 0}});
}

TEST(FaultKinds, FilesInThePageCache) {
  // A read maps what lies around it (fault_around_bytes); a write to a private page copies it.
  expect_kinds({{"file", "file", "file_minor", 40, 0},
                {"file_cow", "file_cow", "file_cow", 200, 4096},
                {"file_over", "file_over", "file_cow", 150, 4096},
                {"shared", "shared", "shared_write", 100, 0}});
}

TEST(FaultKinds, TheKernelTouchesUserMemory) {
  expect_kinds({{"kernel", "kernel", "kernel_access", 200, 4096}});
}

TEST(FaultKinds, SegmentationFaultsAndFailedCopies) {
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_faults({}, {"faults", "invalid=25", "efault=10"});
  ASSERT_FALSE(traced.run.reports.empty());
  // copy_to_user may try a page that it cannot write twice, byte by byte the second time: at least
  // one fault for each. The failure of the last one is recorded at the task's next fault, if there
  // is one. With fentry they are not recorded: handle_mm_fault is not called for them.
  const std::uint64_t least = sees_by_fentry() ? 25 : 34;
  const std::uint64_t most = sees_by_fentry() ? 25 : 45;
  EXPECT_GE(kind_of_all(traced.report(), "invalid"), least);
  EXPECT_LE(kind_of_all(traced.report(), "invalid"), most);
  EXPECT_GE(count_in(traced.report(), traced.truth["regions"]["none"], "invalid"), least);
}

#if defined(__x86_64__)
// PROT_NONE: the mapping is known, and the copy fails.
TEST(FaultKinds, AFailedCopyIsInItsMapping) {
  HOODTRACE_LIVE();
  if (sees_by_fentry() || !is_kernel_at_least(6, 2))
    GTEST_SKIP() << "cannot run here: mappings are not looked up at the entry";
  const TracedRun run = trace_workload({"faults", "--by", "mapping"}, {"faults", "efault=10"});
  ASSERT_EQ(run.exit_code, 0) << run.error;
  std::uint64_t failed = 0;
  for (const Json& mapping : run.report()["mappings"]) {
    if (!mapping["kinds"].contains("invalid")) continue;
    EXPECT_EQ(mapping["name"], "anonymous") << mapping.dump();
    failed += number(mapping["kinds"]["invalid"], "count");
  }
  EXPECT_GE(failed, 9U);
}

// The first is a general protection fault without an address, the second a page fault of the kernel's.
TEST(FaultKinds, WildPointersEndInSignals) {
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_faults({}, {"faults", "wild=5", "kernel_address=3"});
  ASSERT_FALSE(traced.run.reports.empty());
  EXPECT_EQ(kind_of_all(traced.report(), "invalid"), 8U);
  std::uint64_t without = 0;
  std::uint64_t with = 0;
  for (const Json& signal : traced.report()["signals"]) {
    EXPECT_EQ(signal["signal"], "SIGSEGV");
    (signal["first_address"].is_null() ? without : with) += number(signal, "count");
  }
  EXPECT_EQ(without, 5U);
  EXPECT_EQ(with, 3U);
}
#endif

TEST(FaultKinds, HugePages) {
  std::string mode;
  std::getline(std::ifstream("/sys/kernel/mm/transparent_hugepage/enabled"), mode);
  if (mode.empty() || mode.find("[never]") != std::string::npos)
    GTEST_SKIP() << "cannot run here: this kernel gives no transparent huge pages";
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_faults({}, {"faults", "huge=8"});
  ASSERT_FALSE(traced.run.reports.empty());
  const Json& region = traced.truth["regions"]["huge"];
  const std::uint64_t huge = count_in(traced.report(), region, "huge");
  // Where memory is in pieces the kernel falls back to a small page: one fault each all the same.
  EXPECT_EQ(huge + count_in(traced.report(), region, "demand_zero"), 8U);
  EXPECT_GT(huge, 0U);
  EXPECT_EQ(count_in(traced.report(), region, "huge", 0, "bytes"), huge << 21);
}

TEST(FaultKinds, PagesReadFromDiskHaveTheirFilesNameAndTheirTime) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const std::string cold = folder.file("cold");
  const std::string parent = std::filesystem::path(cold).parent_path();
  const FaultsRun traced = trace_faults({}, {"faults", parent, "major=64"});
  ASSERT_FALSE(traced.run.reports.empty());
  EXPECT_EQ(traced.truth["major"], 64);
  const Json& region = traced.truth["regions"]["cold"];
  EXPECT_EQ(count_in(traced.report(), region, "file_major"), 64U);
  EXPECT_GT(count_in(traced.report(), region, "file_major", 0, "time_ns"), 64U * 1000);
  bool named = false;
  for (const Json& mapping : traced.report()["mappings"])
    if (mapping["name"] == cold) {
      named = true;
      EXPECT_EQ(mapping["kinds"]["file_major"]["count"], 64);
    }
  EXPECT_TRUE(named) << traced.report()["mappings"].dump();
}

TEST(FaultKinds, AThreadsCountIsGetrusages) {
  HOODTRACE_LIVE();
  const FaultsRun traced = trace_faults(
      {}, {"faults", "zero=700", "upgrade=100", "kernel=100", "file_cow=50", "shmem=50"});
  ASSERT_FALSE(traced.run.reports.empty());
  std::uint64_t most = 0;
  for (const Json& task : traced.report()["tasks"])
    if (task["tid"] != task["pid"]) most = std::max(most, number(task, "minor"));
  // Between the two getrusages lies all but what the gate itself touches: less than a stack.
  EXPECT_GE(most, number(traced.truth, "minor"));
  EXPECT_LE(most, number(traced.truth, "minor") + 16);
}

// The tier for kernels without page_fault_user: no access is known, so kinds are folded.
TEST(FaultKinds, PerfEventsAloneReportFewerKinds) {
  std::vector<Expected> acts = {
      {"zero", "zero", "demand_zero", 500, 4096}, {"shmem", "shmem", "shmem", 300, 4096},
      {"file", "file", "file_minor", 40, 0},      {"file_over", "file_over", "file_cow", 150, 4096},
      {"shared", "shared", "file_minor", 100, 0}, {"kernel", "kernel", "kernel_access", 200, 4096}};
  if (reads_map_the_zero_page()) {
    acts.push_back({"zero_read", "zero_read", "other", 400, 0});
    acts.push_back({"upgrade", "upgrade", "demand_zero", 300, 4096});
  } else {
    acts.push_back({"zero_read", "zero_read", "demand_zero", 400, 4096});
  }
  expect_kinds(acts, {"--tier", "events"});
}

}  // namespace
}  // namespace hoodtrace::testing
