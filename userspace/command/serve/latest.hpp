// SPDX-License-Identifier: GPL-2.0-or-later
// The newest metrics, between the thread that reads the stream and those that answer scrapes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

#include "view/serve/metric.hpp"

namespace hoodtrace {

class Latest {
 public:
  // `ask` makes the reader take a snapshot, soon.
  explicit Latest(std::function<void()> ask) : ask_(std::move(ask)) {}

  // The reader has a snapshot.
  void put(std::shared_ptr<const MetricFamilies> metrics);
  // No more will come.
  void close();

  // A snapshot that was asked for after the call began, or one that is younger than kFresh: a thousand
  // scrapes at once are one snapshot. Null after kPatience, or when closed.
  std::shared_ptr<const MetricFamilies> get();

  static constexpr std::chrono::milliseconds kFresh{100};
  static constexpr std::chrono::seconds kPatience{5};

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> ask_;
  std::shared_ptr<const MetricFamilies> metrics_;
  std::chrono::steady_clock::time_point made_{};
  std::uint64_t number_ = 0;
  bool is_asked_ = false;
  bool is_closed_ = false;
};

}  // namespace hoodtrace
