// SPDX-License-Identifier: GPL-2.0-or-later
// What the page-cache family reads from /proc and /sys, as records: where file systems are mounted,
// the names of block devices, and the kernel's counts.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "event/event.hpp"
#include "probe/plan.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

class CacheWorld {
 public:
  // At the start: what this kernel can report, the mounts, the kernel's counts.
  void begin(const Plan& plan, std::uint64_t now_ns, RecordBuffer& out);

  // The kernel's counts of this moment.
  static void add_counters(std::uint64_t now_ns, RecordBuffer& out);

  // Adds what a reader of `file` needs and the stream does not have yet: its mount, its device.
  void explain(const ht_file& file, RecordBuffer& out);

 private:
  void add_mounts(const std::string& mountinfo, std::uint64_t now_ns, RecordBuffer& out);

  std::unordered_set<std::uint32_t> mounts_;           // devices
  std::unordered_map<std::uint32_t, unsigned> tries_;  // to find where those are that are none
  std::unordered_set<std::uint32_t> devices_;          // block devices
};

}  // namespace hoodtrace
