// SPDX-License-Identifier: GPL-2.0-or-later
// Perfetto's own trace processor loads what we export without an error, and its tables are those of
// the decoder that the other tests ask (tests/support/perfetto_totals.py). Skipped without it.

#include "support/trace_processor.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "golden/cache_scenarios.hpp"
#include "golden/disk_scenarios.hpp"
#include "golden/load_scenarios.hpp"
#include "golden/procs_scenarios.hpp"
#include "golden/scenarios.hpp"
#include "support/command_run.hpp"
#include "support/export_scenario.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace::golden {
namespace {

using nlohmann::json;

struct Case {
  std::string name;
  std::function<StreamBuilder()> scenario;  // empty: use the recording of that name
};

void PrintTo(const Case& wanted, std::ostream* out) { *out << wanted.name; }

const Case kCases[] = {
    {"export_scenario", export_scenario},
    {"reused_ids", reused_ids},
    {"busy_machine", busy_machine},
    {"hostile_names", hostile_names},
    {"losses", losses},
    {"fallback", fallback},
    {"forking_server", forking_server},
    {"small_build", small_build},
    {"loaded_machine", loaded_machine},
    {"hostile_lives", hostile_lives},
    {"threads_of_one", threads_of_one},
    {"cache_pressure", cache_pressure},
    {"busy_disk", busy_disk},
    {"sched_pipe", {}},
    {"life_forks", {}},
    {"faults_kinds", {}},
    {"faults_cow", {}},
    {"cache_reads", {}},
    {"all_forks", {}},
};

class TraceProcessor : public ::testing::TestWithParam<Case> {};

TEST_P(TraceProcessor, AgreesWithOwnDecoder) {
  if (const std::string why = testing::why_no_trace_processor(); !why.empty()) GTEST_SKIP() << why;
  const auto& [name, scenario] = GetParam();
  std::vector<std::string> words = {"export", "--to", "perfetto"};
  if (!scenario)
    words.insert(words.end(),
                 {"--from", HOODTRACE_SOURCE_DIR "/tests/golden/recordings/" + name + ".htrec"});
  const CommandRun run = run_command(words, scenario ? scenario() : StreamBuilder());
  ASSERT_EQ(run.error, "");
  const testing::TemporaryFolder folder;
  testing::write_file(folder.file("trace"), run.output);
  const json result = testing::trace_processor_tables(folder.file("trace"));
  EXPECT_EQ(result["errors"], json::object());
  EXPECT_EQ(result["differences"], json::array());
}

INSTANTIATE_TEST_SUITE_P(Golden, TraceProcessor, ::testing::ValuesIn(kCases),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace hoodtrace::golden
