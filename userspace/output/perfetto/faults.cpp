// SPDX-License-Identifier: GPL-2.0-or-later
// Of the Perfetto exporter: page faults and forks, as slices of the thread that they stop.

#include <fmt/format.h>

#include <algorithm>

#include "model/faults/kind.hpp"
#include "output/perfetto/exporter.hpp"

namespace hoodtrace {

namespace {

// An instant when it is not known how long it took.
std::uint64_t begin_of(std::uint64_t to_ns, std::uint64_t took_ns) {
  return took_ns == HT_UNKNOWN_NS ? to_ns : to_ns - std::min(to_ns, took_ns);
}

}  // namespace

std::uint64_t PerfettoExporter::fault_track(TaskId task, std::uint64_t time_ns) {
  const std::uint64_t parent = thread_track(task, time_ns);
  Tracks& tracks = tracks_of(task);
  if (tracks.faults != 0) return tracks.faults;
  tracks.faults = ++last_track_;
  packets_.packet(time_ns, pf::packet::kTrackDescriptor, [&](ProtoMessage& track) {
    track.add_uint64(pf::track::kUuid, tracks.faults);
    track.add_uint64(pf::track::kParentUuid, parent);
    track.add_string(pf::track::kName, "page faults");
  });
  return tracks.faults;
}

void PerfettoExporter::add_slice(std::uint64_t track, std::uint64_t to_ns, std::uint64_t took_ns,
                                 std::string_view name, const std::vector<Word>& words) {
  const bool is_known = took_ns != HT_UNKNOWN_NS;
  packets_.packet(begin_of(to_ns, took_ns), pf::packet::kTrackEvent, [&](ProtoMessage& event) {
    event.add_enum(pf::slice::kType, is_known ? pf::slice::kBegin : pf::slice::kInstant);
    event.add_uint64(pf::slice::kTrackUuid, track);
    add_text(event, pf::slice::kName, name);
    for (const auto& [key, value] : words) {
      ProtoMessage word(event, pf::slice::kAnnotations);
      add_text(word, pf::annotation::kName, key);
      add_text(word, pf::annotation::kString, value);
    }
  });
  if (!is_known) return;
  packets_.packet(to_ns, pf::packet::kTrackEvent, [&](ProtoMessage& event) {
    event.add_enum(pf::slice::kType, pf::slice::kEnd);
    event.add_uint64(pf::slice::kTrackUuid, track);
  });
}

void PerfettoExporter::on(const ht_fault& record) {
  const TaskId task = tasks_.at(record.head.tid);
  if (task == kNoTask) return;
  std::vector<Word> words = {{"address", fmt::format("{:#x}", record.address)}};
  const std::optional<std::string> path = files_.path(files_.find(FileKey(record)));
  if (path) words.emplace_back("file", *path);
  if (record.facts & HT_FAULT_ACCESS)
    words.emplace_back("access", record.facts & HT_FAULT_WRITE  ? "write"
                                 : record.facts & HT_FAULT_EXEC ? "execute"
                                                                : "read");
  if (record.bytes != 0) words.emplace_back("allocated_bytes", fmt::format("{}", record.bytes));
  if (record.signal != 0) words.emplace_back("signal", fmt::format("{}", record.signal));
  const std::uint64_t now_ns = record.head.time_ns;
  add_slice(fault_track(task, begin_of(now_ns, record.took_ns)), now_ns, record.took_ns,
            key_of(kind_of(record)), words);
}

void PerfettoExporter::on(const ht_fork& record) {
  const TaskId task = tasks_.at(record.head.tid);
  if (task == kNoTask) return;
  const std::uint64_t now_ns = record.head.time_ns;
  add_slice(thread_track(task, begin_of(now_ns, record.fork_ns)), now_ns, record.fork_ns,
            fmt::format("fork of {}", record.child_pid),
            {{"anonymous_bytes", fmt::format("{}", record.anon_bytes)}});
}

}  // namespace hoodtrace
