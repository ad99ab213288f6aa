// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/write_behind.hpp"

#include <utility>

namespace hoodtrace {

WriteBehind::~WriteBehind() {
  {
    const std::lock_guard lock(mutex_);
    if (pieces_.size() > 1) pieces_.resize(1);  // the one that is being written
    finishing_ = true;
  }
  join();
}

Result<void> WriteBehind::add(std::string& bytes) {
  std::unique_lock lock(mutex_);
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.wait(lock, [this] { return !failure_ || pieces_.size() < kMostPieces; });
  if (!failure_) return failure_;
  pieces_.push_back(std::move(bytes));
  bytes = std::string();
  if (!spare_.empty()) {
    bytes = std::move(spare_.back());
    spare_.pop_back();
  }
  changed_.notify_all();
  return {};
}

Result<void> WriteBehind::finish() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
  }
  join();
  return failure_;
}

void WriteBehind::join() {
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void WriteBehind::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return finishing_ || !pieces_.empty(); });
    if (pieces_.empty()) return;
    const std::string& piece = pieces_.front();  // a deque's stay where they are
    lock.unlock();
    Result<void> written = write_(piece);
    lock.lock();
    spare_.push_back(std::move(pieces_.front()));
    spare_.back().clear();
    pieces_.pop_front();
    if (!written) {
      failure_ = std::move(written);
      pieces_.clear();
    }
    changed_.notify_all();
    if (!failure_) return;
  }
}

}  // namespace hoodtrace
