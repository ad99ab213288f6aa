// SPDX-License-Identifier: GPL-2.0-or-later
// Of the Perfetto exporter: block requests, as slices of their device, with an arrow to each thread that
// slept for one.

#include <fmt/format.h>

#include <algorithm>

#include "base/growth.hpp"
#include "base/units.hpp"
#include "model/disk/device.hpp"
#include "output/perfetto/exporter.hpp"
#include "view/disk/rows.hpp"
#include "view/file_text.hpp"

namespace hoodtrace {

std::uint64_t PerfettoExporter::disk_track(std::uint32_t dev, std::uint64_t time_ns,
                                           std::uint64_t start_ns, std::uint64_t end_ns) {
  std::uint64_t& parent = disks_.device_track[dev];
  if (parent == 0) {
    parent = ++last_track_;
    packets_.packet(time_ns, pf::packet::kTrackDescriptor, [&](ProtoMessage& track) {
      track.add_uint64(pf::track::kUuid, parent);
      add_text(track, pf::track::kName, "disk " + files_.device_name(dev));
    });
  }
  DiskLanes::Lane& lane = disks_.lane(dev, start_ns);
  lane.end_ns = end_ns;
  if (lane.track != 0) return lane.track;
  lane.track = ++last_track_;
  packets_.packet(time_ns, pf::packet::kTrackDescriptor, [&](ProtoMessage& track) {
    track.add_uint64(pf::track::kUuid, lane.track);
    track.add_uint64(pf::track::kParentUuid, parent);
    track.add_string(pf::track::kName, "requests");
  });
  return lane.track;
}

std::uint64_t PerfettoExporter::disk_sleep_track(TaskId task, std::uint64_t time_ns) {
  const std::uint64_t parent = thread_track(task, time_ns);
  Tracks& tracks = tracks_of(task);
  if (tracks.disk != 0) return tracks.disk;
  tracks.disk = ++last_track_;
  packets_.packet(time_ns, pf::packet::kTrackDescriptor, [&](ProtoMessage& track) {
    track.add_uint64(pf::track::kUuid, tracks.disk);
    track.add_uint64(pf::track::kParentUuid, parent);
    track.add_string(pf::track::kName, "sleeps for the disk");
  });
  return tracks.disk;
}

void PerfettoExporter::add_disk_sleep(const DiskLanes::Sleep& sleep, std::string_view name) {
  add_slice(disk_sleep_track(sleep.task, sleep.since_ns), sleep.woken_ns,
            growth(sleep.since_ns, sleep.woken_ns), name, {});
}

// The sleep that it ended, and the arrow from the request's end.
void PerfettoExporter::end_disk_sleep(const DiskLanes::Sleep& sleep,
                                      const DiskLanes::Done& request) {
  const std::uint64_t track = disk_sleep_track(sleep.task, sleep.since_ns);
  add_slice(track, sleep.woken_ns, growth(sleep.since_ns, sleep.woken_ns), request.name,
            {{"request", fmt::format("{}", sleep.serial)}});
  const std::uint64_t flow = ++last_flow_;
  const auto mark = [&](std::uint64_t where, std::uint64_t time_ns, std::string_view text,
                        std::uint32_t field) {
    packets_.packet(time_ns, pf::packet::kTrackEvent, [&](ProtoMessage& event) {
      event.add_enum(pf::slice::kType, pf::slice::kInstant);
      event.add_uint64(pf::slice::kTrackUuid, where);
      add_text(event, pf::slice::kName, text);
      event.add_fixed64(field, flow);
    });
  };
  const Task& who = tasks_[sleep.task];
  mark(request.track, std::min(sleep.woken_ns, request.end_ns),
       fmt::format("ends the sleep of {} ({})", comm_view(who), who.tid), pf::slice::kFlows);
  mark(track, sleep.woken_ns, "sleep ended by the request", pf::slice::kLastFlows);
}

void PerfettoExporter::on(const ht_disk& record) {
  const std::uint64_t end_ns = record.head.time_ns;
  const std::string device = files_.device_name(record.dev);
  const std::string file = record.file.inode != 0 ? file_text(files_, files_.at(record.file))
                                                  : disk_place_text(record.kind, device);
  const std::string name = fmt::format("{} {}", disk_op_word(op_of(record)), file);
  std::vector<Word> words;
  if (const TaskId task = tasks_.at(record.head.tid); task != kNoTask)
    words.emplace_back("by", fmt::format("{} ({})", comm_view(tasks_[task]), tasks_[task].tid));
  words.emplace_back("bytes", fmt::format("{}", record.bytes));
  words.emplace_back("sector", fmt::format("{}", record.sector));
  if (record.offset != HT_UNKNOWN_NS)
    words.emplace_back("offset", fmt::format("{}", record.offset));
  if (record.status != 0) words.emplace_back("error", fmt::format("{}", record.status));
  if (record.flags & HT_REQ_OPEN) words.emplace_back("state", "not done when tracing ended");
  words.emplace_back("request", fmt::format("{}", record.serial));
  if (record.upper != 0) words.emplace_back("upper", fmt::format("{}", record.upper));
  const std::uint64_t lane = disk_track(record.dev, record.start_ns, record.start_ns, end_ns);
  add_slice(lane, end_ns, growth(record.start_ns, end_ns), name, words);
  if (record.issue_ns > record.start_ns)
    add_slice(lane, record.issue_ns, record.issue_ns - record.start_ns, "queued", {});
  if (record.issue_ns != 0 && record.complete_ns > record.issue_ns)
    add_slice(lane, record.complete_ns, record.complete_ns - record.issue_ns, "at the device", {});
  const DiskLanes::Done& done = disks_.keep(record.serial, {lane, end_ns, name});
  const auto slept = disks_.sleeps.find(record.serial);
  if (slept == disks_.sleeps.end()) return;
  for (const DiskLanes::Sleep& sleep : slept->second) end_disk_sleep(sleep, done);
  disks_.sleeps.erase(slept);
}

void PerfettoExporter::on(const ht_disk_wait& record) {
  const TaskId task = tasks_.at(record.head.tid);
  if (task == kNoTask) return;
  const DiskLanes::Sleep sleep{task, record.serial, record.since_ns, record.head.time_ns};
  if (const auto done = disks_.done.find(sleep.serial); done != disks_.done.end()) {
    end_disk_sleep(sleep, done->second);
  } else if (sleep.serial != 0 && disks_.sleeps.size() < DiskLanes::kMostSleeps) {
    disks_.sleeps[sleep.serial].push_back(sleep);
  } else {
    add_disk_sleep(sleep, record.flags & HT_WAIT_KTHREAD ? "a kernel thread's work"
                          : record.flags & HT_WAIT_REQUEST
                              ? "a request that is not recorded"
                              : "a place in the queue, or another task");
  }
}

void PerfettoExporter::finish_disk_sleeps() {
  for (const auto& [serial, sleeps] : disks_.sleeps)
    for (const DiskLanes::Sleep& sleep : sleeps)
      add_disk_sleep(sleep, "a request that is not recorded");
  disks_.sleeps.clear();
}

}  // namespace hoodtrace
