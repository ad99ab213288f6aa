// SPDX-License-Identifier: GPL-2.0-or-later
// What the page-cache family needs to know of the world outside the kernel's hooks: where file
// systems are mounted, what devices are called, and the kernel's own counts. All of it as records.
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
  // At the start: what can be told, the mounts there are, the first books.
  void begin(const Plan& plan, std::uint64_t now_ns, RecordBuffer& out);

  // The kernel's counts of this moment.
  static void add_books(std::uint64_t now_ns, RecordBuffer& out);

  // What must be known before this record: a mount or a device that was not told of yet.
  void explain(const ht_file& file, RecordBuffer& out);

 private:
  void add_mounts(const std::string& mountinfo, std::uint64_t now_ns, RecordBuffer& out);

  std::unordered_set<std::uint32_t> mounts_;           // devices
  std::unordered_map<std::uint32_t, unsigned> tries_;  // to find where those are that are none
  std::unordered_set<std::uint32_t> devices_;          // block devices
};

}  // namespace hoodtrace
