// SPDX-License-Identifier: GPL-2.0-or-later
// Slices of the causes of the threads' time.

#include <fmt/format.h>

#include "view/diff/parts.hpp"
#include "view/why/words.hpp"

namespace hoodtrace {
namespace {

// A cause as both recordings can have it: without numbers of processes, pipes and sockets, which are
// others in each.
std::string lasting_words(const WhyTracker& tracker, const WhyCause& cause) {
  std::string words(heading_of(cause.part));
  WhyCause unblamed = cause;
  unblamed.relation = WhyRelation::kNone;
  const std::string object = tracker.object_text(cause);
  const bool lasts = cause.object_kind == WhyObjectKind::kFile && object.starts_with("/");
  const std::string what = lasts ? what_words(unblamed, object) : kind_words(unblamed);
  return what.empty() ? words : fmt::format("{}: {}", words, what);
}

bool is_delay(WhyPart part) {
  switch (part) {
    case WhyPart::kOnCpu:
    case WhyPart::kIdle:
    case WhyPart::kStopped:
    case WhyPart::kUnknown:
      return false;
    default:
      return true;
  }
}

void add_sums(const WhyTracker& tracker, const WhySums& sums, const std::string& comm,
              DiffPiece& piece) {
  for (const auto& [id, sum] : sums.by_cause()) {
    if (sum.ns == 0) continue;
    const WhyCause& cause = tracker.cause(id);
    const bool delays = is_delay(cause.part);
    const DiffMetric time = delays ? DiffMetric::kDelayNs : DiffMetric::kCauseNs;
    const DiffMetric times = delays ? DiffMetric::kDelayCount : DiffMetric::kCauseCount;
    const DiffMetric length = delays ? DiffMetric::kDelay : DiffMetric::kCause;
    const std::string key = fmt::format("{}: {}", comm, lasting_words(tracker, cause));
    piece.add({time, DiffBy::kCause, key}, static_cast<double>(sum.ns));
    piece.add({times, DiffBy::kCause, key}, static_cast<double>(sum.count));
    piece.add({length, DiffBy::kCause, key}, sum.lengths);
    piece.add({time, DiffBy::kAll, ""}, static_cast<double>(sum.ns));
  }
}

}  // namespace

void collect_why(const WhyTracker& tracker, DiffPiece& piece) {
  const TaskTable& tasks = tracker.tasks();
  for (TaskId id = 1; id < tasks.size(); id++)
    if (tasks[id].in_use) add_sums(tracker, tracker.sums(id), diff_comm(tasks[id]), piece);
  if (tracker.ended_others_count() > 0)
    add_sums(tracker, tracker.ended_others(), "(ended tasks)", piece);
}

}  // namespace hoodtrace
