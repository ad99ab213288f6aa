// SPDX-License-Identifier: GPL-2.0-or-later
// How long the requests of a device took, over time: counts by column of time and row of latency. In bounded
// memory: when the columns are full, two and two become one.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hoodtrace {

class DiskHeat {
 public:
  static constexpr std::size_t kColumns = 240;
  static constexpr std::size_t kRows = 128;  // two for each power of two

  explicit DiskHeat(std::uint64_t from_ns) : from_ns_(from_ns) {}

  // A request that ended then.
  void add(std::uint64_t end_ns, std::uint64_t latency_ns) {
    const std::uint64_t since_ns = end_ns > from_ns_ ? end_ns - from_ns_ : 0;
    while (since_ns / width_ns_ >= kColumns) halve();
    const std::size_t column = since_ns / width_ns_;
    if (columns_.size() <= column) columns_.resize(column + 1);
    columns_[column][row_of(latency_ns)]++;
  }

  using Column = std::array<std::uint32_t, kRows>;
  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  [[nodiscard]] std::uint64_t width_ns() const { return width_ns_; }
  [[nodiscard]] std::uint64_t from_ns() const { return from_ns_; }

  // The shortest latency of a row.
  [[nodiscard]] static std::uint64_t least_ns(std::size_t row) {
    const std::uint64_t power = std::uint64_t{1} << (row / 2);
    return row % 2 == 0 ? power : power + power / 2;
  }

 private:
  static std::size_t row_of(std::uint64_t ns) {
    if (ns < 2) return 0;
    const auto power = static_cast<std::size_t>(std::bit_width(ns)) - 1;
    return 2 * power + (ns >> (power - 1) & 1);
  }
  void halve() {
    std::vector<Column> half((columns_.size() + 1) / 2);
    for (std::size_t i = 0; i < columns_.size(); i++)
      for (std::size_t row = 0; row < kRows; row++) half[i / 2][row] += columns_[i][row];
    columns_ = std::move(half);
    width_ns_ *= 2;
  }

  std::uint64_t from_ns_;
  std::uint64_t width_ns_ = 1'000'000;
  std::vector<Column> columns_;
};

}  // namespace hoodtrace
