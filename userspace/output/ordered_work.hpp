// SPDX-License-Identifier: GPL-2.0-or-later
// Blocks become text on several threads at a time; the texts come out in the order in which the blocks
// went in.
//
// add() and finish() are called by one thread, which works as well when the others are behind: so memory
// is bounded, and all CPUs are used. With few CPUs it does all of the work: another CPU would have to fetch
// the block from this one's cache, which costs as much. The threads begin with the first block: the program drops its
// privileges before, and privileges are per thread.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace hoodtrace {

// A Block is default constructible, can be swapped and has clear().
template <class Block>
class OrderedWork {
 public:
  // Appends the block's text. Runs on several threads, each with its own block and text.
  using Work = std::function<void(const Block& block, std::string& out)>;

  explicit OrderedWork(Work work, unsigned threads = spare_cpus())
      : work_(std::move(work)), wanted_threads_(threads) {}
  OrderedWork(const OrderedWork&) = delete;
  OrderedWork& operator=(const OrderedWork&) = delete;
  ~OrderedWork() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    waiting_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  // Takes the block and leaves an empty one; appends the texts that are ready and whose turn it is.
  void add(Block& block, std::string& out) {
    std::unique_lock lock(mutex_);
    begin_threads();
    std::unique_ptr<Job> job = spare_job();
    std::swap(job->block, block);
    jobs_.push_back(std::move(job));
    waiting_.notify_one();
    // A second text would have to be copied: it can wait for the next call.
    take_ready(out, 1);
    const std::size_t most = threads_.empty() ? 0 : kMostJobs;
    while (jobs_.size() > most) {
      help_or_wait(lock);
      take_ready(out, jobs_.size() - most);
    }
  }

  // Appends all that is left; last call.
  void finish(std::string& out) {
    std::unique_lock lock(mutex_);
    while (!jobs_.empty()) {
      help_or_wait(lock);
      take_ready(out, jobs_.size());
    }
  }

 private:
  static constexpr std::size_t kMostJobs = 4;

  // CPUs that have nothing else to do: the caller has one, who reads its input and who writes its output
  // have one each. One caller does not keep more than kMostJobs busy.
  static unsigned spare_cpus() {
    constexpr unsigned kOthers = 3;
    const unsigned cpus = std::max(std::thread::hardware_concurrency(), kOthers);
    return std::min<unsigned>(cpus - kOthers, kMostJobs);
  }

  enum class State { kWaits, kRuns, kDone };
  struct Job {
    Block block;
    std::string text;
    State state = State::kWaits;
  };

  void begin_threads() {
    if (!threads_.empty()) return;
    for (unsigned i = 0; i < wanted_threads_; i++) threads_.emplace_back([this] { run(); });
  }

  std::unique_ptr<Job> spare_job() {
    if (spare_.empty()) return std::make_unique<Job>();
    std::unique_ptr<Job> job = std::move(spare_.back());
    spare_.pop_back();
    return job;
  }

  // The oldest one that nobody works on; null when there is none.
  Job* waiting_job() {
    const auto at = std::find_if(jobs_.begin(), jobs_.end(),
                                 [](const auto& job) { return job->state == State::kWaits; });
    return at == jobs_.end() ? nullptr : at->get();
  }

  void work_on(Job& job, std::unique_lock<std::mutex>& lock) {
    job.state = State::kRuns;
    lock.unlock();
    work_(job.block, job.text);
    job.block.clear();
    lock.lock();
    job.state = State::kDone;
    done_.notify_one();
  }

  void help_or_wait(std::unique_lock<std::mutex>& lock) {
    if (jobs_.front()->state == State::kDone) return;
    if (Job* const job = waiting_job())
      work_on(*job, lock);
    else
      done_.wait(lock);
  }

  void take_ready(std::string& out, std::size_t most) {
    for (; most > 0 && !jobs_.empty() && jobs_.front()->state == State::kDone; most--) {
      std::unique_ptr<Job> job = std::move(jobs_.front());
      jobs_.pop_front();
      if (out.empty())
        out.swap(job->text);
      else
        out += job->text;
      job->text.clear();
      job->state = State::kWaits;
      spare_.push_back(std::move(job));
    }
  }

  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (stopping_) return;
      if (Job* const job = waiting_job())
        work_on(*job, lock);
      else
        waiting_.wait(lock);
    }
  }

  Work work_;
  unsigned wanted_threads_;
  std::mutex mutex_;
  std::condition_variable waiting_;        // for the threads
  std::condition_variable done_;           // for the caller
  std::deque<std::unique_ptr<Job>> jobs_;  // in the order of their blocks
  std::vector<std::unique_ptr<Job>> spare_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace hoodtrace
