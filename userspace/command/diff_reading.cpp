// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/diff_reading.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/syscalls.hpp"
#include "base/text.hpp"
#include "command/diff_options.hpp"
#include "command/stream_loop.hpp"
#include "event/feed.hpp"
#include "event/session_words.hpp"
#include "view/diff/collect.hpp"

namespace hoodtrace {
namespace {

constexpr std::string_view kRequest = kDiffWorkWords.back();

// Counts the unit of work, of the traced tasks.
class WorkCounter {
 public:
  explicit WorkCounter(DiffWork work) : work_(std::move(work)) {}

  void on(const ht_task_new& born) {
    const bool is_process = born.task.head.tid == born.task.pid;
    if (work_.kind == DiffWork::Kind::kFork && is_process &&
        (born.task.flags & HT_TASK_TRACED) != 0)
      done_++;
  }
  void on(const ht_task_exec& exec) {
    if (work_.kind == DiffWork::Kind::kExec && (exec.flags & HT_TASK_TRACED) != 0) done_++;
  }
  void on(const ht_sleep& sleep) {
    if (work_.kind != DiffWork::Kind::kCall || sleep.call == HT_NO_CALL) return;
    if ((sleep.flags & (HT_SLEEP_COMPAT | HT_SLEEP_SCANNED)) != 0) return;
    if (syscall_name(native_calls(), sleep.call) == work_.call) done_++;
  }
  double take(std::uint64_t from_ns, std::uint64_t to_ns) {
    const double done = std::exchange(done_, 0);
    if (work_.kind != DiffWork::Kind::kSecond) return done;
    return static_cast<double>(to_ns - from_ns) / 1e9;
  }

 private:
  DiffWork work_;
  double done_ = 0;
};

class SliceObserver : public Observer {
 public:
  SliceObserver(TaskTable& tasks, const DiffWork& work, DiffRecording& recording)
      : tasks_(tasks), counter_(work), recording_(recording) {}

  void on_event(const Event& event, std::string&) override {
    if (const auto* session = event.as<ht_session>()) start(*session);
    if (!collector_) return;  // no stream of ours
    const std::uint64_t now_ns = event.head().time_ns;
    while (now_ns >= from_ns_ + recording_.samples.slice_ns()) {
      const std::uint64_t slice_ns = recording_.samples.slice_ns();
      take(from_ns_ + slice_ns);
    }
    collector_->on_event(event);
    feed(counter_, event);
    last_ns_ = std::max(last_ns_, now_ns);
  }
  void fold(TaskId task) override {
    if (collector_) collector_->fold(task);
  }
  void finish(const StreamAccount& account, std::string&) override {
    if (!collector_) return;
    if (last_ns_ > from_ns_) take(last_ns_);
    recording_.duration_ns = last_ns_ - started_ns_;
    recording_.lost = account.lost();
  }

 private:
  void start(const ht_session& session) {
    const SessionText text = read_session(session);
    recording_.target = text.target;
    for (const FamilyRow& row : kFamilies)
      if (text.families.empty() || has_family(text, row.name)) recording_.families.add(row.family);
    // An old recording does not name its families; it has no causes.
    collector_.emplace(tasks_, recording_.families);
    started_ns_ = from_ns_ = last_ns_ = session.head.time_ns;
  }
  void take(std::uint64_t until_ns) {
    DiffPiece piece;
    piece.work = counter_.take(from_ns_, until_ns);
    collector_->take(from_ns_, until_ns, piece);
    recording_.samples.add_slice(std::move(piece));
    from_ns_ = until_ns;
  }

  TaskTable& tasks_;
  WorkCounter counter_;
  DiffRecording& recording_;
  std::optional<DiffCollector> collector_;  // since the session's record
  std::uint64_t started_ns_ = 0;
  std::uint64_t from_ns_ = 0;  // of the slice
  std::uint64_t last_ns_ = 0;
};

}  // namespace

std::string DiffWork::word() const {
  switch (kind) {
    case Kind::kSecond:
      return "s";
    case Kind::kFork:
      return "fork";
    case Kind::kExec:
      return "exec";
    case Kind::kCall:
      return call;
  }
  return "";
}

Result<DiffWork> parse_work(const std::string& text) {
  if (text == "second") return DiffWork{};
  if (text == "fork") return DiffWork{DiffWork::Kind::kFork, ""};
  if (text == "exec") return DiffWork{DiffWork::Kind::kExec, ""};
  if (!text.starts_with(kRequest))
    return usage(
        fmt::format("--per: '{}' is none of second, fork, exec, request=CALL", printable(text)));
  const std::string call = text.substr(kRequest.size());
  constexpr int kMostCalls = 1024;
  for (int number = 0; number < kMostCalls; number++)
    if (!call.empty() && syscall_name(native_calls(), number) == call)
      return DiffWork{DiffWork::Kind::kCall, call};
  return usage(fmt::format("--per: there is no system call '{}'", printable(call)));
}

Result<DiffRecording> read_for_diff(Source& source, const std::string& name, const DiffWork& work) {
  DiffRecording recording;
  TaskTable tasks;
  StreamAccount account;
  SliceObserver observer(tasks, work, recording);
  StreamLoop loop(observer, account, &tasks);
  RETURN_IF_ERROR(loop.run(source));
  if (recording.duration_ns == 0)
    return failed(fmt::format("{} has no events to compare; see: hoodtrace info {}",
                              printable(name), printable(name)));
  if (work.kind == DiffWork::Kind::kCall && !recording.families.has(Family::kWhy))
    return failed(
        fmt::format("{} has no sleeps, which --per request= counts; record it with: "
                    "hoodtrace record why -o FILE",
                    printable(name)));
  if (recording.samples.work() <= 0)
    return failed(
        fmt::format("{} has no {}: nothing to divide by; see --per", printable(name), work.word()));
  return recording;
}

}  // namespace hoodtrace
