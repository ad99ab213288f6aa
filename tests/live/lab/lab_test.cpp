// SPDX-License-Identifier: GPL-2.0-or-later
// Experiments pass on this kernel, and fail when hoodtrace counts wrongly.

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iostream>

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

// The kernel shows some switches to no tracer (docs/kernel-notes.md, note 44). When it is the one by which a
// task goes to sleep, that task's 11 s in D are missing, and nothing of the others'.
TEST(Lab, LoadAverageLacksTheTasksWhoseSwitchWasNotShown) {
  HOODTRACE_LIVE();
  const TemporaryFolder folder;
  const std::string kept = folder.file("kept");
  const Words lab = {"lab", "load-average", "--format", "json"};
  Words keep = lab;
  keep.insert(keep.end(), {"--keep", kept});
  Words judge = lab;
  judge.insert(judge.end(), {"--judge", kept});
  const auto check_of = [](const Finished& run, const char* what) {
    const Json report = Json::parse(run.output, nullptr, false);
    if (report.is_object())
      for (const Json& check : report["experiments"][0]["checks"])
        if (check["what"] == what) return check;
    ADD_FAILURE() << "no check " << what << ": " << run.output << run.error;
    return Json::object();
  };
  constexpr const char* kTasks = "tasks that were in D for 11 s";
  constexpr const char* kTime = "time of these in D, all together";
  const std::uint64_t seen = number(check_of(run_hoodtrace(keep), kTasks), "measured");
  std::ifstream facts_file(kept + "/load-average.json");
  const Json facts = Json::parse(facts_file);
  std::uint64_t hidden = 0;
  constexpr std::uint16_t kUninterruptible = 2;  // TASK_UNINTERRUPTIBLE, include/linux/sched.h
  for (const Json& pid : facts["pids"]) {
    if (hidden == 4) break;
    const bool was_hidden =
        leave_one_out(kept + "/load-average.htrec", [&pid](const RecordView& record) {
          if (record.head->type != HT_SWITCH) return false;
          const auto* shown = reinterpret_cast<const ht_switch*>(record.head);
          return shown->prev_tid == pid && (shown->prev_state & kUninterruptible) != 0;
        });
    if (!was_hidden) continue;  // by the kernel itself
    hidden++;
    const Finished again = run_hoodtrace(judge);
    EXPECT_EQ(number(check_of(again, kTasks), "measured"), seen - hidden);
    EXPECT_TRUE(check_of(again, kTasks)["ok"].get<bool>()) << again.output;
    EXPECT_TRUE(check_of(again, kTime)["ok"].get<bool>()) << again.output;
  }
  EXPECT_EQ(hidden, 4U);
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
