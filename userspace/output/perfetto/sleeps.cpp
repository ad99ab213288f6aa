// SPDX-License-Identifier: GPL-2.0-or-later
// Of the Perfetto exporter: sleeps, as slices named after their causes.

#include <fmt/format.h>

#include "event/feed.hpp"
#include "output/perfetto/exporter.hpp"
#include "view/why/words.hpp"

namespace hoodtrace {

std::uint64_t PerfettoExporter::sleep_track(TaskId task, std::uint64_t time_ns) {
  const std::uint64_t parent = thread_track(task, time_ns);
  Tracks& tracks = tracks_of(task);
  if (tracks.sleeps != 0) return tracks.sleeps;
  tracks.sleeps = ++last_track_;
  packets_.packet(time_ns, pf::packet::kTrackDescriptor, [&](ProtoMessage& track) {
    track.add_uint64(pf::track::kUuid, tracks.sleeps);
    track.add_uint64(pf::track::kParentUuid, parent);
    track.add_string(pf::track::kName, "sleeps");
  });
  return tracks.sleeps;
}

// An arrow from who held the lock, or ended the sleep, to the sleeper, at the end of the sleep.
void PerfettoExporter::add_flow(const LongSleep& sleep, const WhyCause& cause) {
  if (cause.relation != WhyRelation::kHolder && cause.relation != WhyRelation::kWaker) return;
  const TaskId by = tasks_.find(cause.by_tid);
  if (by == kNoTask || by == sleep.task || !is_shown(cause.by_tid)) return;
  const std::uint64_t flow = ++last_flow_;
  const auto mark = [&](TaskId task, std::string_view name, std::uint32_t field) {
    const std::uint64_t track = sleep_track(task, sleep.time_ns);
    packets_.packet(sleep.time_ns, pf::packet::kTrackEvent, [&](ProtoMessage& event) {
      event.add_enum(pf::slice::kType, pf::slice::kInstant);
      event.add_uint64(pf::slice::kTrackUuid, track);
      add_text(event, pf::slice::kName, name);
      event.add_fixed64(field, flow);
    });
  };
  const auto who = [this](TaskId task) {
    return fmt::format("{} ({})", comm_view(tasks_[task]), tasks_[task].tid);
  };
  mark(by, "ends the sleep of " + who(sleep.task), pf::slice::kFlows);
  mark(sleep.task, "sleep ended by " + who(by), pf::slice::kLastFlows);
}

void PerfettoExporter::add_sleeps(const Event& event) {
  feed(sleeps_, event);
  const WhoTable& names = tasks_.names();
  for (const LongSleep& sleep : sleeps_.take_long_sleeps()) {
    const WhyCause& cause = sleeps_.cause(sleep.cause);
    // It begins with the thread itself, and Perfetto has no track before that.
    if (cause.reason == WhyReason::kBirth) continue;
    const std::string object = sleeps_.object_text(cause);
    std::vector<Word> words = {{"part", std::string(key_of(cause.part))}};
    if (!object.empty()) words.emplace_back("object", object);
    if (std::string by = relation_words(cause, names); !by.empty())
      words.emplace_back("by", std::move(by));
    add_slice(sleep_track(sleep.task, sleep.time_ns - sleep.ns), sleep.time_ns, sleep.ns,
              cause_words(cause, object, names), words);
    add_flow(sleep, cause);
  }
  // The sums are not asked for.
  if (const auto* tick = event.as<ht_tick>()) sleeps_.begin_interval(tick->head.time_ns);
}

}  // namespace hoodtrace
