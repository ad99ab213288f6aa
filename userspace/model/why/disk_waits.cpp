// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/why/disk_waits.hpp"

#include <algorithm>

#include "base/growth.hpp"

namespace hoodtrace {
namespace {

std::uint64_t overlap(std::uint64_t a_from, std::uint64_t a_to, std::uint64_t b_from,
                      std::uint64_t b_to) {
  return growth(std::max(a_from, b_from), std::min(a_to, b_to));
}

}  // namespace

void WhyDiskWaits::count(const Sleep& sleep, const ht_disk& request) {
  const Place place{FileKey(request.file), request.dev, request.kind, op_of(request)};
  Sum& sum = tasks_[sleep.task].by_place[place];
  const std::uint64_t ns = growth(sleep.since_ns, sleep.woken_ns);
  sum.count++;
  sum.ns += ns;
  sum.max_ns = std::max(sum.max_ns, ns);
  if (request.issue_ns == 0) return;
  sum.queued_ns += overlap(sleep.since_ns, sleep.woken_ns, request.start_ns, request.issue_ns);
  sum.device_ns += overlap(sleep.since_ns, sleep.woken_ns, request.issue_ns, request.complete_ns);
}

void WhyDiskWaits::on(const ht_disk& request) {
  if (request.serial == 0 || (request.flags & HT_REQ_OPEN) != 0) return;
  if (const auto found = sleeps_.find(request.serial); found != sleeps_.end()) {
    for (const Sleep& sleep : found->second) count(sleep, request);
    sleeps_.erase(found);
  }
  if (done_order_.size() >= kMostDone) {
    done_.erase(done_order_.front());
    done_order_.pop_front();
  }
  if (done_.insert_or_assign(request.serial, request).second) done_order_.push_back(request.serial);
}

void WhyDiskWaits::on(const ht_disk_wait& wait, TaskId task) {
  const Sleep sleep{task, wait.since_ns, wait.head.time_ns};
  OfTask& of = tasks_[task];
  if (wait.flags & HT_WAIT_IOWAIT) of.iowait_ns += growth(sleep.since_ns, sleep.woken_ns);
  if (wait.serial == 0) {
    of.elsewhere_count++;
    of.elsewhere_ns += growth(sleep.since_ns, sleep.woken_ns);
  } else if (const auto done = done_.find(wait.serial); done != done_.end()) {
    count(sleep, done->second);
  } else if (sleeps_.size() < kMostSleeps) {
    sleeps_[wait.serial].push_back(sleep);
  }
}

void WhyDiskWaits::on(const ht_lost& lost) {
  if (may_miss(lost, HT_DISK)) sleeps_.clear();
}

}  // namespace hoodtrace
