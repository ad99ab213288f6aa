// SPDX-License-Identifier: GPL-2.0-or-later
// Counter tracks: how many tasks of each class are on a CPU's queue.

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "output/perfetto/exporter.hpp"

namespace hoodtrace {

namespace {

constexpr std::array<std::string_view, 4> kClassNames = {"fair", "real time", "deadline",
                                                         "delayed dequeue"};

}  // namespace

// A class that never has a task there has no track.
void PerfettoExporter::on(const ht_queue& record) {
  Cpu& cpu = this->cpu(record.head.cpu);
  const std::array<std::uint16_t, 4> counts = {record.fair, record.real_time, record.deadline,
                                               record.delayed};
  for (std::size_t i = 0; i < counts.size(); i++) {
    if (counts[i] == cpu.class_counts[i]) continue;
    cpu.class_counts[i] = counts[i];
    std::uint64_t& uuid = cpu.class_tracks[i];
    if (uuid == 0) {
      uuid = ++last_track_;
      packets_.packet(record.head.time_ns, pf::packet::kTrackDescriptor, [&](ProtoMessage& track) {
        track.add_uint64(pf::track::kUuid, uuid);
        track.add_string(pf::track::kName,
                         fmt::format("queue of CPU {}: {}", record.head.cpu, kClassNames[i]));
        ProtoMessage counter(track, pf::track::kCounter);
        counter.add_enum(pf::track::kUnit, pf::track::kUnitCount);
      });
    }
    packets_.packet(record.head.time_ns, pf::packet::kTrackEvent, [&](ProtoMessage& event) {
      event.add_enum(pf::slice::kType, pf::slice::kCounter);
      event.add_uint64(pf::slice::kTrackUuid, uuid);
      event.add_int64(pf::slice::kCounterValue, counts[i]);
    });
  }
}

}  // namespace hoodtrace
