// SPDX-License-Identifier: GPL-2.0-or-later
// The intervals that `top` can go back to, and which of them is on the screen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

#include "view/top/snapshot.hpp"

namespace hoodtrace {

class History {
 public:
  // Keeps what ended at most `keep_ns` before the latest, in at most `most_bytes`; always the latest.
  History(std::uint64_t keep_ns, std::size_t most_bytes)
      : keep_ns_(keep_ns), most_bytes_(most_bytes) {}

  // The latest from now on. What is shown stays when it is not the latest, unless it was forgotten:
  // then it is the oldest.
  void add(std::shared_ptr<const Snapshot> snapshot);

  // Null before the first.
  [[nodiscard]] const Snapshot* shown() const {
    return all_.empty() ? nullptr : all_[shown_].get();
  }
  [[nodiscard]] const Snapshot* latest() const {
    return all_.empty() ? nullptr : all_.back().get();
  }
  [[nodiscard]] const std::deque<std::shared_ptr<const Snapshot>>& all() const { return all_; }
  [[nodiscard]] std::size_t place() const { return shown_; }
  // Follows the latest.
  [[nodiscard]] bool is_live() const { return follows_; }

  void pause() { follows_ = false; }
  void follow();
  // Goes that many intervals forward, or back when negative, at most to an end; then pauses there.
  void step(std::ptrdiff_t intervals);
  // The interval that has this time, or the nearest.
  void go_to(std::uint64_t time_ns);

 private:
  std::uint64_t keep_ns_;
  std::size_t most_bytes_;
  std::deque<std::shared_ptr<const Snapshot>> all_;
  std::size_t bytes_ = 0;
  std::size_t shown_ = 0;
  bool follows_ = true;
};

}  // namespace hoodtrace
