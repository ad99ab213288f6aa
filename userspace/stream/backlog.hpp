// SPDX-License-Identifier: GPL-2.0-or-later
// Whether the reader of the rings keeps up with what is written into them.
//
// A full ring alone says nothing: a reader that was not given a CPU for a while finds one, and empties
// it. One that cannot follow never empties them.
#pragma once

#include <cstdint>

namespace hoodtrace {

class Backlog {
 public:
  // After each reading: how full the fullest ring was, and whether all were emptied.
  void look(std::uint64_t now_ns, double fullest, bool is_empty) {
    if (is_empty || fullest < kFull)
      behind_since_ns_ = 0;
    else if (behind_since_ns_ == 0)
      behind_since_ns_ = now_ns;
    is_growing_ = behind_since_ns_ != 0 && now_ns - behind_since_ns_ >= kPatienceNs;
  }

  // For half a second the rings were more than half full, and never empty.
  [[nodiscard]] bool cannot_follow() const { return is_growing_; }

 private:
  static constexpr double kFull = 0.5;
  static constexpr std::uint64_t kPatienceNs = 500'000'000;

  std::uint64_t behind_since_ns_ = 0;
  bool is_growing_ = false;
};

}  // namespace hoodtrace
