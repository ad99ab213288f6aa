// SPDX-License-Identifier: GPL-2.0-or-later
// A cgroup with a CPU quota of 30 ms in each 100 ms, of version 2 or 1; removed with the test.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace hoodtrace::testing {

// Of cpu.stat.
struct QuotaStat {
  std::uint64_t periods = 0;
  std::uint64_t throttled = 0;
  std::uint64_t throttled_ns = 0;
  bool operator==(const QuotaStat&) const = default;
};

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
  // Empty when this kernel has none, or none can be made.
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string name() const { return std::filesystem::path(path_).filename(); }
  // It gets its quota however much else runs.
  void outweigh_others() const {
    std::ofstream(path_ +
                  (std::filesystem::exists(path_ + "/cpu.max") ? "/cpu.weight" : "/cpu.shares"))
        << (std::filesystem::exists(path_ + "/cpu.max") ? 10'000 : 262'144);
  }
  void take_in(pid_t process) const { std::ofstream(path_ + "/cgroup.procs") << process; }

  // The counters do not change any more until one of its tasks, all of which sleep, runs. The kernel counts
  // periods until one has passed in which nothing ran, and one more, with which it ends its timer
  // (do_sched_cfs_period_timer(), kernel/sched/fair.c).
  [[nodiscard]] QuotaStat stat_at_rest() const {
    constexpr useconds_t kPeriodUs = 100'000;
    QuotaStat last = stat();
    for (int i = 0; i < 100; i++) {
      ::usleep(3 * kPeriodUs);
      const QuotaStat now = stat();
      if (now == last) break;
      last = now;
    }
    return last;
  }

  [[nodiscard]] QuotaStat stat() const {
    QuotaStat stat;
    std::ifstream file(path_ + "/cpu.stat");
    std::string key;
    for (std::uint64_t value = 0; file >> key >> value;) {
      if (key == "nr_periods") stat.periods = value;
      if (key == "nr_throttled") stat.throttled = value;
      if (key == "throttled_time") stat.throttled_ns = value;
      if (key == "throttled_usec") stat.throttled_ns = value * 1000;
    }
    return stat;
  }

 private:
  std::string path_;
};

}  // namespace hoodtrace::testing
