// SPDX-License-Identifier: GPL-2.0-or-later
// Adds records of page faults to a StreamBuilder, as the BPF programs would have made them.
//
//   FaultScenario faults(scenario);           // keeps each task's min_flt + maj_flt
//   faults.touch(10, {.write = true, .alloc = true, .zeroed = true, .rss = HT_FAULT_RSS_ANON});
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "support/stream_builder.hpp"

namespace hoodtrace {

struct TouchFields {
  std::uint64_t address = 0x7f0000001000;
  std::uint64_t took_ns = 500;
  bool done = true;
  bool major = false;
  bool present = false;
  bool write = false;
  bool kernel = false;
  bool alloc = false;
  bool zeroed = false;
  std::uint32_t rss = 0;    // HT_FAULT_RSS_*
  std::uint32_t facts = 0;  // HT_FAULT_* bits that have no field above
  std::uint8_t place = HT_PLACE_ANON;
  std::uint8_t signal = 0;
  std::uint64_t inode = 0;
  std::uint32_t dev = 0;
  std::uint32_t bytes = 0;  // 0 = 4096 when allocated
  bool knows_rss = true;
  bool knows_access = true;
};

inline ht_fault fault_record(const TouchFields& touch) {
  ht_fault record{};
  record.address = touch.address;
  record.took_ns = touch.took_ns;
  record.inode = touch.inode;
  record.dev = touch.dev;
  record.place = touch.place;
  record.signal = touch.signal;
  const auto say = [&record](bool is, std::uint32_t fact) {
    if (is) record.facts |= fact;
  };
  record.facts = touch.facts;
  say(touch.done, HT_FAULT_DONE);
  say(touch.major, HT_FAULT_MAJOR);
  say(touch.knows_access, HT_FAULT_ACCESS);
  say(touch.knows_access && touch.present, HT_FAULT_PRESENT);
  say(touch.knows_access && touch.write, HT_FAULT_WRITE);
  say(touch.kernel, HT_FAULT_KERNEL);
  say(touch.alloc, HT_FAULT_ALLOC);
  say(touch.zeroed, HT_FAULT_ZEROED);
  say(touch.knows_rss, HT_FAULT_RSS);
  if (touch.knows_rss) record.facts |= touch.rss;
  if (touch.alloc) record.bytes = touch.bytes == 0 ? 4096 : touch.bytes;
  return record;
}

class FaultScenario {
 public:
  explicit FaultScenario(StreamBuilder& scenario) : scenario_(scenario) {}

  FaultScenario& touch(std::uint32_t tid, const TouchFields& touch) {
    ht_fault record = fault_record(touch);
    if (touch.done) flt_[tid]++;
    record.head = {scenario_.now_ns(), tid, HT_FAULT, 0};
    record.flt = flt_[tid];
    scenario_.raw(&record, sizeof(record));
    return *this;
  }
  // Faults that raise the kernel's count and nothing else.
  FaultScenario& unseen(std::uint32_t tid, std::uint32_t count) {
    flt_[tid] += count;
    return *this;
  }
  FaultScenario& file(std::uint64_t inode, std::uint32_t dev,
                      const std::vector<std::string>& names) {
    std::string tail;
    for (const std::string& name : names) tail += name + '\0';
    ht_fault_file record{};
    record.head = {scenario_.now_ns(), 1, HT_FAULT_FILE, 0};
    record.inode = inode;
    record.dev = dev;
    scenario_.add(record, tail);
    return *this;
  }
  // The kernel's counters at this point.
  FaultScenario& counters(std::uint32_t tid) {
    record_counters(tid, HT_TASK_BOOKS);
    return *this;
  }
  FaultScenario& ends(std::uint32_t tid) {
    record_counters(tid, HT_TASK_END);
    return *this;
  }
  FaultScenario& copies(std::uint32_t tid, std::uint32_t wpcopy_count, std::uint32_t flags = 0) {
    ht_fault_books record{};
    record.head = {scenario_.now_ns(), tid, HT_FAULT_BOOKS, 0};
    record.min_flt = flt_[tid];
    record.wpcopy_count = wpcopy_count;
    record.flags = HT_FAULT_BOOKS_WPCOPY | flags;
    scenario_.raw(&record, sizeof(record));
    return *this;
  }

 private:
  void record_counters(std::uint32_t tid, std::uint16_t type) {
    ht_task record{};
    record.head = {scenario_.now_ns(), tid, type, 0};
    record.start_boottime_ns = 1;
    record.pid = tid;
    record.min_flt = flt_[tid];
    record.flags = HT_TASK_TRACED;
    scenario_.raw(&record, sizeof(record));
  }

  StreamBuilder& scenario_;
  std::map<std::uint32_t, std::uint32_t> flt_;
};

}  // namespace hoodtrace
