// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top/history.hpp"

#include <algorithm>
#include <utility>

namespace hoodtrace {

void History::add(std::shared_ptr<const Snapshot> snapshot) {
  bytes_ += snapshot->bytes();
  const std::uint64_t now_ns = snapshot->until_ns;
  all_.push_back(std::move(snapshot));
  while (all_.size() > 1 && (bytes_ > most_bytes_ || all_.front()->until_ns + keep_ns_ < now_ns)) {
    bytes_ -= all_.front()->bytes();
    all_.pop_front();
    if (shown_ > 0) shown_--;
  }
  if (follows_) shown_ = all_.size() - 1;
}

void History::follow() {
  follows_ = true;
  if (!all_.empty()) shown_ = all_.size() - 1;
}

void History::step(std::ptrdiff_t intervals) {
  if (all_.empty()) return;
  follows_ = false;
  const auto last = static_cast<std::ptrdiff_t>(all_.size()) - 1;
  shown_ = static_cast<std::size_t>(
      std::clamp(static_cast<std::ptrdiff_t>(shown_) + intervals, std::ptrdiff_t{0}, last));
}

void History::go_to(std::uint64_t time_ns) {
  if (all_.empty()) return;
  follows_ = false;
  const auto at = std::find_if(all_.begin(), all_.end(),
                               [time_ns](const auto& one) { return one->until_ns >= time_ns; });
  shown_ = std::min(static_cast<std::size_t>(at - all_.begin()), all_.size() - 1);
}

}  // namespace hoodtrace
