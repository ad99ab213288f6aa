// SPDX-License-Identifier: GPL-2.0-or-later
// A CPU quota beside another spinner: what is throttled, and what is behind the other.

#include "live/why/expectations.hpp"
#include "support/quota_cgroup.hpp"

namespace hoodtrace::testing {
namespace {

TEST(Why, AQuotaThrottlesAsLongAsCpuStatSays) {
  const QuotaCgroup cgroup;
  if (cgroup.path().empty()) GTEST_SKIP() << "cannot run here: this kernel has no CPU quota";
  HOODTRACE_SCENE(run, {"quota", "ms=3000", "cgroup=" + cgroup.path()});
  const Json limited = run.thread("limited");
  const Total throttled = total(limited, {.part = "throttled", .cause = "quota"});
  // cpu.stat counts while the cgroup may not run; its thread leaves the CPU a little later, on its
  // way back to user space, and is throttled a little longer (throttle_cfs_rq_work, 6.18).
  const auto stat_ns = static_cast<double>(run.fact("throttled_ns"));
  EXPECT_NEAR(static_cast<double>(throttled.ns), stat_ns, stat_ns * 0.1 + 20e6) << limited.dump();
  // The rest of its waits are behind those that ran on that CPU.
  EXPECT_EQ(total(limited, {.part = "wait", .relation = "behind"}).ns,
            total(limited, {.part = "wait"}).ns)
      << limited.dump();
  EXPECT_GT(total(limited, {.part = "wait", .by = run.tid("other")}).ns, 0U) << limited.dump();
}

}  // namespace
}  // namespace hoodtrace::testing
