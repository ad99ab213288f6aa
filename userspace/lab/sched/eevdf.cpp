// SPDX-License-Identifier: GPL-2.0-or-later
// EEVDF: a task's slice, its virtual deadline, and what neither of them changes.

#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

#include "lab/acts.hpp"
#include "lab/list.hpp"
#include "lab/sched/spinners.hpp"

namespace hoodtrace::lab {
namespace {

// The first version of struct sched_attr (include/uapi/linux/sched/types.h).
struct SchedAttr {
  std::uint32_t size = sizeof(SchedAttr);
  std::uint32_t policy = SCHED_OTHER;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime_ns = 0;  // of a fair task: its slice
  std::uint64_t deadline_ns = 0;
  std::uint64_t period_ns = 0;
};

constexpr std::uint64_t kShortNs = 1'000'000;
constexpr std::uint64_t kLongNs = 20'000'000;
constexpr int kNicer = 5;
constexpr double kWeight = 1024;      // of nice 0 (sched_prio_to_weight, kernel/sched/core.c)
constexpr double kNicerWeight = 335;  // of nice 5

bool set_slice(std::uint64_t slice_ns, int nice) {
  SchedAttr attr;
  attr.nice = nice;
  attr.runtime_ns = slice_ns;
  return ::syscall(SYS_sched_setattr, 0, &attr, 0) == 0;
}

// 0: the kernel does not report it.
std::uint64_t slice_of(pid_t tid) {
  SchedAttr attr;
  return ::syscall(SYS_sched_getattr, tid, &attr, sizeof(attr), 0) == 0 ? attr.runtime_ns : 0;
}

std::string lacks_slices(const LabSettings&) {
  enum : int { kHas = 0, kHasNone = 1, kRefused = 2 };
  const pid_t pid = start_child([] {
    if (!set_slice(kShortNs, 0)) return errno == EPERM ? kRefused : kHasNone;
    return slice_of(0) == kShortNs ? kHas : kHasNone;
  });
  switch (WEXITSTATUS(wait_for(pid))) {
    case kHas:
      return {};
    case kRefused:
      return "a nice value of 0 is not permitted to this process (CAP_SYS_NICE)";
    default:
      return "this kernel has no slices set by sched_setattr (before 6.12)";
  }
}

// Alone on the CPU: it naps, wakes up and ends. A wake-up makes a new virtual deadline.
pid_t nap_with(std::uint64_t slice_ns, int nice) {
  const pid_t pid = start_child([&] {
    use_one_cpu();
    if (!set_slice(slice_ns, nice)) give_up("sched_setattr");
    burn_ms(100);
    sleep_ms(50);
    return 0;
  });
  if (wait_for(pid) != 0) throw std::runtime_error("a napping child failed");
  return pid;
}

LabJson play(const LabSettings& settings) {
  Spinners spinners(5 * settings.ms);
  const auto spin = [&](std::uint64_t slice_ns) {
    return spinners.start([slice_ns] {
      if (!set_slice(slice_ns, 0)) give_up("sched_setattr");
    });
  };
  const pid_t shorter = spin(kShortNs);
  const pid_t longer = spin(kLongNs);
  // They have set it by then, and run.
  sleep_ms((spinners.until_ns() - now_ns()) / 2'000'000);
  const std::uint64_t shorter_slice = slice_of(shorter);
  const std::uint64_t longer_slice = slice_of(longer);
  const auto cpu_ns = spinners.finish();
  const pid_t even = nap_with(kLongNs, 0);
  const pid_t nicer = nap_with(kLongNs, kNicer);
  return {{"short", shorter},
          {"long", longer},
          {"short_slice_ns", shorter_slice},
          {"long_slice_ns", longer_slice},
          {"short_share", percent(cpu_ns[0], cpu_ns[0] + cpu_ns[1])},
          {"flat", has_flat_queues()},
          {"even", even},
          {"nicer", nicer}};
}

// vruntime grows by the time on a CPU, times 1024 / weight (calc_delta_fair(), kernel/sched/fair.c).
LabJson growth_percent(const LabJson& row) {
  const LabJson ran_ns = value_of(row, "vruntime_ran_ns");
  const LabJson virtual_ns = value_of(row, "vruntime_ns");
  if (!ran_ns.is_number() || !virtual_ns.is_number()) return nullptr;
  const double ran = ran_ns.get<double>();
  return ran > 0 ? LabJson(100 * virtual_ns.get<double>() / ran) : LabJson();
}

void judge(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const auto row = [&](const char* whose) { return evidence.fair(facts[whose]); };
  verdict.equal("slice of the first, as it was set", kShortNs, value_of(row("short"), "slice_ns"),
                facts["short_slice_ns"], LabUnit::kNs);
  verdict.equal("slice of the second, as it was set", kLongNs, value_of(row("long"), "slice_ns"),
                facts["long_slice_ns"], LabUnit::kNs);
  // A run of the longer slice at either end of the second makes 2 %.
  verdict.within("share of the first: a slice is no share", 46, 54,
                 share_of(evidence, facts["short"], {facts["short"], facts["long"]}),
                 LabUnit::kPercent, facts["short_share"], 1);
  // place_entity() makes it at the wake-up; from then to the exit the task runs for less than half of
  // the slice, and vruntime comes nearer to it.
  const auto deadline = [&](const char* what, const char* whose, double weight) {
    const double whole_ns = static_cast<double>(kLongNs) * kWeight / weight;
    verdict.within(what, whole_ns / 2, whole_ns * 1.0001, value_of(row(whose), "deadline_ns"),
                   LabUnit::kNs);
  };
  deadline("virtual deadline after a wake-up, nice 0: a slice after vruntime", "even", kWeight);
  deadline("the same of nice 5: slice * 1024 / 335", "nicer", kNicerWeight);
  if (facts["flat"].get<bool>()) {
    verdict.notes.emplace_back(
        "all tasks of a CPU are on one queue here (cfs_rq.h_curr): vruntime has the weights of the "
        "groups in it, and its growth is not checked");
    return;
  }
  // Of its 100 ms, it runs the first one or two with nice 0.
  constexpr double kNicerGrowth = 100 * kWeight / kNicerWeight;
  verdict.within("growth of vruntime by time on a CPU, nice 0", 99, 101,
                 growth_percent(row("even")), LabUnit::kPercent);
  verdict.within("the same of nice 5: 1024 / 335", kNicerGrowth * 0.97, kNicerGrowth * 1.01,
                 growth_percent(row("nicer")), LabUnit::kPercent);
}

constexpr LabBar kBars[] = {
    {"nice 0", 0, 20, '#', "a slice: + 20 ms"},
    {"nice 0", 20, 21, '|', ""},
    {"nice 5", 0, 61, '#', "the same slice: + 61 ms"},
    {"nice 5", 61, 62, '|', ""},
};

}  // namespace

const Experiment kEevdf = {
    "eevdf",
    "scheduler",
    "a slice sets how long a task runs at a time, and not how much it gets",
    "sched fair",
    "sched --fair",
    "EEVDF (since 6.6) runs, of the tasks that have had no more than their share, the one with the "
    "earliest virtual deadline. A task's deadline is its vruntime plus its slice * 1024 / weight "
    "(update_deadline and place_entity, kernel/sched/fair.c); vruntime grows by the time on a CPU "
    "* 1024 / weight. So both are in the same virtual time, and every task reaches its deadline "
    "after one slice of CPU time, whatever its weight; a nicer task's deadline is further away, so "
    "it runs less often.\n"
    "\n"
    "Two tasks on one CPU set slices of 1 ms and 20 ms with sched_setattr(2) (since 6.12): each "
    "gets half of the time. A short slice makes deadlines come earlier: the task runs sooner after "
    "a wake-up, for a shorter time. Then one task of nice 0 and one of nice 5, with slices of 20 "
    "ms, sleep and wake up: the deadlines that the wake-up gives them are 20 ms and 61.1 ms ahead "
    "of vruntime. The independent counts are sched_getattr(2) and getrusage(2).",
    lacks_slices,
    play,
    judge,
    {"virtual time, ms, from the wake-up to the deadline (|)", kBars}};

}  // namespace hoodtrace::lab
