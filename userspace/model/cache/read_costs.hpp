// SPDX-License-Identifier: GPL-2.0-or-later
// What reading the cached pages of files took at the device: each page has its share, by bytes, of the
// service time of the request that read it. Only of requests that were recorded and went well.
//
// A request of a device below (dm, md, loop) is a part of one above, whose time includes it. Direct I/O
// puts nothing into the page cache. A request with more bios than were looked at is left out: which
// pages the others were for is not known. For a compressed extent of btrfs, the request has fewer
// bytes than the file: the time is shared by the first of these bytes, and the rest has none.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "event/event.hpp"
#include "model/byte_ranges.hpp"
#include "model/names/file_table.hpp"

namespace hoodtrace {

class ReadCosts {
 public:
  static constexpr std::size_t kMostRanges = std::size_t{1} << 18;

  void on(const ht_disk_part& part);
  void on(const ht_disk& request, const FileTable& files);
  // These bytes are no longer cached: their time at the device in ns, nothing when no request that
  // read them was recorded.
  std::optional<double> take(FileId file, std::uint64_t first, std::uint64_t bytes);

  void forget_all();
  // Forgets the files for which gone[file].
  void forget(const std::vector<bool>& gone) { costs_.forget(gone); }

 private:
  struct Cost {
    std::uint64_t service_ns = 0;
    std::uint32_t bytes = 0;
    bool operator==(const Cost&) const = default;
  };
  static constexpr std::size_t kMostParts = 4096;

  void set(const FileTable& files, const ht_file_key& file, std::uint64_t first,
           std::uint64_t bytes, const Cost& cost);

  ByteRanges<Cost> costs_{kMostRanges};
  std::unordered_map<std::uint64_t, std::vector<ht_disk_part>> parts_;  // by serial
};

}  // namespace hoodtrace
