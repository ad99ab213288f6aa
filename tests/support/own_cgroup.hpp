// SPDX-License-Identifier: GPL-2.0-or-later
// A cgroup for one test below the v2 mount, with one called "inner" in it; both are removed with
// the test.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace hoodtrace::testing {

class OwnCgroup {
 public:
  OwnCgroup() {
    std::ifstream mounts("/proc/self/mountinfo");
    for (std::string line; std::getline(mounts, line);) {
      if (line.find(" - cgroup2 ") == std::string::npos) continue;
      std::istringstream fields(line);
      std::string word;
      for (int i = 0; i < 5; i++) fields >> word;
      path_ = word + "/hoodtrace-test-" + std::to_string(::getpid());
      std::error_code read_only;  // in a container, say
      made_ = std::filesystem::create_directory(path_, read_only) &&
              std::filesystem::create_directory(path_ + "/inner", read_only);
    }
  }
  OwnCgroup(const OwnCgroup&) = delete;
  OwnCgroup& operator=(const OwnCgroup&) = delete;
  ~OwnCgroup() {
    ::rmdir((path_ + "/inner").c_str());
    ::rmdir(path_.c_str());
  }
  [[nodiscard]] bool is_made() const { return made_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string name() const { return std::filesystem::path(path_).filename(); }
  void take_in(pid_t process, const std::string& below = "") const {
    std::ofstream(path_ + below + "/cgroup.procs") << process;
  }

 private:
  std::string path_;
  bool made_ = false;
};

// Whether hoodtrace ended because no cgroup v2 is mounted, as in a container of a machine with both versions.
inline bool lacks_cgroup_v2(const std::string& error) {
  return error.find("cgroup v2, which is not mounted here") != std::string::npos;
}
inline constexpr const char* kNoCgroupV2 = "cannot run here: no cgroup v2 is mounted";

}  // namespace hoodtrace::testing
