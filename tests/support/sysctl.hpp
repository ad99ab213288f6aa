// SPDX-License-Identifier: GPL-2.0-or-later
// A sysctl that is another one for as long as a test runs.
#pragma once

#include <fstream>
#include <string>

namespace hoodtrace::testing {

// Writes a sysctl, and restores the old value in its destructor.
class Sysctl {
 public:
  Sysctl(const std::string& path, const std::string& value) : path_(path) {
    std::ifstream(path_) >> before_;
    std::ofstream file(path_);
    file << value << std::flush;
    set_ = !before_.empty() && file.good();
  }
  Sysctl(const Sysctl&) = delete;
  Sysctl& operator=(const Sysctl&) = delete;
  ~Sysctl() {
    if (set_) std::ofstream(path_) << before_ << std::flush;
  }
  [[nodiscard]] bool is_set() const { return set_; }
  // The value that the kernel reports now.
  [[nodiscard]] std::string now() const {
    std::string value;
    std::ifstream(path_) >> value;
    return value;
  }

 private:
  std::string path_;
  std::string before_;
  bool set_ = false;
};

}  // namespace hoodtrace::testing
