// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/perfetto/exporter.hpp"

#include <fmt/format.h>

#include <type_traits>

#include "event/feed.hpp"
#include "event/session_words.hpp"

namespace hoodtrace {

PerfettoExporter::PerfettoExporter(TaskTable& tasks, const ExportOptions& options)
    : tasks_(tasks),
      least_wait_ns_(options.least_wait_ns),
      tracker_(tasks, {1, true}),
      sleeps_(tasks, {1}) {}

void PerfettoExporter::on_event(const Event& event, std::string& out) {
  packets_.to(out);
  feed(tracker_, event);
  add_waits();
  event.visit([this](const auto& record) { on(record); });
  if (has_causes_) add_sleeps(event);
}

void PerfettoExporter::fold(TaskId task) {
  tracker_.fold(task);
  sleeps_.fold(task);
  if (task < tracks_.size()) tracks_[task] = {};
  if (task < left_cpu_ns_.size()) left_cpu_ns_[task] = 0;
}

void PerfettoExporter::finish(const StreamAccount& account, std::string& out) {
  packets_.to(out);
  add_execs(argv_.take_all());
  finish_disk_sleeps();
  std::vector<Word> words = {{"events", fmt::format("{}", account.seen())},
                             {"not decodable", fmt::format("{}", account.undecodable())}};
  for (const auto& [kind, count] : account.lost())
    words.emplace_back("lost " + kind, fmt::format("{}", count));
  tell(last_ns_, "the stream ends", words);
  packets_.flush();
}

// ---- the stream itself ----

void PerfettoExporter::on(const ht_session& record) {
  whole_ = (record.flags & HT_SESSION_WHOLE) != 0;
  wakers_ = (record.flags & HT_SESSION_WAKERS) != 0;
  has_causes_ = has_family(read_session(record), "why");
  last_ns_ = record.head.time_ns;
  packets_.packet(0, pf::packet::kClockSnapshot, [&record](ProtoMessage& snapshot) {
    const auto add = [&snapshot](std::uint32_t id, std::uint64_t time_ns) {
      ProtoMessage clock(snapshot, pf::clock::kClocks);
      clock.add_uint32(pf::clock::kId, id);
      clock.add_uint64(pf::clock::kTimestamp, time_ns);
    };
    add(pf::clock::kBoottime, record.head.time_ns);
    add(pf::clock::kRealtime, record.wall_ns);
    snapshot.add_enum(pf::clock::kPrimary, static_cast<std::int32_t>(pf::clock::kBoottime));
  });
  std::vector<Word> words;
  // Without a release, Perfetto reads task states as those of a kernel before 4.14. It wants a dot
  // behind the minor number.
  std::string release = "4.15.0 or later";
  std::string machine = "x86_64";
  for (const auto& [key, value] : session_words(record)) {
    if (key == "kernel") release = value;
    if (key == "machine") machine = value;
    words.emplace_back(key, value);
  }
  packets_.packet(0, pf::packet::kSystemInfo, [&](ProtoMessage& info) {
    ProtoMessage names(info, pf::system::kUtsname);
    names.add_string(pf::system::kSysname, "Linux");
    add_text(names, pf::system::kRelease, release);
    add_text(names, pf::system::kMachine, machine);
  });
  if (!whole_) words.emplace_back("CPUs", "shown idle while they run what is not traced");
  if (!wakers_) words.emplace_back("wakers", "not recorded");
  tell(record.head.time_ns, "the stream begins", words);
}

void PerfettoExporter::on(const ht_trouble& record) {
  tell(record.head.time_ns, fmt::format("{} {}", record.count, trouble_key(record.what)), {});
}

void PerfettoExporter::on(const ht_tick& record) {
  last_ns_ = record.head.time_ns;
  if (record.kind == HT_TICK_NO_CULPRITS)
    tell(record.head.time_ns, "hoodtrace could not keep up: no culprits from here on", {});
}

// ---- tracks ----

std::string_view PerfettoExporter::comm_of(std::uint32_t tid) const {
  if (tid == 0) return "swapper";
  const TaskId id = tasks_.find(tid);
  return id == kNoTask ? std::string_view() : comm_view(tasks_[id]);
}

std::uint64_t PerfettoExporter::thread_track(TaskId task, std::uint64_t time_ns) {
  Tracks& tracks = tracks_of(task);
  if (tracks.thread != 0) return tracks.thread;
  tracks.thread = ++last_track_;
  packets_.packet(time_ns, pf::packet::kTrackDescriptor, [&](ProtoMessage& track) {
    track.add_uint64(pf::track::kUuid, tracks.thread);
    ProtoMessage thread(track, pf::track::kThread);
    const Task& who = tasks_[task];
    thread.add_int32(pf::track::kPid, static_cast<std::int32_t>(who.pid != 0 ? who.pid : who.tid));
    thread.add_int64(pf::track::kTid, who.tid);
  });
  return tracks.thread;
}

std::uint64_t PerfettoExporter::wait_track(TaskId task, std::uint64_t time_ns) {
  const std::uint64_t parent = thread_track(task, time_ns);
  Tracks& tracks = tracks_of(task);
  if (tracks.waits != 0) return tracks.waits;
  tracks.waits = ++last_track_;
  packets_.packet(time_ns, pf::packet::kTrackDescriptor, [&](ProtoMessage& track) {
    track.add_uint64(pf::track::kUuid, tracks.waits);
    track.add_uint64(pf::track::kParentUuid, parent);
    track.add_string(pf::track::kName, "waits for a CPU");
  });
  return tracks.waits;
}

std::uint64_t PerfettoExporter::stream_track(std::uint64_t time_ns) {
  if (stream_track_ != 0) return stream_track_;
  stream_track_ = ++last_track_;
  packets_.packet(time_ns, pf::packet::kTrackDescriptor, [this](ProtoMessage& track) {
    track.add_uint64(pf::track::kUuid, stream_track_);
    track.add_string(pf::track::kName, "hoodtrace");
  });
  return stream_track_;
}

void PerfettoExporter::tell(std::uint64_t time_ns, std::string_view name,
                            const std::vector<Word>& words) {
  const std::uint64_t uuid = stream_track(time_ns);
  packets_.packet(time_ns, pf::packet::kTrackEvent, [&](ProtoMessage& event) {
    event.add_enum(pf::slice::kType, pf::slice::kInstant);
    event.add_uint64(pf::slice::kTrackUuid, uuid);
    add_text(event, pf::slice::kName, name);
    for (const auto& [key, value] : words) {
      ProtoMessage word(event, pf::slice::kAnnotations);
      add_text(word, pf::annotation::kName, key);
      add_text(word, pf::annotation::kString, value);
    }
  });
}

std::unique_ptr<Observer> make_perfetto_exporter(TaskTable& tasks, const ExportOptions& options) {
  return std::make_unique<PerfettoExporter>(tasks, options);
}

}  // namespace hoodtrace
