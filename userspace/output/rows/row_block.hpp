// SPDX-License-Identifier: GPL-2.0-or-later
// Rows of named values, one after the other in few pieces of memory: what one thread hands to another
// that writes them as text. Each row is one event, or a part of one.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "output/rows/event_fields.hpp"

namespace hoodtrace {

// One value of a row, in 16 bytes: a switch has 20 of them.
struct RowValue {
  std::uint64_t number = 0;  // of a kSigned: the same bits; of a text: where it begins
  std::uint32_t text_bytes = 0;
  Field field = Field::kEnd;
  FieldType type = FieldType::kUnsigned;
};

class RowBlock {
 public:
  struct Row {
    std::string_view kind;
    std::uint32_t first = 0;  // of its values
    std::uint32_t end = 0;
  };

  // Begins a row, in place of one that was not finished. `kind` must outlive the block: "switch".
  void begin(std::string_view kind) {
    kind_ = kind;
    values_.resize(first_);
    is_set_ = {};
  }
  [[nodiscard]] std::string_view kind() const { return kind_; }
  // A value that is set twice stays where it was.
  void number(Field field, std::uint64_t value) { set({value, 0, field, FieldType::kUnsigned}); }
  void negative(Field field, std::int64_t value) {
    set({static_cast<std::uint64_t>(value), 0, field, FieldType::kSigned});
  }
  void truth(Field field, bool value) { set({value ? 1U : 0U, 0, field, FieldType::kTruth}); }
  // Hostile.
  void text(Field field, std::string_view value) { set_text(field, FieldType::kText, value); }
  // JSON.
  void json(Field field, std::string_view value) { set_text(field, FieldType::kJson, value); }
  void finish_row() {
    const auto end = static_cast<std::uint32_t>(values_.size());
    rows_.push_back({kind_, first_, end});
    first_ = end;
  }

  // Enough for one thread's turn. It is small, so that it is in the cache still when another thread reads
  // it.
  [[nodiscard]] bool is_full() const {
    return rows_.size() >= kMostRows || texts_.size() >= kMostTextBytes;
  }
  void clear() {
    rows_.clear();
    values_.clear();
    texts_.clear();
    first_ = 0;
  }

  [[nodiscard]] std::span<const Row> rows() const { return rows_; }
  // As they were first set.
  [[nodiscard]] std::span<const RowValue> values(const Row& row) const {
    return std::span(values_).subspan(row.first, row.end - row.first);
  }
  [[nodiscard]] std::string_view text(const RowValue& value) const {
    return {texts_.data() + value.number, value.text_bytes};
  }

 private:
  static constexpr std::size_t kMostRows = 512;
  static constexpr std::size_t kMostTextBytes = 128 * 1024;

  void set(const RowValue& value) {
    const auto index = static_cast<std::size_t>(value.field);
    std::uint64_t& word = is_set_[index / 64];
    const std::uint64_t bit = std::uint64_t{1} << index % 64;
    if ((word & bit) == 0) {
      word |= bit;
      values_.push_back(value);
    } else {
      *std::find_if(values_.begin() + first_, values_.end(),
                    [&](const RowValue& old) { return old.field == value.field; }) = value;
    }
  }
  void set_text(Field field, FieldType type, std::string_view value) {
    set({texts_.size(), static_cast<std::uint32_t>(value.size()), field, type});
    texts_.append(value);
  }

  std::vector<Row> rows_;
  std::vector<RowValue> values_;
  std::string texts_;
  std::uint32_t first_ = 0;  // of the row that is not finished
  std::string_view kind_;
  std::array<std::uint64_t, kFieldNames.size() / 64 + 1> is_set_{};
};

}  // namespace hoodtrace
