// SPDX-License-Identifier: GPL-2.0-or-later
// What the disk family counts.
#pragma once

#include <algorithm>
#include <cstdint>

#include "model/histogram.hpp"

namespace hoodtrace {

// Requests and bytes. A write that several tasks dirtied counts as a request of each of them, and its
// bytes are divided.
struct DiskCounts {
  std::uint64_t reads = 0;
  std::uint64_t read_bytes = 0;
  std::uint64_t writes = 0;
  std::uint64_t write_bytes = 0;
  std::uint64_t flushes = 0;
  std::uint64_t discards = 0;
  std::uint64_t discard_bytes = 0;
  std::uint64_t others = 0;

  [[nodiscard]] std::uint64_t requests() const {
    return reads + writes + flushes + discards + others;
  }
  [[nodiscard]] std::uint64_t bytes() const { return read_bytes + write_bytes; }
  void merge(const DiskCounts& other) {
    reads += other.reads;
    read_bytes += other.read_bytes;
    writes += other.writes;
    write_bytes += other.write_bytes;
    flushes += other.flushes;
    discards += other.discards;
    discard_bytes += other.discard_bytes;
    others += other.others;
  }
};

// Times of requests. Queued: from the begin of the request until it was handed to the driver. Service:
// from then until the driver reported it done.
struct DiskTimes {
  std::uint64_t queue_ns = 0;
  std::uint64_t service_ns = 0;
  std::uint64_t service_max_ns = 0;
  std::uint64_t queue_max_ns = 0;
  Histogram service;
  Histogram queue;

  void add(std::uint64_t queued_ns, std::uint64_t served_ns) {
    queue_ns += queued_ns;
    service_ns += served_ns;
    queue_max_ns = std::max(queue_max_ns, queued_ns);
    service_max_ns = std::max(service_max_ns, served_ns);
    queue.add(queued_ns);
    service.add(served_ns);
  }
};

// Sleeps of threads for the disk.
struct DiskWaits {
  std::uint64_t count = 0;
  std::uint64_t ns = 0;
  std::uint64_t iowait_count = 0;  // of these, those that the kernel counts as I/O wait
  std::uint64_t iowait_ns = 0;
  std::uint64_t request_ns = 0;  // ended by a request that was recorded
  std::uint64_t foreign_ns = 0;  // ended by a request of somebody outside the target
  std::uint64_t kthread_ns = 0;  // ended by a kernel thread: a journal's commit, a worker
  std::uint64_t other_ns = 0;    // anything else: a place in the queue, another task

  void merge(const DiskWaits& more) {
    count += more.count;
    ns += more.ns;
    iowait_count += more.iowait_count;
    iowait_ns += more.iowait_ns;
    request_ns += more.request_ns;
    foreign_ns += more.foreign_ns;
    kthread_ns += more.kthread_ns;
    other_ns += more.other_ns;
  }
};

// Calls of fsync and its like, and what their sleeps were for.
struct DiskSyncs {
  std::uint64_t count = 0;
  std::uint64_t ns = 0;
  std::uint64_t max_ns = 0;
  std::uint64_t own_ns = 0;       // data of the file of the call
  std::uint64_t others_ns = 0;    // data of other files
  std::uint64_t metadata_ns = 0;  // blocks of the file system and its journal
  std::uint64_t flush_ns = 0;     // the device's cache
  std::uint64_t journal_ns = 0;   // the journal's thread, or another kernel thread
  std::uint64_t other_ns = 0;     // other sleeps

  void merge(const DiskSyncs& more) {
    count += more.count;
    ns += more.ns;
    max_ns = std::max(max_ns, more.max_ns);
    own_ns += more.own_ns;
    others_ns += more.others_ns;
    metadata_ns += more.metadata_ns;
    flush_ns += more.flush_ns;
    journal_ns += more.journal_ns;
    other_ns += more.other_ns;
  }
  [[nodiscard]] std::uint64_t slept_ns() const {
    return own_ns + others_ns + metadata_ns + flush_ns + journal_ns + other_ns;
  }
};

// Kinds of operations, for a table by what they are.
enum class DiskOp : std::uint8_t {
  kRead,       // a task reads, and may wait
  kReadahead,  // read in advance
  kWrite,      // written back later, by a kernel thread
  kSyncWrite,  // somebody may wait for it
  kMetadata,
  kSwap,
  kFlush,
  kDiscard,
  kOther,
};
inline constexpr std::size_t kDiskOps = 9;

}  // namespace hoodtrace
