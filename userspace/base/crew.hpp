// SPDX-License-Identifier: GPL-2.0-or-later
// Threads that do parts of one piece of work at the same time, again and again.
#pragma once

#include <barrier>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace hoodtrace {

class Crew {
 public:
  // The calling thread is one of them: the others are made here, with its nice value.
  explicit Crew(std::size_t threads)
      : begin_(static_cast<std::ptrdiff_t>(threads)), end_(static_cast<std::ptrdiff_t>(threads)) {
    for (std::size_t i = 1; i < threads; i++) threads_.emplace_back([this, i] { follow(i); });
  }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew() {
    work_ = nullptr;
    begin_.arrive_and_wait();
    for (std::thread& thread : threads_) thread.join();
  }

  [[nodiscard]] std::size_t size() const { return threads_.size() + 1; }

  // Calls work(0) here and work(1) to work(size() - 1) on the others. Returns when all have ended.
  void run(const std::function<void(std::size_t)>& work) {
    work_ = &work;
    begin_.arrive_and_wait();
    work(0);
    end_.arrive_and_wait();
  }

 private:
  void follow(std::size_t index) {
    for (;;) {
      begin_.arrive_and_wait();
      if (work_ == nullptr) return;
      (*work_)(index);
      end_.arrive_and_wait();
    }
  }

  std::barrier<> begin_;
  std::barrier<> end_;
  const std::function<void(std::size_t)>* work_ = nullptr;
  std::vector<std::thread> threads_;
};

}  // namespace hoodtrace
