// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/record_watch.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <utility>

#include "base/text.hpp"
#include "base/units.hpp"
#include "event/feed.hpp"
#include "view/why/words.hpp"

namespace hoodtrace {

void RecordWatch::on_event(const Event& event, std::string&) {
  if (const auto* tick = event.as<ht_tick>())
    if (tick->kind == HT_TICK_MARK) marks_++;
  if (const auto* fault = event.as<ht_fault>()) on_fault(*fault);
  if (const auto* exit = event.as<ht_exit>()) on_exit(*exit);
  if (triggers_.zombie_ns != 0) {
    if (const auto* life = event.as<ht_life>())
      if (life->kind == HT_LIFE_FREED) zombies_.erase(life->head.tid);
    look_for_zombies(event.head().time_ns);
  }
  if (triggers_.wait_ns != 0) look_for_waits(event);
  if (triggers_.blocked_ns != 0) look_for_sleeps(event);
}

void RecordWatch::look_for_waits(const Event& event) {
  feed(waits_, event);
  for (const LongWait& wait : waits_.take_long_waits()) {
    const Task& task = tasks_[wait.task];
    if (pulled_.empty())
      pulled_ = fmt::format("{} (tid {}) waited {} for CPU {}", printable(comm_view(task)),
                            task.tid, format_duration(wait.wait_ns), wait.cpu);
  }
}

void RecordWatch::look_for_sleeps(const Event& event) {
  feed(sleeps_, event);
  for (const LongSleep& sleep : sleeps_.take_long_sleeps()) {
    const WhyCause& cause = sleeps_.cause(sleep.cause);
    const bool is_blocked = cause.part == WhyPart::kBlocked || cause.part == WhyPart::kDisk;
    if (!is_blocked || !pulled_.empty()) continue;
    const Task& task = tasks_[sleep.task];
    pulled_ = printable(fmt::format(
        "{} (tid {}) was blocked for {}: {}", comm_view(task), task.tid, format_duration(sleep.ns),
        cause_words(cause, sleeps_.object_text(cause), tasks_.names())));
  }
  // The sums are not asked for, and must not grow for days.
  if (const auto* tick = event.as<ht_tick>()) sleeps_.begin_interval(tick->head.time_ns);
}

void RecordWatch::on_fault(const ht_fault& fault) {
  if (triggers_.fault_ns == 0 || fault.took_ns == HT_UNKNOWN_NS ||
      fault.took_ns < triggers_.fault_ns || !pulled_.empty())
    return;
  pulled_ =
      fmt::format("a fault of tid {} took {}", fault.head.tid, format_duration(fault.took_ns));
}

void RecordWatch::on_exit(const ht_exit& exit) {
  if ((exit.flags & HT_EXIT_PROCESS) == 0) return;
  if (triggers_.zombie_ns != 0 && (exit.flags & HT_EXIT_AUTOREAP) == 0) {
    ended_.emplace_back(exit.head.time_ns, exit.pid);
    zombies_[exit.pid] = exit.head.time_ns;
  }
  if (!pulled_.empty()) return;
  const int status = static_cast<int>(exit.wait_status);
  if (triggers_.signal && WIFSIGNALED(status))
    pulled_ = fmt::format("process {} was ended by signal {}", exit.pid, WTERMSIG(status));
  else if (triggers_.exit && WIFEXITED(status) && WEXITSTATUS(status) != 0)
    pulled_ = fmt::format("process {} ended with code {}", exit.pid, WEXITSTATUS(status));
}

// A zombie is there from its end until the kernel frees it, a little after it was reaped.
void RecordWatch::look_for_zombies(std::uint64_t now_ns) {
  while (!ended_.empty() && ended_.front().first + triggers_.zombie_ns < now_ns) {
    const auto [end_ns, pid] = ended_.front();
    ended_.pop_front();
    const auto zombie = zombies_.find(pid);
    if (zombie == zombies_.end() || zombie->second != end_ns) continue;
    zombies_.erase(zombie);
    if (pulled_.empty())
      pulled_ = fmt::format("process {} has been a zombie for {}", pid,
                            format_duration(triggers_.zombie_ns));
  }
}

std::string RecordWatch::take_trigger() { return std::exchange(pulled_, {}); }

}  // namespace hoodtrace
