// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/why/expectations.hpp"

#include <algorithm>
#include <fstream>
#include <set>

#include "model/why/cause.hpp"

namespace hoodtrace::testing {
namespace {

template <class Word>
std::set<std::string> keys(std::size_t count) {
  std::set<std::string> all;
  for (std::size_t i = 0; i < count; i++) all.emplace(key_of(static_cast<Word>(i)));
  return all;
}

void expect_known_words(const Json& line) {
  static const std::set<std::string> parts = keys<WhyPart>(kWhyParts);
  static const std::set<std::string> causes =
      keys<WhyReason>(static_cast<std::size_t>(WhyReason::kNotSeen) + 1);
  EXPECT_EQ(parts.count(text_of(line, "part")), 1U) << line.dump();
  EXPECT_EQ(causes.count(text_of(line, "cause")), 1U) << line.dump();
}

}  // namespace

std::uint64_t Stolen::ticks() {
  std::ifstream file("/proc/stat");
  std::string cpu;
  std::uint64_t value = 0;
  // proc(5): user, nice, system, idle, iowait, irq, softirq, steal
  file >> cpu;
  for (int i = 0; i < 8; i++) file >> value;
  return value;
}

void expect_sound_thread(const Json& thread) {
  ASSERT_TRUE(thread.contains("parts")) << thread.dump();
  std::uint64_t sum_ns = 0;
  for (const Json& line : thread["parts"]) {
    expect_known_words(line);
    sum_ns += number(line, "ns");
    std::uint64_t meanwhile_ns = 0;
    if (line.contains("meanwhile"))
      for (const Json& other : line["meanwhile"]) {
        expect_known_words(other);
        meanwhile_ns += number(other, "ns");
      }
    EXPECT_LE(meanwhile_ns, number(line, "ns")) << line.dump();
  }
  EXPECT_EQ(sum_ns, number(thread, "wall_ns")) << thread.dump();
}

void expect_sound_report(const Json& report, const Json& truth, std::uint64_t stolen_ns) {
  expect_nothing_lost(report);
  expect_exact_audit(report);
  ASSERT_TRUE(report.contains("threads")) << report.dump();
  for (const Json& thread : report["threads"]) expect_sound_thread(thread);
  if (!truth.contains("threads")) return;
  // A switch that the kernel does not show can hide a sleep, or divide one.
  const std::uint64_t unshown = number(report["events"]["lost"], "unshown");
  // And the kernel takes a sleep for a wait now and then (docs/kernel-notes.md, 137).
  const std::uint64_t slept_ns = number(report["events"], "slept_ns");
  // After its last look at its counters a thread gives back its stack and exits. For a lock of the
  // address space or of malloc on the way it may sleep once for each other thread that ends with it.
  const std::uint64_t at_end = 2 + truth["threads"].size();
  std::uint64_t apart_per_run_ns = kApartPerRunNs;
  if (truth.contains("facts") && truth["facts"].contains("nap_late_ns"))
    apart_per_run_ns = std::max(apart_per_run_ns, number(truth["facts"], "nap_late_ns"));
  for (const Json& counted : truth["threads"]) {
    const Json thread = thread_of(report, static_cast<pid_t>(number(counted, "tid")));
    ASSERT_FALSE(thread.empty()) << counted.dump() << report.dump();
    // The first thread lived before it was traced, so its counters began earlier.
    if (counted["tid"] == truth["pid"]) continue;
    const Json& end = counted["end"];
    const Total on_cpu = total(thread, {.part = "on_cpu"});
    const std::uint64_t apart_ns = apart_per_run_ns * (on_cpu.count + 1) + stolen_ns;
    const std::uint64_t sum_apart_ns = kSumApartPerRunNs * (on_cpu.count + 1);
    EXPECT_GE(wait_ns(thread) + slept_ns + apart_ns, number(end, "run_delay_ns"))
        << thread.dump() << counted.dump();
    EXPECT_GE(on_cpu.ns + apart_ns, number(end, "ran_ns")) << thread.dump() << counted.dump();
    EXPECT_GE(on_cpu.ns + wait_ns(thread) + slept_ns + sum_apart_ns,
              number(end, "ran_ns") + number(end, "run_delay_ns"))
        << thread.dump() << counted.dump();
    const std::uint64_t nvcsw = number(end, "nvcsw");
    EXPECT_GE(sleeps(thread).count + unshown, nvcsw) << thread.dump() << counted.dump();
    EXPECT_LE(sleeps(thread).count, nvcsw + at_end + unshown) << thread.dump() << counted.dump();
  }
}

WhyRun::WhyRun(const Words& scene, const Words& arguments) {
  Words options = {"why"};
  options.insert(options.end(), arguments.begin(), arguments.end());
  Words command = {why_scenes_path()};
  command.insert(command.end(), scene.begin(), scene.end());
  const Stolen stolen;
  constexpr int kTries = 5;
  for (int i = 0; i < kTries && (i == 0 || unshown() > 0); i++)
    run_ = trace_command(options, command);
  EXPECT_EQ(run_.exit_code, 0) << run_.error;
  EXPECT_EQ(run_.reports.size(), 1U) << run_.error;
  EXPECT_TRUE(run_.truth.is_object()) << run_.error;
  if (run_.reports.empty() || !run_.truth.is_object()) return;
  cannot_ = text_of(run_.truth, "cannot");
  if (cannot_.empty() && unshown() > 0) cannot_ = "this kernel shows not every switch";
  if (cannot_.empty()) expect_sound_report(report(), truth(), stolen.most_ns());
}

std::uint64_t WhyRun::unshown() const {
  if (run_.reports.empty()) return 0;
  return number(report()["events"]["lost"], "unshown");
}

void WhyRun::expect_sleeps(const std::string& name, const char* label, const Want& want,
                           std::uint64_t count) const {
  const Json counted = named(truth(), name);
  ASSERT_TRUE(counted.contains("waits") && counted["waits"].contains(label)) << truth().dump();
  const Json& wait = counted["waits"][label];
  const Json row = thread(name);
  const Total sum = total(row, want);
  EXPECT_GT(sum.count, 0U) << row.dump();
  EXPECT_GE(sum.count, count == 0 ? number(wait, "count") : count) << row.dump();
  // Both clocks count the same counter of the CPU; NTP changes the rate of one by 500 ppm at most.
  const std::uint64_t measured_ns = number(wait, "ns");
  EXPECT_LE(sum.ns, measured_ns + measured_ns / 1000) << wait.dump() << row.dump();
  const std::uint64_t awake_ns = wait_ns(row) + total_of_parts(row, {"on_cpu", "stolen"}).ns;
  EXPECT_GE(sum.ns + awake_ns + measured_ns / 1000, measured_ns) << wait.dump() << row.dump();
}

}  // namespace hoodtrace::testing
