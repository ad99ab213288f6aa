// SPDX-License-Identifier: GPL-2.0-or-later
// What the disk family reads from /proc and /sys, as records: what can be recorded, and the names of block
// devices.
#pragma once

#include <cstdint>
#include <unordered_set>

#include "event/event.hpp"
#include "probe/plan.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

class DiskWorld {
 public:
  // What this kernel can report, and the names of the loop devices.
  void begin(const Plan& plan, std::uint64_t now_ns, RecordBuffer& out);
  // The names of the request's device and partition, when the stream does not have them yet.
  void explain(const ht_disk& request, RecordBuffer& out);

 private:
  void name_device(std::uint32_t dev, std::uint64_t now_ns, RecordBuffer& out);
  // What a loop device asks of its file is recorded before its own request.
  void name_loops(std::uint64_t now_ns, RecordBuffer& out);

  std::unordered_set<std::uint32_t> named_;
};

}  // namespace hoodtrace
