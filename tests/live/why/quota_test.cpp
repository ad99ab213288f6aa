// SPDX-License-Identifier: GPL-2.0-or-later
// A CPU quota beside another spinner: what is throttled, and what is behind the other.

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "live/why/expectations.hpp"

namespace hoodtrace::testing {
namespace {

// A cgroup with 30 ms of each 100 ms, of version 2 or 1.
class QuotaCgroup {
 public:
  QuotaCgroup() {
    const std::string name = "/hoodtrace-quota-" + std::to_string(::getpid());
    for (const char* mount :
         {"/sys/fs/cgroup", "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"}) {
      const std::string path = mount + name;
      std::error_code error;
      if (!std::filesystem::create_directory(path, error) || error) continue;
      if (std::filesystem::exists(path + "/cpu.max")) {
        std::ofstream(path + "/cpu.max") << "30000 100000";
        path_ = path;
      } else if (std::filesystem::exists(path + "/cpu.cfs_quota_us")) {
        std::ofstream(path + "/cpu.cfs_period_us") << 100'000;
        std::ofstream(path + "/cpu.cfs_quota_us") << 30'000;
        path_ = path;
      } else {
        std::filesystem::remove(path, error);
        continue;
      }
      return;
    }
  }
  QuotaCgroup(const QuotaCgroup&) = delete;
  QuotaCgroup& operator=(const QuotaCgroup&) = delete;
  ~QuotaCgroup() {
    if (!path_.empty()) ::rmdir(path_.c_str());
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

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
