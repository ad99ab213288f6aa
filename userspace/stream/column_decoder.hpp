// SPDX-License-Identifier: GPL-2.0-or-later
// The columns of one block's payload → records, some thousands at a time. Trusts nothing in them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "event/event.hpp"
#include "stream/column_coder.hpp"

namespace hoodtrace {

class ColumnDecoder {
 public:
  // This many bytes past the payload's end must be readable.
  static constexpr std::size_t kSlackBytes = 16;

  // Starts on a payload; it must stay until its last record was taken. False: it is malformed.
  bool begin(std::span<const std::uint8_t> payload, std::uint32_t records, std::uint64_t first_ns);

  // The next records, which live until the next call; none when all were given. `malformed`: the
  // payload is wrong from here on.
  std::span<const RecordView> next(bool& malformed);

 private:
  // A run of bytes that is read from its front.
  struct Bytes {
    const std::uint8_t* at = nullptr;
    const std::uint8_t* end = nullptr;
  };
  struct Column {
    explicit Column(const ColumnCode& code) : coder(code) {}
    ColumnCoder coder;
    Bytes bytes;
    bool all_zero = false;
  };
  struct Class {
    std::uint16_t type = 0;
    std::uint16_t fixed_bytes = 0;
    std::uint16_t struct_bytes = 0;  // the writer's
    std::size_t grown_bytes = 0;     // by so much is ours longer
    std::vector<Column> columns;
    std::size_t used_columns = 0;
    Bytes lengths;
    Bytes tails;
    bool has_lengths = false;
    std::vector<std::uint8_t*> batch;
  };

  bool read_class(Bytes& in, Class& into);
  bool place_records();
  static void put_tail(const Class& of, const Bytes& tail, std::uint8_t* record);
  bool read_columns(Class& of);

  std::vector<Class> classes_;  // reused for the next block, which mostly has the same
  std::size_t used_classes_ = 0;
  Bytes order_;
  Bytes times_;
  std::uint32_t records_left_ = 0;
  std::uint64_t time_ns_ = 0;
  std::vector<std::uint64_t> words_;
  std::vector<RecordView> views_;
};

}  // namespace hoodtrace
