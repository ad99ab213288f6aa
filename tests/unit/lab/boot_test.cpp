// SPDX-License-Identifier: GPL-2.0-or-later
// What is read of the kernel's log and of systemd, and the judge of boot.

#include <gtest/gtest.h>

#include "lab/boot/sources.hpp"
#include "lab/experiment.hpp"

namespace hoodtrace::lab {
namespace {

TEST(BootSources, ARecordOfTheKernelsLogIsParsed) {
  const auto line = parse_kernel_line("6,339,5140900,-;Run /init as init process\n DEVICE=x\n");
  ASSERT_TRUE(line.has_value());
  EXPECT_EQ(line->time_ns, 5'140'900'000U);
  EXPECT_EQ(line->text, "Run /init as init process");
  for (const char* broken : {"", "6,339", "6,339,x,-;text", "6,339,12", ";", "6,339,,-;text"})
    EXPECT_FALSE(parse_kernel_line(broken).has_value()) << broken;
}

TEST(BootSources, TheFirstInitEndsTheKernelsPhase) {
  const KernelMarks marks =
      kernel_marks({{1, "Linux version 6.18"},
                    {479, "Freeing unused kernel image (initmem) memory: 3728K"},
                    {482, "Freeing unused kernel image (text/rodata gap)"},
                    {487, "Run /init as init process"},
                    {900, "Run /sbin/init as init process"}});
  EXPECT_EQ(marks.freed_init_ns, 479U);
  EXPECT_EQ(marks.ran_init_ns, 487U);
  EXPECT_EQ(marks.init, "/init");
  EXPECT_EQ(kernel_marks({{5, "Run away"}}).ran_init_ns, 0U);
}

TEST(BootSources, SystemdsTimesAreInMicroseconds) {
  const SystemdPhases phases = systemd_phases(
      "InitRDTimestampMonotonic=1200000\nUserspaceTimestampMonotonic=3400000\n"
      "FinishTimestampMonotonic=9000000\n");
  EXPECT_EQ(phases.initrd_ns, 1'200'000'000U);
  EXPECT_EQ(phases.userspace_ns, 3'400'000'000U);
  EXPECT_EQ(phases.finish_ns, 9'000'000'000U);
  EXPECT_EQ(systemd_phases("System has not been booted with systemd\n").userspace_ns, 0U);
}

Evidence right() {
  Evidence evidence;
  evidence.facts = {{"freed_init_ns", 479'000'000},
                    {"ran_init_ns", 487'000'000},
                    {"initrd_ns", 500'000'000},
                    {"userspace_ns", 2'000'000'000},
                    {"finish_ns", 9'000'000'000},
                    {"earliest_ns", 600'000'000},
                    {"child", 77},
                    {"before_ns", 90'000'000'000},
                    {"after_ns", 90'001'000'000},
                    {"child_started_ns", 90'000'000'000},
                    {"wall_s", 1'796'075'898},
                    {"btime_s", 1'796'075'898},
                    {"now_ns", 91'000'000'000}};
  evidence.reports["procs"] = {{"processes", {{{"pid", 77}, {"start_ns", 90'000'500'000}}}}};
  return evidence;
}

bool passes(const Evidence& evidence) {
  Verdict verdict;
  find_experiment("boot")->judge(evidence, verdict);
  return verdict.passed();
}

TEST(LabBoot, PhasesInOrderPass) { EXPECT_TRUE(passes(right())); }

TEST(LabBoot, EachTimeOutOfOrderFails) {
  for (const auto& [fact, ns] : {std::pair("freed_init_ns", 488'000'000L),
                                 {"ran_init_ns", 800'000'000L},  // a process is older
                                 {"initrd_ns", 300'000'000L},    // before the kernel was done
                                 {"initrd_ns", 2'100'000'000L},  // after userspace
                                 {"userspace_ns", 92'000'000'000L},
                                 {"finish_ns", 1'900'000'000L},
                                 {"child_started_ns", 89'000'000'000L},
                                 {"btime_s", 1'796'075'900L}}) {
    Evidence evidence = right();
    evidence.facts[fact] = ns;
    EXPECT_FALSE(passes(evidence)) << fact << ns;
  }
}

TEST(LabBoot, AStartThatHoodtraceHasWrongFails) {
  for (const long ns : {89'999'000'000L, 90'002'000'000L}) {
    Evidence evidence = right();
    evidence.reports["procs"]["processes"][0]["start_ns"] = ns;
    EXPECT_FALSE(passes(evidence)) << ns;
  }
}

TEST(LabBoot, WithoutSystemdTheKernelsPhaseIsChecked) {
  Evidence evidence = right();
  for (const char* fact : {"initrd_ns", "userspace_ns", "finish_ns"}) evidence.facts[fact] = 0;
  EXPECT_TRUE(passes(evidence));
  evidence.facts["ran_init_ns"] = 800'000'000;
  EXPECT_FALSE(passes(evidence));
}

}  // namespace
}  // namespace hoodtrace::lab
