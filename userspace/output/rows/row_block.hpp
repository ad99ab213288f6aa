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
  void number(Field field, std::uint64_t value) { set(field, FieldType::kUnsigned, value); }
  void negative(Field field, std::int64_t value) {
    set(field, FieldType::kSigned, static_cast<std::uint64_t>(value));
  }
  void truth(Field field, bool value) { set(field, FieldType::kTruth, value ? 1 : 0); }
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

  // Each part is written to its place: a value that is made elsewhere and copied as a whole costs three
  // times as much, for the processor cannot forward four stores to one load.
  void set(Field field, FieldType type, std::uint64_t number, std::size_t text_bytes = 0) {
    RowValue& value = slot(field);
    value.number = number;
    value.text_bytes = static_cast<std::uint32_t>(text_bytes);
    value.type = type;
  }
  void set_text(Field field, FieldType type, std::string_view text) {
    set(field, type, texts_.size(), text.size());
    texts_.append(text);
  }
  RowValue& slot(Field field) {
    const auto index = static_cast<std::size_t>(field);
    std::uint64_t& word = is_set_[index / 64];
    const std::uint64_t bit = std::uint64_t{1} << index % 64;
    if ((word & bit) != 0)
      return *std::find_if(values_.begin() + first_, values_.end(),
                           [field](const RowValue& old) { return old.field == field; });
    word |= bit;
    RowValue& value = values_.emplace_back();
    value.field = field;
    return value;
  }

  std::vector<Row> rows_;
  std::vector<RowValue> values_;
  std::string texts_;
  std::uint32_t first_ = 0;  // of the row that is not finished
  std::string_view kind_;
  std::array<std::uint64_t, kFieldNames.size() / 64 + 1> is_set_{};
};

}  // namespace hoodtrace
