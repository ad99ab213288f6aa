// SPDX-License-Identifier: GPL-2.0-or-later
// One column's predictor: what writer and reader keep of the records before, step by step the same.
//
// The loops over records are templates over the field's width and the kind of prediction, so that
// nothing but the arithmetic is left in them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "stream/recording.hpp"
#include "stream/varint.hpp"

namespace hoodtrace {

class ColumnCoder {
 public:
  explicit ColumnCoder(const ColumnCode& code) : code_(code) {
    if (code.predict == Predict::kLast) pairs_.resize(code.key == kNoField ? 1 : kSlots);
    if (code.predict == Predict::kChain) {
      pairs_.resize(kSlots);
      keys_.resize(kKeySlots);
    }
  }

  [[nodiscard]] const ColumnCode& code() const { return code_; }

  // As before the first record of a block.
  void reset() {
    std::fill(pairs_.begin(), pairs_.end(), 0);
    std::fill(keys_.begin(), keys_.end(), 0);
  }

  // Calls visit(record, residual) for each of the records, in their order; to encode.
  template <class Records, class Visit>
  void encode(const Records& records, Visit visit) {
    with_width([&](auto zero) {
      using Value = decltype(zero);
      const std::size_t offset = code_.offset;
      run<Value>(records, [&, offset](std::uint8_t* record, Value predicted, bool is_raw) {
        const Value value = load<Value>(record, offset);
        visit(record, is_raw ? static_cast<Value>(value + 1) : residual<Value>(value, predicted));
        return value;
      });
    });
  }

  // Calls next() for each of the records' residuals and stores the fields; to decode.
  template <class Records, class Next>
  void decode(const Records& records, Next next) {
    with_width([&](auto zero) {
      using Value = decltype(zero);
      const std::size_t offset = code_.offset;
      run<Value>(records, [&, offset](std::uint8_t* record, Value predicted, bool is_raw) {
        const std::uint64_t stored = next();
        const Value value = static_cast<Value>(
            is_raw ? stored - 1 : predicted + static_cast<std::uint64_t>(unzigzag(stored)));
        std::memcpy(record + offset, &value, sizeof(value));
        return value;
      });
    });
  }

 private:
  template <class Value>
  static Value load(const std::uint8_t* record, std::size_t offset) {
    Value value;
    std::memcpy(&value, record + offset, sizeof(value));
    return value;
  }

  template <class Value>
  static std::uint64_t residual(Value value, Value predicted) {
    return zigzag(static_cast<std::make_signed_t<Value>>(static_cast<Value>(value - predicted)));
  }

  template <class Body>
  void with_width(Body body) {
    switch (code_.width) {
      case 1:
        return body(std::uint8_t{});
      case 2:
        return body(std::uint16_t{});
      case 4:
        return body(std::uint32_t{});
      default:
        return body(std::uint64_t{});
    }
  }

  static std::uint32_t key_of(const ColumnCode& code, const std::uint8_t* record) {
    return code.key_width == 2 ? load<std::uint16_t>(record, code.key)
                               : load<std::uint32_t>(record, code.key);
  }

  // value(record, predicted, is_raw) returns the field's value (and stores it, when decoding).
  template <class Value, class Records, class GetValue>
  void run(const Records& records, GetValue value) {
    const ColumnCode code = code_;  // a copy: stores into records cannot change it
    if (code.predict == Predict::kRaw) {
      for (std::uint8_t* record : records) value(record, Value{}, true);
    } else if (code.predict == Predict::kChain) {
      for (std::uint8_t* record : records) {
        const std::uint32_t key = key_of(code, record);
        std::uint64_t& last = keys_[key % kKeySlots];
        std::uint64_t& slot = pairs_[(key * 40503U + static_cast<std::uint32_t>(last)) % kSlots];
        last = slot = value(record, static_cast<Value>(slot), false);
      }
    } else if (code.key == kNoField) {
      Value last = static_cast<Value>(pairs_[0]);
      for (std::uint8_t* record : records) {
        value(record, last, false);
        last = later<Value>(code, record);
      }
      pairs_[0] = last;
    } else {
      for (std::uint8_t* record : records) {
        std::uint64_t& slot = pairs_[key_of(code, record) % kSlots];
        value(record, static_cast<Value>(slot), false);
        slot = later<Value>(code, record);
      }
    }
  }

  // What the field will probably be in the next record of the same key.
  template <class Value>
  static Value later(const ColumnCode& code, const std::uint8_t* record) {
    Value value = load<Value>(record, code.source);
    if (code.add != kNoField) value = static_cast<Value>(value + load<Value>(record, code.add));
    return value;
  }

  ColumnCode code_;
  std::vector<std::uint64_t> pairs_;
  std::vector<std::uint64_t> keys_;
};

}  // namespace hoodtrace
