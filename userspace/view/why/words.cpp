// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/why/words.hpp"

#include <fmt/format.h>

#include "base/syscalls.hpp"

namespace hoodtrace {
namespace {

// The system call says no more than these do.
bool implies_its_call(WhyReason reason) {
  switch (reason) {
    case WhyReason::kNone:
    case WhyReason::kFutexLock:
    case WhyReason::kFutexWait:
    case WhyReason::kThreadEnd:
    case WhyReason::kChild:
    case WhyReason::kVfork:
    case WhyReason::kStopSignal:
    case WhyReason::kTracer:
    case WhyReason::kQuota:
    case WhyReason::kOwnDeadline:
      return true;
    default:
      return false;
  }
}

std::string call_words(const WhyCause& cause) {
  if (cause.call < 0) return {};
  const std::string_view name = syscall_name(cause.table, cause.call);
  return name.empty() ? fmt::format("system call {}", cause.call) : std::string(name);
}

// The object follows the word that it belongs to.
std::string with_object(std::string words, const WhyCause& cause, std::string_view object) {
  if (object.empty()) return words;
  switch (cause.object_kind) {
    case WhyObjectKind::kFunction:
      return fmt::format("{} ({})", words, object);
    case WhyObjectKind::kProcess:
    case WhyObjectKind::kThread:
      return fmt::format("{}: {}", words, object);
    default:
      break;
  }
  switch (cause.reason) {
    case WhyReason::kPageFault:
    case WhyReason::kSwapIn:
    case WhyReason::kUserfault:
      return fmt::format("{} in {}", words, object);
    case WhyReason::kCall:
    case WhyReason::kFutexLock:
    case WhyReason::kFutexWait:
      return fmt::format("{} {}", words, object);
    default:
      return fmt::format("{}: {}", words, object);
  }
}

std::string in_part(const WhyCause& cause, std::string words) {
  const std::string_view heading = heading_of(cause.part);
  switch (cause.part) {
    case WhyPart::kOnCpu:
    case WhyPart::kDispatch:
      return std::string(heading);
    case WhyPart::kThrottled:
    case WhyPart::kDisk:
      return words.empty() ? std::string(heading) : fmt::format("{}: {}", heading, words);
    default:
      return words.empty() ? std::string(heading) : words;
  }
}

}  // namespace

std::string_view key_of(WhyRelation relation) {
  switch (relation) {
    case WhyRelation::kNone:
      return "";
    case WhyRelation::kBehind:
      return "behind";
    case WhyRelation::kHolder:
      return "holder";
    case WhyRelation::kWaker:
      return "waker";
    case WhyRelation::kStopper:
      return "stopper";
    case WhyRelation::kTimer:
      return "timer";
    case WhyRelation::kNetwork:
      return "interrupt";
  }
  return "";
}

std::string who_words(const WhyCause& cause, const WhoTable& names) {
  if (cause.by == WhoTable::kUnknown && cause.by_tid == 0) return {};
  const Who& who = names[cause.by];
  if (cause.by == WhoTable::kUnknown) return fmt::format("thread {}", cause.by_tid);
  if (cause.by_tid != 0) return fmt::format("{} ({})", who.comm, cause.by_tid);
  return who.has_pid && who.pid != 0 ? fmt::format("{} ({})", who.comm, who.pid) : who.comm;
}

std::string what_words(const WhyCause& cause, std::string_view object) {
  const std::string call = implies_its_call(cause.reason) ? "" : call_words(cause);
  if (cause.reason == WhyReason::kNone) return {};
  if (cause.reason == WhyReason::kCall)
    return with_object(call.empty() ? "in a system call" : call, cause, object);
  // A read from a disk waits for the lock of its page.
  if (cause.part == WhyPart::kDisk && cause.reason == WhyReason::kPageLock && !call.empty()) {
    WhyCause read = cause;
    read.reason = WhyReason::kCall;
    return with_object(call, read, object);
  }
  const std::string reason(words_of(cause.reason));
  if (call.empty()) return with_object(reason, cause, object);
  // The file is the call's, except that of a page fault.
  const bool is_of_call = cause.object_kind == WhyObjectKind::kFile && !object.empty() &&
                          cause.reason != WhyReason::kPageFault;
  return is_of_call ? fmt::format("{} {}: {}", call, object, reason)
                    : fmt::format("{}: {}", call, with_object(reason, cause, object));
}

std::string kind_words(const WhyCause& cause) { return what_words(cause, ""); }

std::string relation_words(const WhyCause& cause, const WhoTable& names) {
  const std::string who = who_words(cause, names);
  switch (cause.relation) {
    case WhyRelation::kNone:
      return {};
    case WhyRelation::kBehind:
      if (cause.by == WhoTable::kIdle) return "while that CPU was idle";
      if (cause.by == WhoTable::kElsewhere) return "in the queue of another CPU";
      return who.empty() ? "behind a task that is not known" : fmt::format("behind {}", who);
    case WhyRelation::kHolder:
      return who.empty() ? "" : fmt::format("held by {}", who);
    case WhyRelation::kWaker:
      // Who ends it is who completes the I/O: a kernel thread, or another reader of the page.
      if (cause.part == WhyPart::kDisk) return {};
      return who.empty() ? "" : fmt::format("ended by {}", who);
    case WhyRelation::kStopper:
      return who.empty() ? "" : fmt::format("by {}", who);
    case WhyRelation::kTimer:
      return "ended by a timer";
    case WhyRelation::kNetwork:
      // I/O that is complete always ends so.
      return cause.part == WhyPart::kDisk ? "" : "ended by an interrupt";
  }
  return {};
}

std::string relation_words(WhyRelation relation, std::size_t many) {
  switch (relation) {
    case WhyRelation::kBehind:
      return fmt::format("behind {} others", many);
    case WhyRelation::kHolder:
      return fmt::format("held by {} others", many);
    default:
      return fmt::format("ended by {} others", many);
  }
}

std::string cause_words(const WhyCause& cause, std::string_view object, const WhoTable& names) {
  // Who holds it up is what it waits for.
  if (cause.reason == WhyReason::kThreadEnd && cause.relation == WhyRelation::kHolder)
    if (const std::string who = who_words(cause, names); !who.empty())
      return in_part(cause, fmt::format("{}: {}", words_of(cause.reason), who));
  std::string words = what_words(cause, object);
  const std::string relation = relation_words(cause, names);
  if (!relation.empty()) (words += words.empty() ? "" : ", ") += relation;
  return in_part(cause, std::move(words));
}

std::string activity_words(const WhyCause& cause, std::string_view object, const WhoTable& names) {
  if (cause.part == WhyPart::kWait) {
    const std::string relation = relation_words(cause, names);
    return relation.empty() ? std::string(heading_of(cause.part)) : "waiting " + relation;
  }
  // Which of its futexes says nothing here, and neither does where it waited for work.
  if (cause.part == WhyPart::kIdle) {
    const std::string kind = kind_words(cause);
    return kind.empty() ? std::string(heading_of(cause.part))
                        : fmt::format("{} ({})", heading_of(cause.part), kind);
  }
  const bool is_address = cause.object_kind == WhyObjectKind::kAddress;
  return in_part(cause, what_words(cause, is_address ? "" : object));
}

}  // namespace hoodtrace
