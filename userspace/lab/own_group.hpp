// SPDX-License-Identifier: GPL-2.0-or-later
// A cgroup of one experiment with one controller, of either version; removed with the object.
#pragma once

#include <cstdint>
#include <string>

namespace hoodtrace::lab {

class OwnGroup {
 public:
  // "memory" or "cpu". Throws when it cannot be made.
  explicit OwnGroup(const std::string& controller);
  OwnGroup(const OwnGroup&) = delete;
  OwnGroup& operator=(const OwnGroup&) = delete;
  ~OwnGroup();

  // Why there can be none; "" when there can.
  static std::string lacks(const std::string& controller);

  // The calling process.
  void enter() const;
  void limit_memory(std::uint64_t bytes) const;    // and no swap
  [[nodiscard]] std::int64_t peak_memory() const;  // -1: not known
  [[nodiscard]] std::int64_t oom_kills() const;
  void limit_cpu(std::uint64_t quota_us, std::uint64_t period_us) const;
  [[nodiscard]] std::int64_t throttled_ns() const;

 private:
  std::string path_;
  std::string switches_;  // where the controller was enabled for this; "" = it was already
  std::string switched_;
  bool is_v2_ = false;
};

}  // namespace hoodtrace::lab
