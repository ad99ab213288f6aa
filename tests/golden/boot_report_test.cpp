// SPDX-License-Identifier: GPL-2.0-or-later
// The report of a boot, byte for byte, from a capture that the test builds.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/text.hpp"
#include "stream/recorder.hpp"
#include "support/boot_scenario.hpp"
#include "support/command_run.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace {
namespace {

constexpr std::uint64_t kMs = 1'000'000;

// A disk check holds up the mount, which holds up the one service; a second service fails, and a
// third has hostile words everywhere.
BootScenario small_boot(bool has_end) {
  BootScenario scenario;
  StreamBuilder& stream = scenario.stream;
  stream.at(1000 * kMs).session().cgroup(1, "/init.scope").cgroup(2, "/");
  stream.seen(1, {.pid = 1, .parent_pid = 0, .comm = "systemd", .cgroup_id = 1});
  stream.seen(2, {.pid = 2, .parent_pid = 0, .comm = "kthreadd", .cgroup_id = 2, .kthread = true});
  scenario.at(1001 * kMs).forks(100);
  stream.at(1100 * kMs).cgroup(7, "/system.slice/check.service");
  stream.born(50, {.parent_pid = 1, .comm = "systemd", .start_ns = 1100 * kMs, .cgroup_id = 1});
  stream.moves_to_cgroup(50, 7);
  stream.at(1110 * kMs).switches({.from = 0, .to = 50, .wait_ns = 10 * kMs});
  scenario.at(1120 * kMs).runs(50, "/sbin/fsck", BootScenario::words({"fsck", "-a", "/dev/sda1"}));
  stream.renamed(50, "fsck");
  stream.at(1150 * kMs).switches({.from = 50, .to = 0, .state = kDiskSleep});
  stream.at(1350 * kMs).switches({.from = 0, .to = 50, .wait_ns = 0});
  scenario.at(1400 * kMs).exits(50, 0, 1100 * kMs);
  stream.ends(50).switches({.from = 50, .to = 1, .state = kDead});
  stream.at(1420 * kMs).cgroup(8, "/system.slice/bad.service");
  stream.born(51, {.parent_pid = 1, .comm = "bad", .start_ns = 1420 * kMs, .cgroup_id = 8});
  stream.at(1425 * kMs).switches({.from = 1, .to = 51, .state = kSleeping, .wait_ns = 5 * kMs});
  scenario.at(1426 * kMs).runs(51, "/bin/bad", BootScenario::words({"bad", "a b", "\x1b[31mred"}));
  scenario.at(1440 * kMs).exits(51, 3 << 8, 1420 * kMs);
  stream.ends(51).switches({.from = 51, .to = 0, .state = kDead});
  scenario.at(1500 * kMs).mark(HT_BOOT_MARK_KMSG, "hostile\x1b]0;title\x07", 3);
  if (!has_end) return scenario;
  scenario.at(2000 * kMs).phases(0, 900 * kMs, 1600 * kMs, 300 * kMs, 200 * kMs);
  scenario.unit({.name = "check.service", .activating_ns = 1090 * kMs, .inactive_ns = 1405 * kMs})
      .unit({.name = "data.mount",
             .activating_ns = 1406 * kMs,
             .active_ns = 1410 * kMs,
             .after = {"check.service"}})
      .unit({.name = "bad.service",
             .activating_ns = 1415 * kMs,
             .inactive_ns = 1441 * kMs,
             .after = {"data.mount"},
             .state = "failed",
             .result = "exit-code"})
      .unit({.name = "\x1b[2J.service", .activating_ns = 1415 * kMs, .active_ns = 1416 * kMs})
      .unit({.name = "multi-user.target",
             .activating_ns = 1450 * kMs,
             .active_ns = 1450 * kMs,
             .after = {"data.mount", "check.service"}});
  scenario.forks(102);
  scenario.ends(HT_BOOT_END_REACHED, "idle");
  stream.at(2001 * kMs).counters(1).counters(2).end();
  return scenario;
}

std::string report(const BootScenario& scenario, const std::vector<std::string>& words) {
  const hoodtrace::testing::TemporaryFolder folder;
  const std::string path = folder.file("boot.htrec");
  {
    const auto recorder = Recorder::create(path, {});
    EXPECT_TRUE(recorder) << recorder.error().message;
    std::vector<RecordView> views;
    for (std::size_t i = 0; i < scenario.stream.records().size(); i++)
      views.push_back(scenario.stream.records().at(i));
    EXPECT_TRUE((*recorder)->write(views));
    EXPECT_TRUE((*recorder)->finish());
  }
  std::vector<std::string> all{"boot", "report", path};
  all.insert(all.end(), words.begin(), words.end());
  const CommandRun run = run_command(all, scenario.stream);
  EXPECT_EQ(run.error, "");
  return run.output;
}

void expect_golden(const std::string& output, const std::string& name) {
  const std::string path = HOODTRACE_SOURCE_DIR "/tests/golden/expected/" + name;
  if (std::getenv("HOODTRACE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << output;
    GTEST_SKIP() << "wrote " << path;
  }
  std::ostringstream expected;
  expected << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_EQ(output, expected.str()) << "differs from " << path;
}

TEST(BootReport, AsText) { expect_golden(report(small_boot(true), {}), "boot_small.txt"); }

TEST(BootReport, AsJson) {
  expect_golden(report(small_boot(true), {"--format", "json"}), "boot_small.json");
}

TEST(BootReport, AsTextOfAnUnfinishedCapture) {
  expect_golden(report(small_boot(false), {}), "boot_broken_off.txt");
}

TEST(BootReport, FitsAHundredColumnsAndEscapesHostileText) {
  std::istringstream lines(report(small_boot(true), {}));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(display_width(line), 100U) << line;
    EXPECT_EQ(line.find('\x1b'), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace hoodtrace
