// SPDX-License-Identifier: GPL-2.0-or-later
// Perfetto packets in the order in which they are to be read. Ftrace events are gathered into a
// bundle per CPU, descriptions of processes into one tree. Both are written when they are large
// enough and at the end, so memory is bounded. Perfetto sorts by time when it loads a file, so
// events may come late.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "output/perfetto/fields.hpp"
#include "output/perfetto/message.hpp"

namespace hoodtrace {

// Texts of messages must be valid UTF-8.
void add_text(ProtoMessage& message, std::uint32_t field, std::string_view hostile);

class PerfettoPackets {
 public:
  // Where packets go during the calls that follow.
  void to(std::string& out) { out_ = &out; }

  // An ftrace event: fill(message) writes the message of `field`. `tid` is the
  // thread in whose name it happened.
  template <class Fill>
  void ftrace(std::uint16_t cpu, std::uint64_t time_ns, std::uint32_t tid, std::uint32_t field,
              Fill fill) {
    Bundle& bundle = this->bundle(cpu);
    {
      ProtoMessage events(bundle.events);
      ProtoMessage event(events, pf::bundle::kEvent);
      event.add_uint64(pf::event::kTimestamp, time_ns);
      event.add_uint32(pf::event::kPid, tid);
      ProtoMessage message(event, field);
      fill(message);
    }
    if (bundle.events.size() >= kBundleBytes) flush_bundle(cpu);
  }
  // Events of this CPU are missing here.
  void lost_events(std::uint16_t cpu);

  // A process or thread of the tree: `field` is tree::kProcesses or tree::kThreads. A tree has one
  // time: with a later one, who died in between would be born again.
  template <class Fill>
  void tree(std::uint64_t time_ns, std::uint32_t field, Fill fill) {
    if (time_ns != tree_ns_) flush_tree();
    tree_ns_ = time_ns;
    {
      ProtoMessage tree(tree_);
      ProtoMessage entry(tree, field);
      fill(entry);
    }
    if (tree_.size() >= kTreeBytes) flush_tree();
  }

  // A packet of its own, such as packet::kTrackEvent. time_ns 0 = none.
  template <class Fill>
  void packet(std::uint64_t time_ns, std::uint32_t field, Fill fill) {
    flush_tree();
    {
      ProtoMessage trace(packet_);
      ProtoMessage packet(trace, pf::kPacket);
      if (time_ns != 0) packet.add_uint64(pf::packet::kTimestamp, time_ns);
      const std::size_t sequence = field == pf::packet::kTrackDescriptor ? 1 : 0;
      packet.add_uint32(pf::packet::kSequenceId, static_cast<std::uint32_t>(sequence + 1));
      if (!begun_[sequence])
        packet.add_uint32(pf::packet::kSequenceFlags, pf::packet::kStateCleared);
      begun_[sequence] = true;
      ProtoMessage message(packet, field);
      fill(message);
    }
    write_packet();
  }

  void flush();

 private:
  static constexpr std::size_t kBundleBytes = 32768;
  static constexpr std::size_t kTreeBytes = 16384;

  struct Bundle {
    ProtoBytes events;
    bool lost = false;
  };

  Bundle& bundle(std::uint16_t cpu) {
    if (bundles_.size() <= cpu) bundles_.resize(cpu + 1U);
    return bundles_[cpu];
  }
  void flush_bundle(std::uint16_t cpu);
  void flush_tree();
  void write_packet();

  std::string* out_ = nullptr;
  ProtoBytes packet_;  // is made
  std::vector<Bundle> bundles_;
  ProtoBytes tree_;
  std::uint64_t tree_ns_ = 0;
  // Descriptors have a sequence of their own: Perfetto assumes that the thread that a sequence
  // described last writes it, and makes that thread again at every event of a track that belongs to
  // no thread, even when the thread is dead or not yet born.
  std::array<bool, 2> begun_{};
};

}  // namespace hoodtrace
