// SPDX-License-Identifier: GPL-2.0-or-later
// 64 MiB of swap for as long as a test runs.
#pragma once

#include <fcntl.h>
#include <sys/swap.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "support/child_process.hpp"
#include "support/disk_folder.hpp"

namespace hoodtrace::testing {

class SwapFile {
 public:
  SwapFile() {
    if (!folder_.is_made()) return;
    constexpr off_t kBytes = 64 << 20;
    const int fd = ::open(path_.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    const bool is_there = fd >= 0 && ::posix_fallocate(fd, 0, kBytes) == 0;
    ::close(fd);
    if (!is_there) return;
    ChildProcess mkswap({"/usr/sbin/mkswap", path_});
    is_used_ = mkswap.wait(std::chrono::seconds(30)) == 0 && ::swapon(path_.c_str(), 0) == 0;
  }
  SwapFile(const SwapFile&) = delete;
  SwapFile& operator=(const SwapFile&) = delete;
  ~SwapFile() {
    if (is_used_) ::swapoff(path_.c_str());
  }
  [[nodiscard]] bool is_used() const { return is_used_; }

 private:
  DiskFolder folder_;
  std::string path_ = folder_.file("swap");
  bool is_used_ = false;
};

}  // namespace hoodtrace::testing
