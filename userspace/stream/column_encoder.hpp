// SPDX-License-Identifier: GPL-2.0-or-later
// Records → the columns of one block's payload (see recording.hpp).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "stream/column_coder.hpp"
#include "stream/column_schema.hpp"
#include "stream/record_buffer.hpp"

namespace hoodtrace {

class ColumnEncoder {
 public:
  // The fields of the block's header.
  struct Span {
    std::uint64_t first_ns = 0;
    std::uint64_t last_ns = 0;
    std::uint32_t cpus = 0;  // CPU numbers are below this
  };

  // The payload of a block with these records, at most kMaxBlockRecords; each of them at least an
  // ht_header. Valid until the next call.
  const std::vector<std::uint8_t>& encode(const RecordBuffer& records, Span& span);

 private:
  struct Class {
    explicit Class(const RecordSchema& from);

    const RecordSchema* schema;
    std::vector<ColumnCoder> coders;
    std::vector<std::vector<std::uint8_t>> columns;
    std::vector<bool> all_zero;
    std::vector<std::uint8_t> lengths;
    std::vector<std::uint8_t> tails;
    bool has_lengths = false;
    std::uint8_t number = 0;  // there
    std::vector<std::uint8_t*> batch;
  };

  Class& class_of(const RecordSchema& schema);
  void encode_batch(Class& of);
  void put_class(const Class& of);

  std::vector<std::unique_ptr<Class>> classes_;
  std::vector<Class*> used_;  // by number
  std::vector<std::uint8_t> order_;
  std::vector<std::uint8_t> times_;
  std::vector<std::uint8_t> payload_;
};

}  // namespace hoodtrace
