// SPDX-License-Identifier: GPL-2.0-or-later
// Whole reports, byte for byte: a stream goes in, what a user would read comes out and equals the
// file in expected/. After a wanted change: HOODTRACE_UPDATE_GOLDEN=1 ctest -L golden, and read the
// diff.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "golden/cache_scenarios.hpp"
#include "golden/disk_scenarios.hpp"
#include "golden/fair_scenarios.hpp"
#include "golden/load_scenarios.hpp"
#include "golden/procs_scenarios.hpp"
#include "golden/scenarios.hpp"
#include "golden/sched_table_scenarios.hpp"
#include "golden/why_scenarios.hpp"
#include "support/command_run.hpp"

namespace hoodtrace::golden {
namespace {

struct Case {
  std::string file;  // in expected/
  StreamBuilder (*scenario)();
  std::vector<std::string> words;
};

void PrintTo(const Case& wanted, std::ostream* out) { *out << wanted.file; }

const Case kCases[] = {
    {"procs_build.txt", small_build, {"procs"}},
    {"procs_build_tree.txt", small_build, {"procs", "--tree", "--with", "faults"}},
    {"procs_build_gantt.txt", small_build, {"procs", "--gantt"}},
    {"procs_build_failed.txt", small_build, {"procs", "--failed"}},
    {"procs_build_slow.txt", small_build, {"procs", "--slow", "20ms"}},
    {"procs_build.json", small_build, {"procs", "--format", "json"}},
    {"procs_build.csv", small_build, {"procs", "--format", "csv"}},
    {"procs_hostile.txt", hostile_lives, {"procs"}},
    {"procs_hostile_tree.txt", hostile_lives, {"procs", "--tree"}},
    {"procs_hostile_gantt.txt", hostile_lives, {"procs", "--gantt"}},
    {"procs_hostile.json", hostile_lives, {"procs", "--format", "json"}},
    {"procs_hostile.csv", hostile_lives, {"procs", "--format", "csv"}},
    {"procs_threads.txt", threads_of_one, {"procs", "--threads"}},
    {"procs_threads_tree.txt", threads_of_one, {"procs", "--threads", "--tree"}},
    {"procs_threads.json", threads_of_one, {"procs", "--threads", "--format", "json"}},
    {"procs_known.txt", known_by_more, {"procs"}},
    {"procs_known_tree.txt", known_by_more, {"procs", "--tree"}},
    {"procs_known.json", known_by_more, {"procs", "--format", "json"}},
    {"sched_busy.txt", busy_machine, {"sched"}},
    {"sched_busy.json", busy_machine, {"sched", "--format", "json"}},
    {"sched_busy.csv", busy_machine, {"sched", "--format", "csv"}},
    {"sched_busy_by_process.txt", busy_machine, {"sched", "--by", "process"}},
    {"sched_busy_by_comm.csv", busy_machine, {"sched", "--by", "comm", "--format", "csv"}},
    {"sched_busy_by_cgroup.txt", busy_machine, {"sched", "--by", "cgroup"}},
    {"sched_busy_by_cpu.txt", busy_machine, {"sched", "--by", "cpu"}},
    {"sched_busy_by_cpu.json", busy_machine, {"sched", "--by", "cpu", "--format", "json"}},
    {"sched_busy_sorted.txt", busy_machine, {"sched", "--sort", "on_cpu_ns", "--top", "2"}},
    {"sched_busy_histogram.txt", busy_machine, {"sched", "--histogram"}},
    {"sched_busy_threshold.txt", busy_machine, {"sched", "--threshold", "5ms"}},
    {"sched_busy_no_culprits.txt", busy_machine, {"sched", "--no-culprits"}},
    {"sched_hostile.txt", hostile_names, {"sched"}},
    {"sched_hostile.json", hostile_names, {"sched", "--format", "json"}},
    {"sched_hostile.csv", hostile_names, {"sched", "--format", "csv"}},
    {"sched_losses.txt", losses, {"sched"}},
    {"sched_losses.json", losses, {"sched", "--format", "json"}},
    {"sched_losses.csv", losses, {"sched", "--format", "csv"}},
    {"sched_fallback.txt", fallback, {"sched"}},
    {"sched_fallback.json", fallback, {"sched", "--format", "json"}},
    {"fair_shared.txt", shared_cpu, {"sched", "--fair"}},
    {"fair_shared.json", shared_cpu, {"sched", "--fair", "--format", "json"}},
    {"fair_shared.csv", shared_cpu, {"sched", "--fair", "--format", "csv"}},
    {"fair_shared_by_cgroup.txt", shared_cpu, {"sched", "--fair", "--by", "cgroup"}},
    {"fair_old_kernel.txt", shared_cpu_old, {"sched", "--fair"}},
    {"quota.txt", limited_machine, {"sched", "--quota"}},
    {"quota.json", limited_machine, {"sched", "--quota", "--format", "json"}},
    {"quota.csv", limited_machine, {"sched", "--quota", "--format", "csv"}},
    {"irq.txt", limited_machine, {"sched", "--irq"}},
    {"irq.json", limited_machine, {"sched", "--irq", "--format", "json"}},
    {"irq.csv", limited_machine, {"sched", "--irq", "--format", "csv"}},
    {"irq_by_comm.txt", limited_machine, {"sched", "--irq", "--by", "comm"}},
    {"realtime.txt", limited_machine, {"sched", "--realtime"}},
    {"realtime.json", limited_machine, {"sched", "--realtime", "--format", "json"}},
    {"realtime.csv", limited_machine, {"sched", "--realtime", "--format", "csv"}},
    {"moves.txt", limited_machine, {"sched", "--by", "cpu"}},
    {"moves.json", limited_machine, {"sched", "--by", "cpu", "--format", "json"}},
    {"fair_old_kernel.json", shared_cpu_old, {"sched", "--fair", "--format", "json"}},
    {"load.txt", loaded_machine, {"sched", "--load"}},
    {"load.json", loaded_machine, {"sched", "--load", "--format", "json"}},
    {"load.csv", loaded_machine, {"sched", "--load", "--format", "csv"}},
    {"load_by_cgroup.txt", loaded_machine, {"sched", "--load", "--by", "cgroup"}},
    {"load_old_recording.txt", shared_cpu, {"sched", "--load", "--by", "thread"}},
    {"cache_pressure.txt", cache_pressure, {"cache"}},
    {"cache_pressure.json", cache_pressure, {"cache", "--format", "json"}},
    {"cache_pressure.csv", cache_pressure, {"cache", "--format", "csv"}},
    {"cache_pressure_by_comm.txt", cache_pressure, {"cache", "--by", "comm", "--top", "1"}},
    {"cache_pressure_sorted.txt", cache_pressure, {"cache", "--sort", "hits"}},
    {"cache_old_kernel.txt", cache_old_kernel, {"cache"}},
    {"cache_old_kernel.json", cache_old_kernel, {"cache", "--format", "json"}},
    {"cache_old_kernel.csv", cache_old_kernel, {"cache", "--format", "csv"}},
    {"disk_busy.txt", busy_disk, {"disk"}},
    {"disk_busy_histogram.txt", busy_disk, {"disk", "--by", "device", "--histogram"}},
    {"disk_busy_ops.txt", busy_disk, {"disk", "--by", "op"}},
    {"disk_busy_cgroups.txt", busy_disk, {"disk", "--by", "cgroup"}},
    {"disk_busy_threshold.txt", busy_disk, {"disk", "--by", "task", "--threshold", "3ms"}},
    {"disk_busy.json", busy_disk, {"disk", "--format", "json"}},
    {"disk_busy.csv", busy_disk, {"disk", "--format", "csv"}},
    {"why_database.txt", slow_database, {"why"}},
    {"why_database_all.txt", slow_database, {"why", "--all"}},
    {"why_database_threshold.txt", slow_database, {"why", "--threshold", "5ms", "--top", "1"}},
    {"why_database_by_process.txt", slow_database, {"why", "--by", "process"}},
    {"why_database_by_comm.txt", slow_database, {"why", "--by", "comm", "--sort", "idle"}},
    {"why_database_by_cgroup.txt", slow_database, {"why", "--by", "cgroup"}},
    {"why_database.json", slow_database, {"why", "--format", "json"}},
    {"why_database_by_process.json", slow_database, {"why", "--by", "process", "--format", "json"}},
    {"why_database.csv", slow_database, {"why", "--format", "csv"}},
    {"why_hostile.txt", hostile_causes, {"why", "--threshold", "5ms"}},
    {"why_hostile.json", hostile_causes, {"why", "--format", "json"}},
    {"why_hostile.csv", hostile_causes, {"why", "--format", "csv"}},
    {"why_many.txt", many_causes, {"why"}},
    {"faults_server.txt", forking_server, {"faults"}},
    {"faults_server.json", forking_server, {"faults", "--format", "json"}},
    {"faults_server.csv", forking_server, {"faults", "--by", "process", "--format", "csv"}},
    {"faults_server_by_mapping.txt", forking_server, {"faults", "--by", "mapping"}},
    {"faults_server_by_address.txt", forking_server, {"faults", "--by", "address"}},
    {"faults_server_cow.txt", forking_server, {"faults", "--cow"}},
    {"faults_server_cow.json", forking_server, {"faults", "--cow", "--format", "json"}},
};

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Reports : public ::testing::TestWithParam<Case> {};

TEST_P(Reports, IsAsExpected) {
  const std::string path = HOODTRACE_SOURCE_DIR "/tests/golden/expected/" + GetParam().file;
  const CommandRun run = run_command(GetParam().words, GetParam().scenario());
  ASSERT_EQ(run.error, "");
  ASSERT_FALSE(run.output.empty());
  if (std::getenv("HOODTRACE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << run.output;
    GTEST_SKIP() << "wrote " << path;
  }
  EXPECT_EQ(run.output, content(path)) << "differs from " << path;
}

std::string name_of(const ::testing::TestParamInfo<Case>& info) {
  std::string name = info.param.file;
  for (char& c : name)
    if (c == '.') c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Golden, Reports, ::testing::ValuesIn(kCases), name_of);

}  // namespace
}  // namespace hoodtrace::golden
