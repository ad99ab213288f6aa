// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/serve/latest.hpp"

namespace hoodtrace {

void Latest::put(std::shared_ptr<const MetricFamilies> metrics) {
  {
    const std::lock_guard lock(mutex_);
    metrics_ = std::move(metrics);
    made_ = std::chrono::steady_clock::now();
    number_++;
    is_asked_ = false;
  }
  changed_.notify_all();
}

void Latest::close() {
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
  }
  changed_.notify_all();
}

std::shared_ptr<const MetricFamilies> Latest::get() {
  std::unique_lock lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (is_closed_) return nullptr;
  if (metrics_ && now - made_ < kFresh) return metrics_;
  const std::uint64_t before = number_;
  if (!is_asked_) {
    is_asked_ = true;
    ask_();
  }
  changed_.wait_until(lock, now + kPatience, [&] { return number_ != before || is_closed_; });
  return number_ != before ? metrics_ : nullptr;
}

}  // namespace hoodtrace
