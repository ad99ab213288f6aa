// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/column_decoder.hpp"

#include <algorithm>
#include <cstring>

#include "stream/column_schema.hpp"

namespace hoodtrace {
namespace {

// A batch is small enough to stay in the second-level cache on its way through the columns.
constexpr std::size_t kBatchRecords = 4096;
constexpr std::size_t kBatchBytes = 512 * 1024;

template <class Bytes, class Number>
bool take(Bytes& in, Number& number) {
  if (static_cast<std::size_t>(in.end - in.at) < sizeof(number)) return false;
  std::memcpy(&number, in.at, sizeof(number));
  in.at += sizeof(number);
  return true;
}

template <class Bytes>
bool take_bytes(Bytes& in, std::size_t size, Bytes& bytes) {
  if (static_cast<std::size_t>(in.end - in.at) < size) return false;
  bytes = {in.at, in.at + size};
  in.at += size;
  return true;
}

bool is_inside(std::size_t offset, std::size_t width, std::size_t fixed_bytes) {
  return offset + width <= fixed_bytes;
}

bool is_sound(const ColumnCode& code, std::size_t fixed_bytes) {
  if (code.width != 1 && code.width != 2 && code.width != 4 && code.width != 8) return false;
  if (code.predict > Predict::kChain || !is_inside(code.offset, code.width, fixed_bytes))
    return false;
  if (!is_inside(code.source, code.width, fixed_bytes)) return false;
  if (code.add != kNoField && !is_inside(code.add, code.width, fixed_bytes)) return false;
  if (code.key == kNoField) return code.predict != Predict::kChain;
  return (code.key_width == 2 || code.key_width == 4) &&
         is_inside(code.key, code.key_width, fixed_bytes);
}

bool is_same(const ColumnCode& a, const ColumnCode& b) {
  return std::memcmp(&a, &b, sizeof(a)) == 0;
}

}  // namespace

bool ColumnDecoder::read_class(Bytes& in, Class& into) {
  std::uint16_t columns = 0;
  std::uint32_t lengths_bytes = 0;
  std::uint32_t tails_bytes = 0;
  if (!take(in, into.type) || !take(in, into.fixed_bytes) || !take(in, columns) ||
      !take(in, into.struct_bytes) || !take(in, lengths_bytes) || !take(in, tails_bytes))
    return false;
  if (into.fixed_bytes < sizeof(ht_header) || into.fixed_bytes % 8 != 0 ||
      into.fixed_bytes > kMaxFixedBytes || columns > kMaxColumns)
    return false;
  if (into.struct_bytes < into.fixed_bytes || into.struct_bytes > kMaxFixedBytes) return false;
  const std::size_t ours = struct_bytes_of(into.type);
  into.grown_bytes = ours > into.struct_bytes ? ours - into.struct_bytes : 0;
  std::vector<std::uint32_t> sizes(columns);
  for (std::size_t i = 0; i < columns; i++) {
    ColumnCode code;
    if (!take(in, code) || !take(in, sizes[i]) || !is_sound(code, into.fixed_bytes)) return false;
    if (i < into.columns.size() && is_same(into.columns[i].coder.code(), code))
      into.columns[i].coder.reset();
    else if (i < into.columns.size())
      into.columns[i] = Column(code);
    else
      into.columns.emplace_back(code);
  }
  into.used_columns = columns;
  for (std::size_t i = 0; i < columns; i++) {
    if (!take_bytes(in, sizes[i], into.columns[i].bytes)) return false;
    into.columns[i].all_zero = sizes[i] == 0;
  }
  into.has_lengths = lengths_bytes > 0;
  return take_bytes(in, lengths_bytes, into.lengths) && take_bytes(in, tails_bytes, into.tails);
}

bool ColumnDecoder::begin(std::span<const std::uint8_t> payload, std::uint32_t records,
                          std::uint64_t first_ns) {
  Bytes in{payload.data(), payload.data() + payload.size()};
  std::uint16_t classes = 0;
  std::uint16_t zero = 0;
  std::uint32_t order_bytes = 0;
  std::uint32_t times_bytes = 0;
  records_left_ = 0;
  if (!take(in, classes) || !take(in, zero) || !take(in, order_bytes) || !take(in, times_bytes))
    return false;
  if (classes == 0 || classes > 256 || order_bytes != (classes == 1 ? 0 : records)) return false;
  if (!take_bytes(in, order_bytes, order_) || !take_bytes(in, times_bytes, times_)) return false;
  if (classes_.size() < classes) classes_.resize(classes);
  used_classes_ = classes;
  for (std::size_t i = 0; i < classes; i++)
    if (!read_class(in, classes_[i])) return false;
  if (in.at != in.end) return false;
  records_left_ = records;
  time_ns_ = first_ns;
  return true;
}

// What follows the fixed part; between the writer's struct and what is behind it, our struct's new
// fields are left as they are: zero.
void ColumnDecoder::put_tail(const Class& of, const Bytes& tail, std::uint8_t* record) {
  const auto size = static_cast<std::size_t>(tail.end - tail.at);
  const std::size_t in_struct = std::min<std::size_t>(size, of.struct_bytes - of.fixed_bytes);
  std::uint8_t* to = record + of.fixed_bytes;
  std::memcpy(to, tail.at, in_struct);
  if (of.grown_bytes == 0 && in_struct == size) return;
  std::memset(to + in_struct, 0, of.grown_bytes);
  std::memcpy(to + in_struct + of.grown_bytes, tail.at + in_struct, size - in_struct);
}

// The offset, time, type and tail of each record of the batch.
bool ColumnDecoder::place_records() {
  std::size_t used = 0;
  while (records_left_ > 0 && views_.size() < kBatchRecords) {
    if (times_.at >= times_.end) return false;
    std::size_t number = 0;
    if (order_.at != order_.end) number = *order_.at;
    if (number >= used_classes_) return false;
    Class& of = classes_[number];
    std::uint64_t extra = 0;
    Bytes lengths = of.lengths;
    if (of.has_lengths) {
      if (lengths.at >= lengths.end) return false;
      extra = get_varint(lengths.at);
      if (extra > kMaxRecordBytes) return false;
    }
    const std::size_t bytes = of.fixed_bytes + static_cast<std::size_t>(extra) + of.grown_bytes;
    const std::size_t room = (bytes + 7) / 8 * 8;
    if (!views_.empty() && used + room > kBatchBytes) break;
    Bytes tail;
    if (extra > 0 && !take_bytes(of.tails, static_cast<std::size_t>(extra), tail)) return false;
    of.lengths = lengths;
    if (order_.at != order_.end) order_.at++;
    records_left_--;

    auto* record = reinterpret_cast<std::uint8_t*>(words_.data()) + used;
    std::memset(record, 0, of.fixed_bytes + of.grown_bytes);
    std::memset(record + room - 8, 0, 8);
    if (extra > 0) put_tail(of, tail, record);
    auto* head = reinterpret_cast<ht_header*>(record);
    time_ns_ += static_cast<std::uint64_t>(unzigzag(get_varint(times_.at)));
    head->time_ns = time_ns_;
    head->type = of.type;
    views_.push_back({head, static_cast<std::uint32_t>(bytes)});
    of.batch.push_back(record);
    used += room;
  }
  return times_.at <= times_.end;
}

bool ColumnDecoder::read_columns(Class& of) {
  for (std::size_t i = 0; i < of.used_columns; i++) {
    Column& column = of.columns[i];
    if (column.all_zero) {
      column.coder.decode(of.batch, [] { return std::uint64_t{0}; });
      continue;
    }
    const std::uint8_t* at = column.bytes.at;
    const std::uint8_t* const end = column.bytes.end;
    // Past its end a column yields zeros; the loop is followed by the check for a short column.
    bool is_short = false;
    column.coder.decode(of.batch, [&]() -> std::uint64_t {
      if (at >= end) {
        is_short = true;
        return 0;
      }
      return get_varint(at);
    });
    if (is_short || at > end) return false;
    column.bytes.at = at;
  }
  return true;
}

std::span<const RecordView> ColumnDecoder::next(bool& malformed) {
  if (words_.empty()) words_.resize((kBatchBytes + kMaxRecordBytes + kMaxFixedBytes) / 8 + 1);
  views_.clear();
  for (std::size_t i = 0; i < used_classes_; i++) classes_[i].batch.clear();
  malformed = !place_records();
  for (std::size_t i = 0; i < used_classes_ && !malformed; i++)
    malformed = !read_columns(classes_[i]);
  if (malformed) {
    records_left_ = 0;
    return {};
  }
  return views_;
}

}  // namespace hoodtrace
