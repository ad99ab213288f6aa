// SPDX-License-Identifier: GPL-2.0-or-later
// The disk view's devices.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/bars.hpp"
#include "view/disk/rows.hpp"

namespace hoodtrace {
namespace {

struct Row {
  const DiskTracker* tracker;
  std::uint32_t dev;
  const DiskDevice* device;
  std::uint64_t duration_ns;
  [[nodiscard]] const DiskCounts& counts() const { return device->counts; }
  [[nodiscard]] const DiskTimes& times() const { return device->times; }
};

Cell per_second(const Row& row, std::uint64_t count) {
  if (row.duration_ns == 0) return {};
  return static_cast<double>(count) * 1e9 / static_cast<double>(row.duration_ns);
}

Cell share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return {};
  return static_cast<double>(part) / static_cast<double>(whole);
}

// A quantile is the upper end of its bucket, and no more than the longest.
Cell quantile(const Histogram& histogram, std::uint64_t longest_ns, double share) {
  if (histogram.count() == 0) return {};
  return std::min(histogram.quantile(share), longest_ns);
}

Cell longest(const Histogram& histogram, std::uint64_t ns) {
  if (histogram.count() == 0) return {};
  return ns;
}

// The JSON schema's columns; `errors` follows them.
constexpr std::array kColumns = {
    ColumnOf<Row>{"dev", "DEV", Unit::kText, 5,
                  [](const Row& r) -> Cell { return format_device(r.dev); }},
    ColumnOf<Row>{"name", "NAME", Unit::kText, 0,
                  [](const Row& r) -> Cell { return r.tracker->device_name(r.dev); }},
    ColumnOf<Row>{"behind", "BEHIND", Unit::kText, 0,
                  [](const Row& r) -> Cell {
                    const std::string_view behind = r.tracker->files().behind_device(r.dev);
                    if (behind.empty()) return {};
                    return std::string(behind);
                  }},
    ColumnOf<Row>{"reads", "READS", Unit::kCount, 1,
                  [](const Row& r) -> Cell { return r.counts().reads; }},
    ColumnOf<Row>{"read_bytes", "READ", Unit::kBytes, 1,
                  [](const Row& r) -> Cell { return r.counts().read_bytes; }},
    ColumnOf<Row>{"writes", "WRITES", Unit::kCount, 1,
                  [](const Row& r) -> Cell { return r.counts().writes; }},
    ColumnOf<Row>{"write_bytes", "WRITTEN", Unit::kBytes, 1,
                  [](const Row& r) -> Cell { return r.counts().write_bytes; }},
    ColumnOf<Row>{"flushes", "FLUSHES", Unit::kCount, 4,
                  [](const Row& r) -> Cell { return r.counts().flushes; }},
    ColumnOf<Row>{"discards", "DISCARDS", Unit::kCount, 5,
                  [](const Row& r) -> Cell { return r.counts().discards; }},
    ColumnOf<Row>{"queue_ns", "QUEUED", Unit::kNs, 3,
                  [](const Row& r) -> Cell { return r.times().queue_ns; }},
    ColumnOf<Row>{"service_ns", "SERVICE", Unit::kNs, 3,
                  [](const Row& r) -> Cell { return r.times().service_ns; }},
    ColumnOf<Row>{
        "service_p50_ns", "P50", Unit::kNs, 2,
        [](const Row& r) { return quantile(r.times().service, r.times().service_max_ns, 0.50); }},
    ColumnOf<Row>{
        "service_p99_ns", "P99", Unit::kNs, 2,
        [](const Row& r) { return quantile(r.times().service, r.times().service_max_ns, kP99); }},
    ColumnOf<Row>{
        "service_max_ns", "MAX", Unit::kNs, 2,
        [](const Row& r) { return longest(r.times().service, r.times().service_max_ns); }},
    ColumnOf<Row>{"busy_ns", "BUSY", Unit::kNs, 4,
                  [](const Row& r) -> Cell { return r.device->busy_ns(); }},
    ColumnOf<Row>{"lower", "LOWER", Unit::kCount, 6,
                  [](const Row& r) -> Cell { return r.device->lower; }},
};

// For a person and in CSV: first of all the device with what is behind it, and more at the end.
constexpr ColumnOf<Row> kDevice{"device", "DEVICE", Unit::kText, 1,
                                [](const Row& r) -> Cell { return r.tracker->device_text(r.dev); }};

constexpr std::array kMore = {
    ColumnOf<Row>{
        "service_p95_ns", "P95", Unit::kNs, 6,
        [](const Row& r) { return quantile(r.times().service, r.times().service_max_ns, 0.95); }},
    ColumnOf<Row>{
        "queue_p99_ns", "QUEUE-P99", Unit::kNs, 6,
        [](const Row& r) { return quantile(r.times().queue, r.times().queue_max_ns, kP99); }},
    ColumnOf<Row>{"queue_max_ns", "QUEUE-MAX", Unit::kNs, 6,
                  [](const Row& r) { return longest(r.times().queue, r.times().queue_max_ns); }},
    ColumnOf<Row>{"iops", "IOPS", Unit::kCount, 5,
                  [](const Row& r) -> Cell {
                    const Cell rate = per_second(r, r.counts().requests());
                    if (const double* value = std::get_if<double>(&rate))
                      return static_cast<std::uint64_t>(std::llround(*value));
                    return {};
                  }},
    ColumnOf<Row>{"depth", "DEPTH", Unit::kText, 5,
                  [](const Row& r) -> Cell {
                    if (r.device->busy_ns() == 0) return {};
                    return fmt::format("{:.1f}", static_cast<double>(r.times().service_ns) /
                                                     static_cast<double>(r.device->busy_ns()));
                  }},
    ColumnOf<Row>{"utilization", "UTIL", Unit::kShare, 3,
                  [](const Row& r) { return share(r.device->busy_ns(), r.duration_ns); }},
    ColumnOf<Row>{"sequential", "SEQ", Unit::kShare, 4,
                  [](const Row& r) {
                    return share(r.device->sequential, r.counts().reads + r.counts().writes);
                  }},
    ColumnOf<Row>{"merges", "MERGES", Unit::kCount, 6,
                  [](const Row& r) -> Cell { return r.device->merges; }},
    ColumnOf<Row>{"unawaited", "UNAWAITED", Unit::kCount, 6,
                  [](const Row& r) -> Cell { return r.device->unawaited; }},
    ColumnOf<Row>{"errors", "ERRORS", Unit::kCount, 3,
                  [](const Row& r) -> Cell { return r.device->errors; }},
};

template <std::size_t... A, std::size_t... B>
constexpr auto joined(std::index_sequence<A...>, std::index_sequence<B...>) {
  return std::array{kDevice, kColumns[A]..., kMore[B]...};
}
constexpr auto kAllColumns =
    joined(std::make_index_sequence<kColumns.size()>(), std::make_index_sequence<kMore.size()>());

template <std::size_t... A>
constexpr auto with_errors(std::index_sequence<A...>) {
  static_assert(kMore.back().key == "errors");
  return std::array{kColumns[A]..., kMore.back()};
}
constexpr auto kJsonColumns = with_errors(std::make_index_sequence<kColumns.size()>());

}  // namespace

void add_disk_devices(const DiskTracker& tracker, const ViewOptions& options, Report& report) {
  std::vector<Row> rows;
  for (const auto& [dev, device] : tracker.devices())
    if (device.counts.requests() > 0) rows.push_back({&tracker, dev, &device, report.duration_ns});
  sort_disk_rows(kAllColumns, rows, options);
  std::vector<Row> partitions;
  for (const auto& [dev, partition] : tracker.partitions())
    if (partition.requests.counts.requests() > 0)
      partitions.push_back({&tracker, dev, &partition.requests, report.duration_ns});
  sort_disk_rows(kAllColumns, partitions, options);
  if (options.json) {
    add_disk_table(kJsonColumns, rows, "", "devices", options, report);
    add_disk_table(kJsonColumns, partitions, "", "partitions", options, report);
  } else {
    add_disk_table(kAllColumns, rows, "devices", "", options, report);
    // In CSV they would be counted twice.
    if (options.by == Grouping::kDevice && options.text && !partitions.empty())
      add_disk_table(kAllColumns, partitions, "partitions, in the devices too", "", options,
                     report);
  }
  if (!options.histogram || !options.text) return;
  for (std::size_t i = 0; i < rows_shown(options, rows.size()); i++) {
    const std::string name = printable(tracker.device_text(rows[i].dev));
    for (const auto& [what, histogram] : {std::pair("at the device", &rows[i].times().service),
                                          std::pair("queued", &rows[i].times().queue)})
      for (std::string& line :
           duration_bars(fmt::format("{}: time {}", name, what), histogram->by_power_of_two()))
        report.drawings.push_back(std::move(line));
  }
}

bool has_disk_device_column(std::string_view key) {
  return find_column(kAllColumns, key) != nullptr;
}

}  // namespace hoodtrace
