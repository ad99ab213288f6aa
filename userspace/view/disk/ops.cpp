// SPDX-License-Identifier: GPL-2.0-or-later
// The disk view's kinds of requests, over all devices.

#include <algorithm>
#include <array>

#include "view/disk/rows.hpp"

namespace hoodtrace {
namespace {

struct Row {
  DiskOp op = DiskOp::kOther;
  DiskCounts sum;
  std::uint64_t queue_ns = 0;
  std::uint64_t service_ns = 0;
  std::uint64_t max_ns = 0;
  Histogram service;
  [[nodiscard]] const DiskCounts& counts() const { return sum; }
};

Cell quantile(const Row& row, double share) {
  if (row.service.count() == 0) return {};
  return std::min(row.service.quantile(share), row.max_ns);
}

constexpr std::array kColumns = {
    ColumnOf<Row>{"op", "OPERATION", Unit::kText, 1,
                  [](const Row& r) -> Cell { return std::string(disk_op_word(r.op)); }},
    ColumnOf<Row>{"requests", "REQUESTS", Unit::kCount, 1,
                  [](const Row& r) -> Cell { return r.sum.requests(); }},
    ColumnOf<Row>{"bytes", "BYTES", Unit::kBytes, 1,
                  [](const Row& r) -> Cell { return r.sum.bytes() + r.sum.discard_bytes; }},
    ColumnOf<Row>{"queue_ns", "QUEUED", Unit::kNs, 2,
                  [](const Row& r) -> Cell { return r.queue_ns; }},
    ColumnOf<Row>{"service_ns", "SERVICE", Unit::kNs, 2,
                  [](const Row& r) -> Cell { return r.service_ns; }},
    ColumnOf<Row>{"service_p50_ns", "P50", Unit::kNs, 2,
                  [](const Row& r) { return quantile(r, 0.50); }},
    ColumnOf<Row>{"service_p95_ns", "P95", Unit::kNs, 3,
                  [](const Row& r) { return quantile(r, 0.95); }},
    ColumnOf<Row>{"service_p99_ns", "P99", Unit::kNs, 2,
                  [](const Row& r) { return quantile(r, kP99); }},
    ColumnOf<Row>{"service_max_ns", "MAX", Unit::kNs, 2,
                  [](const Row& r) -> Cell { return r.max_ns; }},
};

}  // namespace

std::string_view disk_op_word(DiskOp op) {
  switch (op) {
    case DiskOp::kRead:
      return "read";
    case DiskOp::kReadahead:
      return "readahead";
    case DiskOp::kWrite:
      return "write";
    case DiskOp::kSyncWrite:
      return "sync write";
    case DiskOp::kMetadata:
      return "metadata";
    case DiskOp::kSwap:
      return "swap";
    case DiskOp::kFlush:
      return "flush";
    case DiskOp::kDiscard:
      return "discard";
    case DiskOp::kOther:
      return "other";
  }
  return "other";
}

void add_disk_ops(const DiskTracker& tracker, const ViewOptions& options, Report& report) {
  std::vector<Row> rows;
  for (std::size_t op = 0; op < kDiskOps; op++) {
    Row row;
    row.op = static_cast<DiskOp>(op);
    for (const auto& [dev, device] : tracker.devices()) {
      const DiskTimes& times = device.times_of_op[op];
      row.sum.merge(device.counts_of_op[op]);
      row.queue_ns += times.queue_ns;
      row.service_ns += times.service_ns;
      row.max_ns = std::max(row.max_ns, times.service_max_ns);
      row.service.merge(times.service);
    }
    if (row.sum.requests() > 0) rows.push_back(std::move(row));
  }
  sort_disk_rows(kColumns, rows, options);
  add_disk_table(kColumns, rows, "operations", "", options, report);
}

bool has_disk_op_column(std::string_view key) { return find_column(kColumns, key) != nullptr; }

}  // namespace hoodtrace
