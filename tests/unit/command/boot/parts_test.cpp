// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/boot/parts.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "command/boot/paths.hpp"
#include "support/command_run.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace {
namespace {

namespace fs = std::filesystem;
using Folder = hoodtrace::testing::TemporaryFolder;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(BootParts, TheUnitRunsTheCaptureAndHoldsTheFirstUnits) {
  BootOptions options;
  options.until = "graphical.target";
  options.kmsg = true;
  const auto parts = boot_parts(options, "/usr/bin/hoodtrace", {}, {"a.service", "b.mount"});
  ASSERT_EQ(parts.size(), 1U);
  const std::string& unit = parts[0].text;
  EXPECT_EQ(parts[0].path, kBootUnitFile);
  EXPECT_TRUE(has(unit,
                  "\nExecStart=/usr/bin/hoodtrace boot capture --until graphical.target "
                  "--limit 300s --limit 268435456 --families procs,sched --kmsg\n"))
      << unit;
  EXPECT_TRUE(has(unit, "\nBefore=a.service b.mount\n"));
  EXPECT_TRUE(has(unit, "\nTimeoutStartSec=3000ms\n"));
  EXPECT_EQ(unit.find('#' + std::string("EXEC")), std::string::npos);
}

TEST(BootParts, NothingRequiresIt) {
  const auto parts = boot_parts({}, "/usr/bin/hoodtrace", {}, {"a.service"});
  for (const char* word : {"Requires=", "RequiredBy=", "Requisite=", "BindsTo=", "PartOf="})
    EXPECT_FALSE(has(parts[0].text, word)) << word;
  EXPECT_TRUE(has(parts[0].text, "\nWantedBy=sysinit.target\n"));
}

TEST(BootParts, WithoutAHoldNoUnitIsOrderedAfterIt) {
  BootOptions options;
  options.hold_ns = 0;
  const auto parts = boot_parts(options, "/usr/bin/hoodtrace", {}, {"a.service"});
  EXPECT_FALSE(has(parts[0].text, "a.service"));
}

TEST(BootParts, TheInitrdsUnitOutlivesTheSwitchOfTheRoot) {
  BootOptions options;
  options.initrd = true;
  const auto parts = boot_parts(options, "/usr/bin/hoodtrace", {.dracut = true}, {});
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_TRUE(has(parts[1].text, "inst_multiple /usr/bin/hoodtrace"));
  EXPECT_TRUE(has(parts[2].text, "\nExecStart=@/usr/bin/hoodtrace @hoodtrace boot capture "));
  EXPECT_TRUE(has(parts[2].text, "\nIgnoreOnIsolate=yes\n"));
}

void make_init(const Folder& root) {
  fs::create_directories(root.file("usr/sbin"));
  fs::create_symlink("../lib/systemd/systemd", root.file("usr/sbin/init"));
}

// A system below a folder, with a hoodtrace in it.
void make_system(const Folder& root) {
  make_init(root);
  fs::create_directories(root.file("usr/local/bin"));
  std::ofstream(root.file("usr/local/bin/hoodtrace")) << "#!/bin/sh\n";
  fs::permissions(root.file("usr/local/bin/hoodtrace"), fs::perms::owner_all);
  fs::create_directories(root.file("usr/lib/systemd/system/sysinit.target.wants"));
  std::ofstream(root.file("usr/lib/systemd/system/sysinit.target.wants/early.service")) << "";
}

TEST(BootEnable, EnableInAnotherRootIsUndoneByDisable) {
  const Folder root;
  make_system(root);
  const StreamBuilder none;
  const std::string where = root.file("");
  ASSERT_EQ(run_command({"boot", "enable", "--root", where}, none).error, "");
  std::ifstream unit(root.file("etc/systemd/system/hoodtrace-boot.service"));
  const std::string text((std::istreambuf_iterator<char>(unit)), {});
  EXPECT_TRUE(has(text, "ExecStart=/usr/local/bin/hoodtrace boot capture"));
  EXPECT_TRUE(has(text, " early.service "));
  const std::string link =
      root.file("etc/systemd/system/sysinit.target.wants/hoodtrace-boot.service");
  EXPECT_EQ(fs::read_symlink(link), kBootUnitFile);

  const CommandRun status = run_command({"boot", "status", "--root", where}, none);
  EXPECT_TRUE(has(status.output, "enabled: the next boot\n")) << status.output;
  EXPECT_TRUE(has(status.output, "no captures")) << status.output;

  ASSERT_EQ(run_command({"boot", "disable", "--root", where}, none).error, "");
  EXPECT_FALSE(fs::exists(fs::symlink_status(link)));
  EXPECT_FALSE(fs::exists(root.file("etc/systemd/system/hoodtrace-boot.service")));
}

TEST(BootEnable, WithoutHoodtraceInTheRootTheErrorNamesTheNextStep) {
  const Folder root;
  make_init(root);
  const CommandRun run = run_command({"boot", "enable", "--root", root.file("")}, {});
  EXPECT_TRUE(has(run.error, "copy it to")) << run.error;
}

TEST(BootEnable, IsRefusedWhereSystemdIsNotInit) {
  const Folder root;
  make_system(root);
  fs::remove(root.file("usr/sbin/init"));
  fs::create_symlink("/lib/sysvinit/init", root.file("usr/sbin/init"));
  const CommandRun run = run_command({"boot", "enable", "--root", root.file("")}, {});
  EXPECT_EQ(run.code, 3);
  EXPECT_TRUE(has(run.error, "is not started by systemd")) << run.error;
  EXPECT_FALSE(fs::exists(root.file("etc/systemd/system/hoodtrace-boot.service")));
}

TEST(BootOptions, WrongWordsAreRefused) {
  const StreamBuilder none;
  const std::vector<std::vector<std::string>> wrong = {
      {"boot"},
      {"boot", "enable", "--until", "no unit"},
      {"boot", "enable", "--until", "x.target\nExecStart=/bin/sh"},
      {"boot", "enable", "--limit", "soon"},
      {"boot", "enable", "--every", "0"},
      {"boot", "enable", "--families", "sched"},
      {"boot", "enable", "--families", "procs,magic"},
      {"boot", "report", "--format", "csv"}};
  for (const auto& words : wrong) EXPECT_EQ(run_command(words, none).code, 2) << words.back();
}

}  // namespace
}  // namespace hoodtrace
