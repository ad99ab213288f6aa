// SPDX-License-Identifier: GPL-2.0-or-later
// Experiments pass on this kernel, and fail when hoodtrace counts wrongly.

#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "live/sched/expectations.hpp"
#include "stream/file_source.hpp"
#include "stream/recorder.hpp"
#include "support/disk_place.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace::testing {
namespace {

class LabExperiment : public ::testing::TestWithParam<const char*> {};

TEST_P(LabExperiment, Passes) {
  HOODTRACE_LIVE();
  const Finished run =
      run_hoodtrace({"lab", GetParam(), "--folder", disk_place(), "--format", "json"});
  const Json report = Json::parse(run.output, nullptr, false);
  ASSERT_TRUE(report.is_object()) << run.error;
  const Json& experiment = report["experiments"][0];
  if (experiment["outcome"] == "skipped")
    GTEST_SKIP() << "cannot run here: " << experiment["reason"].get<std::string>();
  EXPECT_EQ(experiment["outcome"], "pass") << report.dump(1);
  EXPECT_EQ(run.exit_code, 0);
}

// Those whose numbers do not depend on how busy the machine is.
INSTANTIATE_TEST_SUITE_P(Lab, LabExperiment,
                         ::testing::Values("demand-zero", "zero-page", "cow", "cow-huge",
                                           "mmap-file", "major-fault", "page-cache", "reclaim",
                                           "watermarks", "swap", "oom", "fork-exec", "vfork",
                                           "zombie", "orphan", "threads", "signals", "states",
                                           "eevdf", "boot"),
                         [](const ::testing::TestParamInfo<const char*>& parameter) {
                           std::string name = parameter.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// Copies a recording without the record of the index that `is_left_out` is first true for.
bool leave_one_out(const std::string& path,
                   const std::function<bool(const RecordView&)>& is_left_out) {
  const std::string copy = path + ".copy";
  auto source = FileSource::open(path);
  auto recorder = Recorder::create(copy, {});
  if (!source || !recorder) return false;
  bool was_left_out = false;
  for (;;) {
    const auto records = (*source)->next();
    if (!records || records->empty()) break;
    for (const RecordView& record : *records) {
      if (!was_left_out && is_left_out(record)) {
        was_left_out = true;
        continue;
      }
      if (!(*recorder)->write({&record, 1})) return false;
    }
  }
  if (!(*recorder)->finish()) return false;
  std::filesystem::rename(copy, path);
  return was_left_out;
}

// A tracker that misses one fault of 512: what the experiment is for.
TEST(Lab, OneFaultThatIsNotCountedMakesItFail) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const std::string kept = folder.file("kept");
  const Words lab = {"lab", "cow", "--folder", disk_place()};
  Words keep = lab;
  keep.insert(keep.end(), {"--keep", kept});
  const Finished first = run_hoodtrace(keep);
  ASSERT_EQ(first.exit_code, 0) << first.output << first.error;
  const Words judge = {"lab", "cow", "--judge", kept};
  EXPECT_EQ(run_hoodtrace(judge).exit_code, 0);
  std::ifstream facts_file(kept + "/cow.json");
  const Json facts = Json::parse(facts_file);
  ASSERT_TRUE(leave_one_out(kept + "/cow.htrec", [&facts](const RecordView& record) {
    if (record.head->type != HT_FAULT || record.head->tid != facts["child"]) return false;
    const auto address = reinterpret_cast<const ht_fault*>(record.head)->address;
    return address >= facts["region"][0].get<std::uint64_t>() &&
           address < facts["region"][1].get<std::uint64_t>();
  }));
  const Finished again = run_hoodtrace(judge);
  EXPECT_EQ(again.exit_code, 1) << again.output;
  EXPECT_NE(again.output.find("cow: fail"), std::string::npos) << again.output;
  EXPECT_NE(again.output.find("FAIL pages that the child copied"), std::string::npos)
      << again.output;
}

TEST(Lab, LeavesNothingBehind) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.file("files"));
  run_hoodtrace({"lab", "page-cache", "oom", "--folder", folder.file("files")});
  EXPECT_TRUE(std::filesystem::is_empty(folder.file("files")));
}

}  // namespace
}  // namespace hoodtrace::testing
