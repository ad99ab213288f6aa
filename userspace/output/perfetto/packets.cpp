// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/perfetto/packets.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hoodtrace {

void add_text(ProtoMessage& message, std::uint32_t field, std::string_view hostile) {
  const bool is_ascii = std::all_of(hostile.begin(), hostile.end(),
                                    [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (is_ascii)
    message.add_string(field, hostile);
  else
    message.add_string(field, valid_utf8(hostile));
}

void PerfettoPackets::lost_events(std::uint16_t cpu) {
  flush_bundle(cpu);
  bundle(cpu).lost = true;
}

void PerfettoPackets::flush_bundle(std::uint16_t cpu) {
  Bundle& bundle = this->bundle(cpu);
  if (bundle.events.empty() && !bundle.lost) return;
  flush_tree();  // the names of those who run
  {
    ProtoMessage trace(packet_);
    ProtoMessage packet(trace, pf::kPacket);
    ProtoMessage message(packet, pf::packet::kFtraceEvents);
    message.add_uint32(pf::bundle::kCpu, cpu);
    if (bundle.lost) message.add_bool(pf::bundle::kLostEvents, true);
    // The events are fields of the bundle already.
    message.add_fields(bundle.events.view());
  }
  write_packet();
  bundle.events.clear();
  bundle.lost = false;
}

void PerfettoPackets::flush_tree() {
  if (tree_.empty()) return;
  {
    ProtoMessage trace(packet_);
    ProtoMessage packet(trace, pf::kPacket);
    packet.add_uint64(pf::packet::kTimestamp, tree_ns_);
    packet.add_string(pf::packet::kProcessTree, tree_.view());
  }
  write_packet();
  tree_.clear();
}

void PerfettoPackets::write_packet() {
  out_->append(packet_.view());
  packet_.clear();
}

void PerfettoPackets::flush() {
  flush_tree();
  for (std::size_t cpu = 0; cpu < bundles_.size(); cpu++)
    flush_bundle(static_cast<std::uint16_t>(cpu));
}

}  // namespace hoodtrace
