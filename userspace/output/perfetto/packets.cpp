// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/perfetto/packets.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hoodtrace {

void add_text(protozero::pbf_writer& message, std::uint32_t field, std::string_view hostile) {
  const bool is_ascii = std::all_of(hostile.begin(), hostile.end(),
                                    [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (is_ascii)
    message.add_string(field, hostile.data(), hostile.size());
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
  protozero::pbf_writer trace(*out_);
  protozero::pbf_writer packet(trace, pf::kPacket);
  protozero::pbf_writer message(packet, pf::packet::kFtraceEvents);
  message.add_uint32(pf::bundle::kCpu, cpu);
  if (bundle.lost) message.add_bool(pf::bundle::kLostEvents, true);
  // The events are fields of the bundle already.
  out_->append(bundle.events);
  bundle.events.clear();
  bundle.lost = false;
}

void PerfettoPackets::flush_tree() {
  if (tree_.empty()) return;
  protozero::pbf_writer trace(*out_);
  protozero::pbf_writer packet(trace, pf::kPacket);
  packet.add_uint64(pf::packet::kTimestamp, tree_ns_);
  packet.add_message(pf::packet::kProcessTree, tree_);
  tree_.clear();
}

void PerfettoPackets::flush() {
  flush_tree();
  for (std::size_t cpu = 0; cpu < bundles_.size(); cpu++)
    flush_bundle(static_cast<std::uint16_t>(cpu));
}

}  // namespace hoodtrace
