// SPDX-License-Identifier: GPL-2.0-or-later
// Records of block requests for written streams.
#pragma once

#include <string_view>

#include "support/cache_scenario.hpp"

namespace hoodtrace {

inline constexpr std::uint32_t kVda = 254U << 20;

struct RequestFields {
  std::uint32_t tid = 0;
  std::uint8_t op = HT_DISK_READ;
  ht_file_key file = kFile;
  std::uint8_t kind = HT_DISK_OF_FILE;
  std::uint64_t serial = 1;
  std::uint64_t offset = 0;
  std::uint64_t sector = 2048;
  std::uint32_t bytes = 4096;
  std::uint64_t start_ns = 0;
  std::uint64_t issue_ns = 0;
  std::uint64_t complete_ns = 0;
  std::uint16_t flags = HT_REQ_TRACED | HT_REQ_COUNTED;
  std::uint16_t merges = 0;
  std::uint8_t status = 0;
  std::uint32_t dev = kVda;
  std::uint32_t part = 0;  // 0 = the whole device
  std::uint64_t upper = 0;
};

class DiskScenario {
 public:
  explicit DiskScenario(StreamBuilder& scenario) : scenario_(scenario) {}

  DiskScenario& scope(std::uint32_t flags = HT_DISK_EXACT_DONE | HT_DISK_DIRTIES |
                                            HT_DISK_DIRECT_FILES) {
    return add(ht_disk_scope{head(HT_DISK_SCOPE, 0), 4096, flags});
  }
  DiskScenario& device(std::uint32_t dev, std::string_view name, std::string_view behind = {}) {
    std::string tail = std::string(name) + '\0';
    if (!behind.empty()) tail.append(behind).push_back('\0');
    return add(ht_device{head(HT_DEVICE, 0), dev, 0}, tail);
  }
  DiskScenario& backing(std::uint32_t loop, const ht_file_key& file, std::uint64_t offset) {
    return add(ht_disk_backing{head(HT_DISK_BACKING, 0), file.inode, offset, loop, file.dev});
  }
  DiskScenario& request(const RequestFields& fields) {
    ht_disk record{};
    record.head = head(HT_DISK, fields.tid);
    record.file = fields.file;
    record.serial = fields.serial;
    record.offset = fields.offset;
    record.sector = fields.sector;
    record.start_ns = fields.start_ns;
    record.issue_ns = fields.issue_ns;
    record.complete_ns = fields.complete_ns;
    record.bytes = fields.bytes;
    record.dev = fields.dev;
    record.part = fields.part != 0 ? fields.part : fields.dev;
    record.upper = fields.upper;
    record.flags = fields.flags;
    record.merges = fields.merges;
    record.op = fields.op;
    record.status = fields.status;
    record.kind = fields.kind;
    return add(record);
  }
  DiskScenario& part(std::uint64_t serial, const ht_file_key& file, std::uint64_t offset,
                     std::uint32_t bytes) {
    ht_disk_part record{};
    record.head = head(HT_DISK_PART, 0);
    record.file = file;
    record.serial = serial;
    record.offset = offset;
    record.bytes = bytes;
    record.kind = HT_DISK_OF_FILE;
    return add(record);
  }
  DiskScenario& wait(std::uint32_t tid, std::uint64_t since_ns, std::uint64_t serial,
                     std::uint8_t flags = HT_WAIT_IOWAIT | HT_WAIT_REQUEST) {
    ht_disk_wait record{};
    record.head = head(HT_DISK_WAIT, tid);
    record.since_ns = since_ns;
    record.serial = serial;
    record.flags = flags;
    return add(record);
  }
  DiskScenario& sync(std::uint32_t tid, std::uint64_t since_ns, const ht_file_key& file = kFile) {
    ht_disk_sync record{};
    record.head = head(HT_DISK_SYNC, tid);
    record.file = file;
    record.since_ns = since_ns;
    record.call = 75;  // fsync on x86-64
    return add(record);
  }
  DiskScenario& dirties(std::uint32_t tid, const ht_file_key& file, std::uint64_t index,
                        std::uint32_t pages = 1) {
    ht_pages record{};
    record.head = head(HT_PAGES, tid);
    record.file = file;
    record.index = index;
    record.pages = pages;
    record.kind = HT_PAGES_DIRTIED;
    record.flags = HT_PAGES_TRACED;
    return add(record);
  }
  // What the kernel has counted of the device.
  DiskScenario& kernel_reads(std::uint64_t reads, std::uint64_t sectors, std::uint32_t dev = kVda) {
    ht_disk_device record{};
    record.head = head(HT_DISK_DEVICE, 0);
    record.reads = reads;
    record.read_sectors = sectors;
    record.dev = dev;
    return add(record);
  }
  DiskScenario& kernel_io(std::uint32_t tid, std::uint64_t read_bytes, std::uint64_t write_bytes) {
    ht_disk_books record{};
    record.head = head(HT_DISK_BOOKS, tid);
    record.read_bytes = read_bytes;
    record.write_bytes = write_bytes;
    return add(record);
  }

 private:
  ht_header head(std::uint16_t type, std::uint32_t tid) {
    // A record of the kernel is made on a CPU.
    const std::uint16_t cpu = type < HT_KIND_LIMIT ? 0 : HT_NO_CPU;
    return {scenario_.now_ns(), tid, type, cpu};
  }
  template <class Record>
  DiskScenario& add(const Record& record, std::string_view tail = {}) {
    scenario_.add(record, tail);
    return *this;
  }

  StreamBuilder& scenario_;
};

}  // namespace hoodtrace
