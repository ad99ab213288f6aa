// SPDX-License-Identifier: GPL-2.0-or-later
// One block device: its requests, its times, how busy it was.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "event/event.hpp"
#include "model/disk/stats.hpp"

namespace hoodtrace {

// What the kernel counts in /sys/block/DEVICE/stat, and what the requests add up to by the same rules
// (block/blk-mq.c, blk_account_io_completion() and blk_account_io_done()).
struct DiskBooks {
  std::uint64_t reads = 0;
  std::uint64_t read_merges = 0;
  std::uint64_t read_sectors = 0;
  std::uint64_t writes = 0;
  std::uint64_t write_merges = 0;
  std::uint64_t write_sectors = 0;
  std::uint64_t discards = 0;
  std::uint64_t discard_sectors = 0;
  std::uint64_t flushes = 0;

  friend bool operator==(const DiskBooks&, const DiskBooks&) = default;
};

class DiskDevice {
 public:
  // A request that is done.
  void add(const ht_disk& request);
  // The kernel's counts of this moment.
  void count(const ht_disk_device& books);
  void begin_interval(std::uint64_t now_ns);

  DiskCounts counts;
  DiskTimes times;
  std::array<DiskTimes, kDiskOps> times_of_op;  // by DiskOp
  std::array<DiskCounts, kDiskOps> counts_of_op;
  std::uint64_t sequential = 0;  // requests that begin where an earlier one of the kind has ended
  std::uint64_t merges = 0;
  std::uint64_t requeues = 0;
  std::uint64_t errors = 0;
  std::uint64_t unawaited = 0;  // requests that no thread was seen to sleep for
  std::uint64_t shared = 0;     // writes that several tasks dirtied
  std::uint64_t lower = 0;      // parts of requests of a device above: of nobody's own

  // Time in which at least one request was at the device.
  [[nodiscard]] std::uint64_t busy_ns() const { return busy_ns_; }
  [[nodiscard]] bool makes_no_requests() const { return makes_no_requests_; }
  // Of the time from the first to the last reading of the kernel's counts.
  struct Audit {
    DiskBooks ours;  // of the requests that the kernel counts
    DiskBooks kernel;
    // Are they the same? A device without requests may split a bio, and counts the pieces: there the sectors are
    // compared.
    bool is_equal = false;
  };
  // Nothing when the counts were not read twice.
  [[nodiscard]] std::optional<Audit> audit() const;

 private:
  static constexpr std::size_t kStreams = 16;

  void add_busy(std::uint64_t from_ns, std::uint64_t to_ns);
  bool continues(const ht_disk& request);

  std::vector<std::pair<std::uint64_t, std::uint64_t>> busy_;  // disjoint spans, in order
  std::uint64_t busy_ns_ = 0;
  std::uint64_t from_ns_ = 0;  // of the interval
  std::array<std::uint64_t, kStreams> ends_{};
  std::size_t next_end_ = 0;
  bool makes_no_requests_ = false;
  DiskBooks ours_;          // of the requests that the kernel counts, since its first reading
  DiskBooks ours_at_last_;  // at its last one
  std::optional<DiskBooks> first_;
  std::optional<DiskBooks> last_;
};

// The kind of a request.
DiskOp op_of(const ht_disk& request);

}  // namespace hoodtrace
