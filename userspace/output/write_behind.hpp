// SPDX-License-Identifier: GPL-2.0-or-later
// Writes pieces of an output in their order on a thread of its own, so that who makes them need not wait
// until few are left to write.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.hpp"

namespace hoodtrace {

class WriteBehind {
 public:
  // Runs on the thread, for one piece after the other, until it fails.
  using Write = std::function<Result<void>(const std::string& bytes)>;

  explicit WriteBehind(Write write) : write_(std::move(write)) {}
  WriteBehind(const WriteBehind&) = delete;
  WriteBehind& operator=(const WriteBehind&) = delete;
  // Without finish(): pieces that are not written yet are dropped.
  ~WriteBehind();

  // Takes the bytes and leaves empty ones. Waits while too many are to be written. An error is that of an
  // earlier piece. The thread begins with the first one: it has the caller's privileges of that moment.
  Result<void> add(std::string& bytes);
  // Waits until all is written; last call.
  Result<void> finish();

 private:
  static constexpr std::size_t kMostPieces = 4;

  void run();
  void join();

  Write write_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> pieces_;  // the first one is being written
  std::vector<std::string> spare_;
  bool finishing_ = false;
  Result<void> failure_;
  std::thread thread_;
};

}  // namespace hoodtrace
