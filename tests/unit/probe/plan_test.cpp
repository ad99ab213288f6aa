// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace hoodtrace {
namespace {

// A kernel that has everything.
Features everything() {
  Features features;
#define HT_HAS(field, text) features.field = true;
  HT_FEATURES(HT_HAS)
#undef HT_HAS
  for (const Probe& probe : kCatalog) features.hooks.insert(probe.hook);
  features.kernel_release = "6.18.0";
  return features;
}

TraceRequest sched() {
  TraceRequest request;
  request.families.add(Family::kSched);
  return request;
}

std::set<std::string_view> programs(const Plan& plan) {
  std::set<std::string_view> names;
  for (const Probe* probe : plan.probes) names.insert(probe->program);
  return names;
}

TEST(Plan, TheExactTierNeedsNoWakeupHook) {
  const Result<Plan> plan = make_plan(sched(), everything());
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->settings.exact_wait);
  EXPECT_FALSE(plan->wakers);
  EXPECT_FALSE(plan->settings.all_switches);
  EXPECT_TRUE(plan->settings.state_is_arg);
  const auto names = programs(*plan);
  EXPECT_EQ(names.count("on_sched_switch"), 1U);
  EXPECT_EQ(names.count("on_sched_wakeup"), 0U);
  EXPECT_EQ(names.count("on_sched_waking"), 0U);
  EXPECT_NE(plan->how.find("sched_switch, sched_migrate_task (tp_btf)"), std::string::npos)
      << plan->how;
  EXPECT_NE(plan->how.find("kernel accounting"), std::string::npos);
}

// Only where sleepers can be on a run queue (6.12 on), and where nothing else records their moves.
TEST(Plan, MovesOfSleepersAreRecordedWhereTheKernelCountsThemAsWaits) {
  Features features = everything();
  EXPECT_EQ(programs(*make_plan(sched(), features)).count("on_asleep_move"), 1U);
  TraceRequest request = sched();
  request.wakers = true;
  EXPECT_EQ(programs(*make_plan(request, features)).count("on_asleep_move"), 0U);
  request = sched();
  request.force_fallback = true;
  EXPECT_EQ(programs(*make_plan(request, features)).count("on_asleep_move"), 0U);
  features.delayed_dequeue = false;
  EXPECT_EQ(programs(*make_plan(sched(), features)).count("on_asleep_move"), 0U);
}

TEST(Plan, WakersAddTheWakeupHooks) {
  TraceRequest request = sched();
  request.wakers = true;
  const Result<Plan> plan = make_plan(request, everything());
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->settings.exact_wait);
  for (const char* name : {"on_sched_waking", "on_sched_wakeup", "on_sched_wakeup_new"})
    EXPECT_EQ(programs(*plan).count(name), 1U) << name;
}

TEST(Plan, WithoutTheCountersOrTheRunQueueItFallsBackToStamps) {
  for (bool Features::*missing : {&Features::sched_info, &Features::run_queue}) {
    Features features = everything();
    features.*missing = false;
    const Result<Plan> plan = make_plan(sched(), features);
    ASSERT_TRUE(plan);
    EXPECT_FALSE(plan->settings.exact_wait);
    EXPECT_TRUE(plan->wakers);
    EXPECT_TRUE(plan->settings.all_switches) << "a stamp needs every switch";
    EXPECT_EQ(programs(*plan).count("on_sched_wakeup"), 1U);
    EXPECT_NE(plan->how.find("stamps"), std::string::npos);
  }
}

TEST(Plan, TheFallbackCanBeForced) {
  TraceRequest request = sched();
  request.force_fallback = true;
  const Result<Plan> plan = make_plan(request, everything());
  ASSERT_TRUE(plan);
  EXPECT_FALSE(plan->settings.exact_wait);
  EXPECT_TRUE(plan->wakers);
}

TEST(Plan, WithoutBtfTheErrorNamesTheOption) {
  Features features = everything();
  features.btf = false;
  const Result<Plan> plan = make_plan(sched(), features);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::kUnsupported);
  EXPECT_NE(plan.error().message.find("no BTF"), std::string::npos);
  EXPECT_NE(plan.error().message.find("--btf FILE"), std::string::npos);
}

TEST(Plan, WithoutARingBufferTheErrorNamesIt) {
  Features features = everything();
  features.ringbuf = false;
  const Result<Plan> plan = make_plan(sched(), features);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::kUnsupported);
  EXPECT_NE(plan.error().message.find("ring buffer"), std::string::npos);
}

// Every hook that is always needed refuses by name when it is not there; no other does.
TEST(Plan, EveryMissingRequiredHookIsNamed) {
  for (const Probe& probe : kCatalog) {
    if (probe.family != Family::kTasks && probe.family != Family::kSched) continue;
    Features features = everything();
    features.hooks.erase(probe.hook);
    TraceRequest request = sched();
    request.wakers = true;
    const Result<Plan> plan = make_plan(request, features);
    if (probe.need == Need::kWanted || probe.need == Need::kNames || probe.need == Need::kEnds) {
      EXPECT_TRUE(plan) << probe.program;
      continue;
    }
    ASSERT_FALSE(plan) << probe.program;
    EXPECT_EQ(plan.error().kind, ErrorKind::kUnsupported);
    EXPECT_NE(plan.error().message.find(std::string(probe.hook)), std::string::npos);
    EXPECT_NE(plan.error().message.find("6.18.0"), std::string::npos);
    EXPECT_NE(plan.error().message.find("hoodtrace doctor"), std::string::npos);
  }
}

TEST(Plan, ProgramsAreListedOnce) {
  std::set<std::string_view> names;
  for (const Probe& probe : kCatalog)
    EXPECT_TRUE(names.insert(probe.program).second) << probe.program;
}

TEST(TraceRequest, ATargetIsDescribedInWords) {
  Target target;
  EXPECT_TRUE(target.is_whole_system());
  EXPECT_EQ(describe(target), "the whole system");
  target.pids = {42, 43};
  EXPECT_EQ(describe(target), "process 42, 43");
  target.follow = true;
  EXPECT_EQ(describe(target), "process 42, 43 and what it starts");
  Target command;
  command.command = {"make", "-j2"};
  EXPECT_EQ(describe(command), "command make -j2 and what it starts");
  command.follow = false;
  EXPECT_EQ(describe(command), "command make -j2");
}

TEST(Plan, AKernelWithoutTheHelpersIsRefused) {
  Features features = everything();
  features.kernel_release = "5.15.0";
  features.bpf_loop = false;
  const Result<Plan> younger = make_plan(sched(), features);
  ASSERT_FALSE(younger);
  EXPECT_EQ(younger.error().kind, ErrorKind::kUnsupported);
  EXPECT_NE(younger.error().message.find("5.15.0"), std::string::npos);
  EXPECT_NE(younger.error().message.find("helper loop"), std::string::npos);
  features.current_task = false;
  const Result<Plan> older = make_plan(sched(), features);
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().kind, ErrorKind::kUnsupported);
  EXPECT_NE(older.error().message.find("get_current_task_btf and loop"), std::string::npos);
}

TraceRequest faults(FaultTier tier = FaultTier::kAuto) {
  TraceRequest request;
  request.families.add(Family::kFaults);
  request.fault_tier = tier;
  return request;
}

TEST(Plan, FentryOnHandleMmFaultIsPreferredWhereItAttaches) {
  const Result<Plan> plan = make_plan(faults(), everything());
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->settings.fault_fentry);
  EXPECT_TRUE(programs(*plan).contains("on_handle_fault"));
  EXPECT_FALSE(programs(*plan).contains("on_page_fault_user"));
  EXPECT_FALSE(programs(*plan).contains("on_minor_fault"));
  EXPECT_FALSE(programs(*plan).contains("on_clone_enter")) << "nobody asked for forks";
  const Result<Plan> other = make_plan(faults(FaultTier::kBase), everything());
  ASSERT_TRUE(other);
  EXPECT_TRUE(programs(*other).contains("on_page_fault_user"));
}

TEST(Plan, FaultsAreSeenByTheExceptionsTracepointsWhereTheyExist) {
  Features locked_down = everything();
  locked_down.fentry_faults = false;
  const Result<Plan> plan = make_plan(faults(), locked_down);
  ASSERT_TRUE(plan);
  EXPECT_TRUE(programs(*plan).contains("on_page_fault_user"));
  EXPECT_TRUE(programs(*plan).contains("on_minor_fault"));
  EXPECT_EQ(plan->settings.task_ends, std::uint32_t{HT_ENDS_FAULTS})
      << "no other family tells of ends";
  EXPECT_EQ(plan->how.find("counts as"), std::string::npos) << "swap: the counters are watched";
}

// The allocator has a hook that everybody's allocations pay for.
TEST(Plan, WherePageTablesCanBeReadTheyDecideTheKind) {
  Features features = everything();
  features.pages = {.direct_map = 0xffff888000000000, .frame_mask = 0xfffffffff000};
  features.large_anon = false;
  const auto with = [&features](FaultTier tier) {
    Result<Plan> plan = make_plan(faults(tier), features);
    EXPECT_TRUE(plan);
    return *plan;
  };
  const Plan base = with(FaultTier::kBase);
  EXPECT_FALSE(programs(base).contains("on_mm_page_alloc"));
  EXPECT_EQ(base.settings.direct_map, 0xffff888000000000);
  EXPECT_NE(base.how.find("and the page tables"), std::string::npos) << base.how;
  const Plan fentry = with(FaultTier::kFentry);
  EXPECT_FALSE(programs(fentry).contains("on_mm_page_alloc"));
  EXPECT_FALSE(programs(fentry).contains("on_wp_page"));
  const Plan events = with(FaultTier::kEvents);
  EXPECT_TRUE(programs(events).contains("on_mm_page_alloc"));
  TraceRequest bill = faults(FaultTier::kBase);
  bill.forks = true;
  const Result<Plan> forks = make_plan(bill, features);
  ASSERT_TRUE(forks);
  EXPECT_TRUE(programs(*forks).contains("on_mm_page_alloc"))
      << "copies that the kernel makes for itself are seen nowhere else";
  EXPECT_EQ(events.settings.direct_map, 0U);
  features.large_anon = true;
  EXPECT_TRUE(programs(with(FaultTier::kBase)).contains("on_mm_page_alloc"))
      << "only the allocator tells how many pages";
  EXPECT_EQ(with(FaultTier::kBase).settings.direct_map, 0U);
}

// docs/kernel-notes.md, note 20.
TEST(Plan, WithoutPageFaultUserPerfEventsAreUsed) {
  Features arm = everything();
  arm.hooks.erase("page_fault_user");
  arm.fentry_faults = false;
  const Result<Plan> plan = make_plan(faults(), arm);
  ASSERT_TRUE(plan);
  EXPECT_FALSE(programs(*plan).contains("on_page_fault_user"));
  EXPECT_TRUE(programs(*plan).contains("on_minor_fault"));
  EXPECT_NE(plan->how.find("cow_reuse and zero_page_read as other"), std::string::npos);
}

TEST(Plan, CountersThatDoNotReportEveryChangeAreNotUsed) {
  Features old = everything();
  old.rss_exact = false;
  const Result<Plan> plan = make_plan(faults(), old);
  ASSERT_TRUE(plan);
  EXPECT_FALSE(plan->settings.fault_rss);
  EXPECT_FALSE(programs(*plan).contains("on_rss_stat"));
  EXPECT_NE(plan->how.find("swap_minor counts as"), std::string::npos) << plan->how;
}

// A hook at every page fault of the machine: only where something needs it.
TEST(Plan, TheCountersAreWatchedOnlyWhereKindsNeedThem) {
  Features quiet = everything();
  quiet.swap = false;
  const Result<Plan> plan = make_plan(faults(FaultTier::kBase), quiet);
  ASSERT_TRUE(plan);
  EXPECT_FALSE(programs(*plan).contains("on_rss_stat"));
  EXPECT_NE(plan->how.find("counts as file_cow (use --cow"), std::string::npos) << plan->how;
  TraceRequest cow = faults(FaultTier::kBase);
  cow.forks = true;
  const Result<Plan> exact = make_plan(cow, quiet);
  ASSERT_TRUE(exact);
  EXPECT_TRUE(programs(*exact).contains("on_rss_stat"));
}

TEST(Plan, ForksAreWatchedWhenAskedFor) {
  TraceRequest request = faults();
  request.forks = true;
  const Result<Plan> plan = make_plan(request, everything());
  ASSERT_TRUE(plan);
  EXPECT_TRUE(programs(*plan).contains("on_clone_enter"));
  EXPECT_TRUE(programs(*plan).contains("on_clone_exit"));
}

TEST(Plan, FaultsNeedFindVmaAndTaskStorage) {
  Features old = everything();
  old.find_vma = false;
  const Result<Plan> plan = make_plan(faults(), old);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::kUnsupported);
}

TEST(Plan, ProgramsAreLoadedTwiceWhereTheyCanBePreempted) {
  Features features = everything();
  features.functions = {17, 18};
  const Result<Plan> newer = make_plan(sched(), features);
  ASSERT_TRUE(newer);
  EXPECT_EQ(newer->settings.second_chance,
            std::uint32_t{HT_CHANCE_TRACEPOINTS | HT_CHANCE_FUNCTIONS});
  EXPECT_EQ(newer->functions.preempt_disable, 17U);
  features.preemptible_hooks = false;
  const Result<Plan> older = make_plan(sched(), features);
  ASSERT_TRUE(older);
  EXPECT_EQ(older->settings.second_chance, std::uint32_t{HT_CHANCE_FUNCTIONS})
      << "tracepoints turn preemption off, fentry does not";
  features.preemptible_functions = false;
  const Result<Plan> none = make_plan(sched(), features);
  ASSERT_TRUE(none);
  EXPECT_EQ(none->settings.second_chance, 0U);
}

TEST(Plan, ConfidentialityLockdownIsRefusedAndIntegrityIsNot) {
  Features features = everything();
  features.lockdown = "integrity";
  EXPECT_TRUE(make_plan(sched(), features));
  features.lockdown = "confidentiality";
  const Result<Plan> refused = make_plan(sched(), features);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnsupported);
  EXPECT_NE(refused.error().message.find("lockdown=integrity"), std::string::npos);
}

}  // namespace
}  // namespace hoodtrace
