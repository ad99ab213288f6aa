// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/why/long_sleeps.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/why/json.hpp"
#include "view/why/words.hpp"

namespace hoodtrace {
namespace {

// "read (libc.so.6)"; the address of what has no name.
std::string frame_text(const UserFrame& frame) {
  std::string text = frame.function.empty() ? fmt::format("{:#x}", frame.address) : frame.function;
  if (!frame.file.empty()) text += fmt::format(" ({})", frame.file);
  return text;
}

std::string function_text(const WhyPlaces::Frame& frame, const WhyPlaces& places) {
  const std::string_view name = places.function(frame.function);
  return name.empty() ? fmt::format("{:#x}", frame.address) : std::string(name);
}

const std::vector<WhyPlaces::Frame>& kernel_frames(const SleepStack& stack,
                                                   const WhyPlaces& places) {
  static const std::vector<WhyPlaces::Frame> none;
  const WhyPlaces::Place* place = stack.kernel != 0 ? places.find(stack.kernel) : nullptr;
  return place != nullptr ? place->frames : none;
}

void append_frame(std::string& out, std::string_view where, bool is_first,
                  const std::string& frame) {
  out += fmt::format("{:13}{:8}{}\n", "", is_first ? where : "", printable(frame));
}

void append_stack(std::string& out, const SleepStack& stack, const WhyPlaces& places) {
  bool is_first = true;
  for (const WhyPlaces::Frame& frame : kernel_frames(stack, places))
    append_frame(out, "kernel", std::exchange(is_first, false), function_text(frame, places));
  is_first = true;
  for (const UserFrame& frame : stack.user)
    append_frame(out, "user", std::exchange(is_first, false), frame_text(frame));
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(valid_utf8(text));
}

Json kernel_json(const SleepStack& stack, const WhyPlaces& places) {
  Json list = Json::array();
  for (const WhyPlaces::Frame& frame : kernel_frames(stack, places))
    list.push_back({{"address", frame.address},
                    {"function", text_or_null(std::string(places.function(frame.function)))}});
  return list;
}

Json user_json(const SleepStack& stack) {
  Json list = Json::array();
  for (const UserFrame& frame : stack.user)
    list.push_back({{"address", frame.address},
                    {"function", text_or_null(frame.function)},
                    {"file", text_or_null(frame.file)}});
  return list;
}

}  // namespace

bool is_worth_a_line(const LongSleep& sleep, const WhyTracker& tracker) {
  return tracker.cause(sleep.cause).part != WhyPart::kIdle;
}

std::string long_sleep_text(const LongSleep& sleep, const WhyTracker& tracker,
                            std::uint64_t started_ns) {
  const Task& task = tracker.tasks()[sleep.task];
  const WhyCause& cause = tracker.cause(sleep.cause);
  const std::uint64_t at_ns = sleep.time_ns > started_ns ? sleep.time_ns - started_ns : 0;
  std::string words = cause_words(cause, tracker.object_text(cause), tracker.tasks().names());
  if (cause.part == WhyPart::kIdle) words = fmt::format("{}: {}", heading_of(cause.part), words);
  std::string text =
      printable(fmt::format("{:>11.6f}  {} ({}) slept {}: {}", static_cast<double>(at_ns) / 1e9,
                            comm_view(task), task.tid, format_duration(sleep.ns), words)) +
      "\n";
  if (sleep.stack) append_stack(text, *sleep.stack, tracker.places());
  return text;
}

void LongSleepList::add(const LongSleep& sleep, const WhyTracker& tracker) {
  if (count_++ >= kMost) return;
  const Task& task = tracker.tasks()[sleep.task];
  const WhyCause& cause = tracker.cause(sleep.cause);
  Json entry = {{"end_ns", sleep.time_ns},
                {"tid", task.tid},
                {"pid", task.pid != 0 ? Json(task.pid) : Json(nullptr)},
                {"comm", valid_utf8(comm_view(task))},
                {"ns", sleep.ns}};
  entry.update(cause_json(cause, tracker.object_text(cause), tracker.tasks().names()));
  entry["kernel_stack"] = sleep.stack ? kernel_json(*sleep.stack, tracker.places()) : Json(nullptr);
  entry["user_stack"] = sleep.stack ? user_json(*sleep.stack) : Json(nullptr);
  list_.push_back(std::move(entry));
}

void LongSleepList::clear() {
  list_.clear();
  count_ = 0;
}

void LongSleepList::add_to(Report& report) const {
  report.body.emplace_back("long_sleeps_count", count_);
  report.body.emplace_back("long_sleeps", list_);
}

}  // namespace hoodtrace
