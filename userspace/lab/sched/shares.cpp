// SPDX-License-Identifier: GPL-2.0-or-later
// Who gets how much of one CPU: nice values, scheduling classes, quotas, groups of sessions.

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <vector>

#include "lab/acts.hpp"
#include "lab/list.hpp"
#include "lab/own_group.hpp"
#include "lab/sched/spinners.hpp"

namespace hoodtrace::lab {
namespace {

// ---- nice ----

LabJson play_nice(const LabSettings& settings) {
  Spinners spinners(10 * settings.ms);
  const pid_t plain = spinners.start([] {});
  const pid_t nicer = spinners.start([] {
    if (::setpriority(PRIO_PROCESS, 0, ::getpriority(PRIO_PROCESS, 0) + 5) != 0)
      give_up("setpriority");
  });
  const auto cpu_ns = spinners.finish();
  return {{"plain", plain},
          {"nicer", nicer},
          {"plain_cpu_ns", cpu_ns[0]},
          {"nicer_cpu_ns", cpu_ns[1]},
          {"flat_group", has_flat_queues() &&
                             text_of("/proc/sys/kernel/sched_autogroup_enabled").starts_with('1')},
          {"share", percent(cpu_ns[0], cpu_ns[0] + cpu_ns[1])}};
}

void judge_nice(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  // Weights 1024 and 335 (sched_prio_to_weight, kernel/sched/core.c). A run of 8 ms (two ticks) at
  // either end of two seconds makes 1 %; what else runs on the CPU takes from both alike.
  constexpr double kShare = 100.0 * 1024 / (1024 + 335);
  const bool is_flat_group = facts["flat_group"].get<bool>();
  // 7.3: 70.5 to 85.1 % in two seconds in an autogroup, and 75.3 % without one.
  const double slack = is_flat_group ? 12 : 4;
  if (is_flat_group)
    verdict.notes.emplace_back(
        "all groups of a CPU share one queue here (cfs_rq.h_curr): in an autogroup, shares differ "
        "from those of the weights for seconds");
  verdict.within("share of the one that is not nice, of the time of both", kShare - slack,
                 kShare + slack,
                 share_of(evidence, facts["plain"], {facts["plain"], facts["nicer"]}),
                 LabUnit::kPercent, facts["share"], 1);
  verdict.equal("nice values: 5 apart", 5, [&] {
    const LabJson a = value_of(evidence.thread(facts["plain"]), "nice");
    const LabJson b = value_of(evidence.thread(facts["nicer"]), "nice");
    return a.is_number() && b.is_number() ? LabJson(b.get<int>() - a.get<int>()) : LabJson();
  }());
}

std::string lacks_nice(const LabSettings&) {
  return ::getpriority(PRIO_PROCESS, 0) > 14 ? "this process is too nice itself: nothing is 5 nicer"
                                             : "";
}

// ---- classes ----

LabJson play_classes(const LabSettings& settings) {
  Spinners spinners(3 * settings.ms);
  const pid_t fair = spinners.start([] {});
  const std::uint64_t from_ns = spinners.from_ns() + settings.ms * 1'000'000;
  const pid_t real_time = start_child([&] {
    use_one_cpu();
    const sched_param parameter{.sched_priority = 10};
    if (::sched_setscheduler(0, SCHED_FIFO, &parameter) != 0) give_up("sched_setscheduler");
    sleep_ms((from_ns - now_ns()) / 1'000'000);
    burn_ms(settings.ms);
    return 0;
  });
  const int status = wait_for(real_time);
  const auto cpu_ns = spinners.finish();
  if (status != 0) errno = EPERM, give_up("the real-time child");
  return {{"fair", fair},
          {"real_time", real_time},
          {"ms", settings.ms},
          {"lasted_ns", spinners.until_ns() - spinners.from_ns()},
          {"fair_cpu_ns", cpu_ns[0]}};
}

void judge_classes(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const LabJson real_time = evidence.thread(facts["real_time"]);
  const LabJson fair = evidence.thread(facts["fair"]);
  const auto ms = facts["ms"].get<double>();
  verdict.equal("class of the first", "FIFO", value_of(real_time, "policy"), nullptr,
                LabUnit::kText);
  std::uint64_t behind = 0;
  for (const LabJson& one : value_of(fair, "waited_behind"))
    if (one["pid"] == facts["real_time"]) behind += one["ns"].get<std::uint64_t>();
  // It burned so long, and the fair one was runnable all the time.
  verdict.within("wait of the fair task behind it", ms * 1e6 * 0.98, facts["lasted_ns"], behind,
                 LabUnit::kNs);
  // Not by the fair task; by the kernel's stopper thread or a higher real-time one, now and then.
  verdict.within(
      "its waits behind the fair task: none but the switch itself", 0, 5e6,
      [&] {
        const LabJson list = value_of(real_time, "waited_behind");
        if (list.is_null()) return LabJson();
        std::uint64_t ns = 0;
        for (const LabJson& one : list)
          if (one["pid"] == facts["fair"]) ns += one["ns"].get<std::uint64_t>();
        return LabJson(ns);
      }(),
      LabUnit::kNs);
}

std::string lacks_real_time(const LabSettings&) {
  const sched_param parameter{.sched_priority = 10};
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::_exit(::sched_setscheduler(0, SCHED_FIFO, &parameter) == 0 ? 0 : 1);
  }
  return wait_for(pid) == 0 ? ""
                            : "SCHED_FIFO is not permitted here (CAP_SYS_NICE, or no real-time "
                              "time for this cgroup: cpu.rt_runtime_us)";
}

// ---- quota ----

LabJson play_quota(const LabSettings&) {
  constexpr std::uint64_t kQuotaUs = 20'000;
  constexpr std::uint64_t kPeriodUs = 100'000;
  OwnGroup group("cpu");
  group.limit_cpu(kQuotaUs, kPeriodUs);
  Spinners spinners(1000);
  const pid_t child = spinners.start([&] { group.enter(); });
  const auto cpu_ns = spinners.finish();
  return {{"child", child},
          {"lasted_ns", spinners.until_ns() - spinners.from_ns()},
          {"cpu_ns", cpu_ns[0]},
          {"throttled_ns", group.throttled_ns()}};
}

void judge_quota(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  const LabJson row = evidence.thread(facts["child"]);
  const auto lasted = facts["lasted_ns"].get<double>();
  const auto cpu = facts["cpu_ns"].get<double>();
  // A fifth, give or take a period's quota at either end, and a tick by which each is overdrawn.
  verdict.within("time on CPU: a fifth of a second", 0.2 * lasted - 40e6, 0.2 * lasted + 60e6,
                 value_of(row, "on_cpu_ns"), LabUnit::kNs, facts["cpu_ns"], 10e6);
  const LabJson throttled = value_of(row, "wait_throttled_ns");
  const LabJson wait = value_of(row, "wait_ns");
  // Where others want the CPU too, it waits for them as well.
  const double behind_others =
      wait.is_number() && throttled.is_number() ? wait.get<double>() - throttled.get<double>() : 0;
  // The kernel's clock runs while the group is throttled, runnable or not: the two differ by a period
  // at most.
  verdict.within("throttled: the rest, less waits behind others",
                 lasted - cpu - behind_others - 150e6, lasted, throttled, LabUnit::kNs,
                 facts["throttled_ns"].get<std::int64_t>() < 0 ? LabJson() : facts["throttled_ns"],
                 110e6);
}

std::string lacks_quota(const LabSettings&) { return OwnGroup::lacks("cpu"); }

// ---- autogroup ----

std::string lacks_autogroup(const LabSettings&) {
  const std::string on = text_of("/proc/sys/kernel/sched_autogroup_enabled");
  if (on.empty()) return "this kernel has no autogroups (CONFIG_SCHED_AUTOGROUP)";
  if (on[0] != '1') return "autogroups are off (kernel.sched_autogroup_enabled)";
  // In a cgroup with the cpu controller, that groups, and not the session.
  const std::string text = text_of("/proc/self/autogroup");
  return text.empty() ? "this process has no autogroup" : "";
}

LabJson play_autogroup(const LabSettings& settings) {
  Spinners spinners(5 * settings.ms);
  LabJson tids = LabJson::array();
  const auto session = [&](int members) {
    // The first makes the session; the others are its children.
    const std::uint64_t until_ns = spinners.until_ns();
    const std::uint64_t from_ns = spinners.from_ns();
    int ends[2];
    if (::pipe(ends) != 0) give_up("pipe");
    const pid_t leader = start_child([&, members] {
      use_one_cpu();
      ::setsid();
      std::vector<pid_t> others;
      const auto burn = [&] {
        const pid_t own = ::getpid();
        (void)!::write(ends[1], &own, sizeof(own));
        const std::uint64_t now = now_ns();
        if (now < from_ns) sleep_ms((from_ns - now) / 1'000'000 + 1);
        burn_until(until_ns);
        return 0;
      };
      for (int i = 1; i < members; i++) others.push_back(start_child(burn));
      burn();
      for (const pid_t pid : others) wait_for(pid);
      return 0;
    });
    LabJson pids = LabJson::array();
    for (int i = 0; i < members; i++) {
      pid_t pid = 0;
      if (::read(ends[0], &pid, sizeof(pid)) == sizeof(pid)) pids.push_back(pid);
    }
    return std::pair(leader, pids);
  };
  const auto [alone_leader, alone] = session(1);
  const auto [crowd_leader, crowd] = session(3);
  wait_for(alone_leader);
  wait_for(crowd_leader);
  return {{"alone", alone}, {"crowd", crowd}};
}

void judge_autogroup(const Evidence& evidence, Verdict& verdict) {
  const LabJson& facts = evidence.facts;
  LabJson all = facts["crowd"];
  all.push_back(facts["alone"][0]);
  verdict.within("share of the session with one process, beside one with three", 46, 54,
                 share_of(evidence, facts["alone"][0], all), LabUnit::kPercent);
}

constexpr LabBar kNiceBars[] = {
    {"nice 0", 0, 75.3, '#', "1024 of 1359"},
    {"nice 5", 75.3, 100, '=', "335 of 1359"},
};

constexpr LabBar kClassBars[] = {
    {"FIFO 10", 0, 200, '-', "sleeps"},
    {"FIFO 10", 200, 400, '#', "runs"},
    {"FIFO 10", 400, 600, '-', ""},
    {"fair", 0, 200, '#', "runs"},
    {"fair", 200, 400, '.', "waits behind it"},
    {"fair", 400, 600, '#', "runs"},
};

constexpr LabBar kQuotaBars[] = {
    {"task", 0, 20, '#', "20"},    {"task", 20, 100, '.', "throttled"},
    {"task", 100, 120, '#', "20"}, {"task", 120, 200, '.', "throttled"},
    {"task", 200, 220, '#', "20"}, {"task", 220, 300, '.', "throttled"},
    {"task", 300, 320, '#', "20"}, {"task", 320, 400, '.', "throttled"},
};

constexpr LabBar kAutogroupBars[] = {
    {"session of one", 0, 50, '#', "50 %"},
    {"session of three", 50, 66.7, '=', "16.7 %"},
    {"session of three", 66.7, 83.3, '#', "16.7 %"},
    {"session of three", 83.3, 100, '=', "16.7 %"},
};

}  // namespace

const Experiment kNice = {
    "nice",
    "scheduler",
    "two tasks on one CPU, 5 nice levels apart: 75 % and 25 %",
    "sched",
    "sched",
    "The fair scheduler divides a CPU by weight: 1024 for nice 0, and 1.25 times less for each "
    "level "
    "(sched_prio_to_weight). Two tasks that are 5 levels apart have weights of 1024 and 335, so "
    "the "
    "first gets 1024 / 1359 = 75.3 % of the time of both. A nice value is a weight and no "
    "priority: "
    "the nicer task always gets its part. The independent count is the CPU time of getrusage(2).",
    lacks_nice,
    play_nice,
    judge_nice,
    {"percent of the time of both", kNiceBars}};

const Experiment kClasses = {
    "classes",
    "scheduler",
    "a real-time task runs, and the fair one on its CPU waits",
    "sched",
    "sched",
    "A SCHED_FIFO task wakes up on the CPU where a fair one runs. The classes are asked in order "
    "(stop, deadline, real time, fair, idle): it runs at once, and as long as it likes, here 200 "
    "ms "
    "of CPU time; the fair task waits behind it for all of that. Its priority 10 has nothing to do "
    "with nice values: any real-time priority is above every fair task. Only the throttling of "
    "real-time tasks (950 ms of each second by default, or a fair server since 6.12) limits it.",
    lacks_real_time,
    play_classes,
    judge_classes,
    {"ms", kClassBars}};

const Experiment kQuota = {
    "quota",
    "scheduler",
    "a CPU quota of 20 %: runnable, and not allowed to run",
    "sched",
    "sched",
    "In a cgroup with a quota of 20 ms in each 100 ms, a task that never sleeps runs 20 ms and is "
    "throttled for 80 ms, in every period, on an idle machine too. It is runnable meanwhile, so it "
    "looks like contention; hoodtrace counts it as wait_throttled. The independent counts are the "
    "CPU "
    "time of getrusage(2) and cpu.stat of the cgroup.",
    lacks_quota,
    play_quota,
    judge_quota,
    {"ms; each period has 100", kQuotaBars}};

const Experiment kAutogroup = {
    "autogroup",
    "scheduler",
    "a session with one process gets as much as one with three",
    "sched",
    "sched",
    "With autogroups each session is a group, and a CPU is divided among groups first. One process "
    "in a session of its own gets half of the CPU beside a session with three, not a quarter. So a "
    "nice value only counts within its session: `nice make` beside a player in another terminal "
    "changes nothing. It holds where no cgroup with the cpu controller does the grouping.",
    lacks_autogroup,
    play_autogroup,
    judge_autogroup,
    {"percent of the CPU", kAutogroupBars}};

}  // namespace hoodtrace::lab
