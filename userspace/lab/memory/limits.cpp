// SPDX-License-Identifier: GPL-2.0-or-later
// Memory that does not fit: swap, and the OOM killer.

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <sstream>

#include "lab/acts.hpp"
#include "lab/list.hpp"
#include "lab/own_group.hpp"

namespace hoodtrace::lab {
namespace {

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

// Before f1a7941243c1 (6.2) a task adds its counts of pages to its mm's after 64 faults (SPLIT_RSS_COUNTING),
// and the page tables are not read either: nothing tells a page of the swap cache from the zero page.
bool counts_in_batches() {
  std::istringstream release(text_of("/proc/sys/kernel/osrelease"));
  int major = 0;
  int minor = 0;
  char dot = 0;
  release >> major >> dot >> minor;
  return major < 6 || (major == 6 && minor < 2);
}

std::string lacks_swap(const LabSettings&) {
  std::istringstream lines(text_of("/proc/swaps"));
  std::string line;
  std::getline(lines, line);  // the heading
  if (!std::getline(lines, line)) return "this machine has no swap";
  if (counts_in_batches())
    return "this kernel does not show which fault was for a swapped page (before 6.2)";
  return {};
}

LabJson play_swap(const LabSettings& settings) {
  const Region region = map_anonymous(settings.pages);
  region.write(0, region.pages);
  if (::madvise(region.start, region.pages * page_bytes(), MADV_PAGEOUT) != 0)
    give_up("madvise(MADV_PAGEOUT)");
  const std::int64_t swapped_kib = number_in("/proc/self/status", "VmSwap:");
  (void)fault_counts();
  const FaultCounts before = fault_counts();
  region.read(0, region.pages);
  const FaultCounts after = fault_counts();
  return {{"region", region.json()},
          {"pages", region.pages},
          {"swapped", swapped_kib * 1024 / static_cast<std::int64_t>(page_bytes())},
          {"minor", after.minor - before.minor},
          {"major", after.major - before.major}};
}

void judge_swap(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const auto count = [&](const char* kind) {
    const LabJson faults = evidence.faults_in(facts["region"], kind);
    return faults.is_null() ? std::uint64_t{0} : faults.get<std::uint64_t>();
  };
  // A page that was still in the swap cache, or that was read ahead, is a minor fault.
  verdict.equal("faults that read their page from swap", facts["major"], count("swap_major"));
  verdict.within("faults on swapped pages in all", facts["swapped"].get<double>() * 0.9,
                 facts["pages"].get<double>(), count("swap_major") + count("swap_minor"),
                 LabUnit::kCount,
                 facts["major"].get<std::uint64_t>() + facts["minor"].get<std::uint64_t>(), 0);
}

// ---- the OOM killer ----

constexpr std::uint64_t kLimitBytes = std::uint64_t{64} << 20;
constexpr std::size_t kLargeBytes = std::size_t{24} << 20;
constexpr std::size_t kSmallBytes = std::size_t{16} << 20;

int hold_memory(std::size_t bytes, int done, const std::string& score) {
  if (!score.empty() && !write_text("/proc/self/oom_score_adj", score)) return 1;
  const Region region = map_anonymous(bytes / page_bytes());
  region.write(0, region.pages);
  (void)!::write(done, "x", 1);
  for (;;) ::pause();
}

// Whether it lives still. A killed process needs a moment: it frees its memory before it ends.
bool lives_on(pid_t pid, int& status, int ms) {
  for (; ms > 0; ms -= 10) {
    if (::waitpid(pid, &status, WNOHANG) != 0) return false;
    sleep_ms(10);
  }
  return true;
}

// Two children hold 24 and 16 MiB; a third one takes 26 MiB under a limit of 64: each process has 2 MiB
// more than it holds. The one with 16 MiB has an oom_score_adj of 1000.
LabJson play_oom(const LabSettings&) {
  OwnGroup group("memory");
  group.limit_memory(kLimitBytes);
  int done[2];
  if (::pipe(done) != 0) give_up("pipe");
  const auto start = [&](std::size_t bytes, const char* name, const std::string& score) {
    const pid_t pid = start_child([&, bytes] {
      name_self(name);
      group.enter();
      return hold_memory(bytes, done[1], score);
    });
    char byte = 0;
    (void)!::read(done[0], &byte, 1);
    return pid;
  };
  const pid_t large = start(kLargeBytes, "lab-large", "0");
  const pid_t small = start(kSmallBytes, "lab-small", "1000");
  const std::int64_t score_large =
      std::stoll("0" + text_of("/proc/" + std::to_string(large) + "/oom_score"));
  const std::int64_t score_small =
      std::stoll("0" + text_of("/proc/" + std::to_string(small) + "/oom_score"));
  const pid_t taker = start_child([&] {
    name_self("lab-taker");
    group.enter();
    const Region region = map_anonymous((std::size_t{26} << 20) / page_bytes());
    region.write(0, region.pages);
    return 0;
  });
  const int taker_status = wait_for(taker);
  int small_status = 0;
  int large_status = 0;
  const bool is_small_alive = lives_on(small, small_status, 3000);
  const bool is_large_alive = lives_on(large, large_status, 100);
  for (const auto& [pid, alive] : {std::pair(large, is_large_alive), {small, is_small_alive}})
    if (alive) {
      ::kill(pid, SIGTERM);
      wait_for(pid);
    }
  return {{"large", large},
          {"small", small},
          {"taker", taker},
          {"score_large", score_large},
          {"score_small", score_small},
          {"taker_code", WIFEXITED(taker_status) ? WEXITSTATUS(taker_status) : -1},
          {"large_alive", is_large_alive},
          {"small_signal", is_small_alive ? 0 : WTERMSIG(small_status)},
          {"oom_kills", group.oom_kills()}};
}

void judge_oom(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const LabJson small = evidence.life(facts["small"]);
  const LabJson large = evidence.life(facts["large"]);
  std::uint64_t killed = 0;
  for (const char* name : {"small", "large", "taker"})
    if (const LabJson life = evidence.life(facts[name]);
        !life.is_null() && life["exit_signal"] == SIGKILL)
      killed++;
  // A dying process is passed over once its pages are unmapped, before they are given back (exit_mmap() sets
  // MMF_OOM_SKIP, mm/mmap.c): until then others may be killed, in an emulated guest all three. As many as
  // the kernel counts.
  verdict.within("processes that were killed", 1, 3, killed, LabUnit::kCount, facts["oom_kills"],
                 0);
  verdict.equal("signal that ended the one with 16 MiB and oom_score_adj 1000", SIGKILL,
                small.is_null() ? small : small["exit_signal"], facts["small_signal"]);
  const bool is_first = !small.is_null() && !large.is_null() && small["exit_ns"] < large["exit_ns"];
  verdict.equal("it ended before the one with 24 MiB", 1, is_first ? 1 : 0);
  verdict.at_least("oom_score of the small one, above that of the large one",
                   facts["score_large"].get<double>() + 1, facts["score_small"], LabUnit::kCount);
}

std::string lacks_memory(const LabSettings&) { return OwnGroup::lacks("memory"); }

constexpr LabBar kOomBars[] = {
    {"lab-large", 0, 24, '=', "24 MiB, oom_score_adj 0"},
    {"lab-small", 24, 40, '#', "16 MiB, 1000: killed"},
    {"lab-taker", 40, 64, '.', "takes the rest, and more"},
};

}  // namespace

const Experiment kSwap = {
    "swap",
    "memory",
    "pages that were swapped out are read back by faults",
    "faults",
    "faults --by address",
    "MADV_PAGEOUT writes the pages to swap. A read of one is a fault: major when it waits for the "
    "device, minor when the page is still in memory, in the swap cache, or was read ahead with its "
    "neighbour. So the number of major faults depends on the device (zram reads no neighbours), "
    "and "
    "the two kinds together are the pages that were swapped out.",
    lacks_swap,
    play_swap,
    judge_swap};

const Experiment kOom = {
    "oom",
    "memory",
    "who is killed when a memory cgroup is full: not the largest",
    "procs",
    "procs",
    "In a cgroup with 64 MiB, one process holds 24 MiB, one holds 16 MiB and has an oom_score_adj "
    "of "
    "1000, and a third one takes what is left. The kernel kills the "
    "one "
    "with 16 MiB: its badness is the memory that it holds (resident, swap and page tables) plus "
    "oom_score_adj thousandths of the limit (oom_badness, mm/oom_kill.c). Nice values, the "
    "runtime, the age and the children of a process, which older books name, have not counted "
    "since "
    "2.6.36. When its pages are given back late, others are killed too. The independent counts "
    "are oom_kill of the cgroup and the wait status.",
    lacks_memory,
    play_oom,
    judge_oom,
    {"MiB of the cgroup's 64", kOomBars}};

}  // namespace hoodtrace::lab
