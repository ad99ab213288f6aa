// SPDX-License-Identifier: GPL-2.0-or-later
// Writes protobuf messages (protobuf.dev, "Encoding"), field by field, into memory that grows.
//
// A message inside another one begins with its length, which is known at its end only: one byte is kept
// for it, and the few messages that are longer than 127 bytes are moved. An empty one is left out, with
// its field.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/growing_bytes.hpp"
#include "base/short_copy.hpp"

namespace hoodtrace {

class ProtoBytes : public GrowingBytes {
 public:
  [[nodiscard]] bool empty() const { return size() == 0; }
  static char* write_varint(char* at, std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) *at++ = static_cast<char>(number | 0x80);
    *at++ = static_cast<char>(number);
    return at;
  }

  // The length of what is behind the byte at `at` is put there. Needs kMostVarint bytes of room.
  void put_length(std::size_t at) {
    const std::size_t length = size() - at - 1;
    if (length < 0x80) {
      begin()[at] = static_cast<char>(length);
      return;
    }
    const std::size_t more = (std::bit_width(length) + 6U) / 7 - 1;
    std::memmove(begin() + at + 1 + more, begin() + at + 1, length);
    set_end(write_varint(begin() + at, length) + length);
  }

  static constexpr std::size_t kMostVarint = 10;
};

class ProtoMessage {
 public:
  // The outermost one, whose length is not written. The bytes must outlive it.
  explicit ProtoMessage(ProtoBytes& bytes) : bytes_(bytes) {}
  // One that is in a field of another one, into which nothing else is written as long as this one lives.
  ProtoMessage(ProtoMessage& parent, std::uint32_t field)
      : bytes_(parent.bytes_), field_at_(bytes_.size()), is_inside_(true) {
    char* at = begin_field(field, Wire::kBytes);
    *at++ = 0;
    bytes_.set_end(at);
    length_at_ = bytes_.size() - 1;
  }
  ProtoMessage(const ProtoMessage&) = delete;
  ProtoMessage& operator=(const ProtoMessage&) = delete;
  ~ProtoMessage() {
    if (!is_inside_) return;
    bytes_.reserve(ProtoBytes::kMostVarint);
    if (bytes_.size() == length_at_ + 1)
      bytes_.cut_to(field_at_);
    else
      bytes_.put_length(length_at_);
  }

  void add_uint64(std::uint32_t field, std::uint64_t value) {
    char* const at = begin_field(field, Wire::kVarint);
    bytes_.set_end(ProtoBytes::write_varint(at, value));
  }
  void add_uint32(std::uint32_t field, std::uint32_t value) { add_uint64(field, value); }
  void add_int64(std::uint32_t field, std::int64_t value) {
    add_uint64(field, static_cast<std::uint64_t>(value));
  }
  void add_int32(std::uint32_t field, std::int32_t value) { add_int64(field, value); }
  void add_enum(std::uint32_t field, std::int32_t value) { add_int64(field, value); }
  void add_bool(std::uint32_t field, bool value) { add_uint64(field, value ? 1 : 0); }
  void add_fixed64(std::uint32_t field, std::uint64_t value) {
    char* at = begin_field(field, Wire::kFixed64);
    for (int shift = 0; shift < 64; shift += 8) *at++ = static_cast<char>(value >> shift);
    bytes_.set_end(at);
  }
  void add_double(std::uint32_t field, double value) {
    add_fixed64(field, std::bit_cast<std::uint64_t>(value));
  }
  // Of a string valid UTF-8: add_text() of packets.hpp makes it so.
  void add_string(std::uint32_t field, std::string_view value) {
    char* const at = begin_field(field, Wire::kBytes, value.size());
    char* const text = ProtoBytes::write_varint(at, value.size());
    short_copy(text, value.data(), value.size());
    bytes_.set_end(text + value.size());
  }
  // Fields that are encoded already.
  void add_fields(std::string_view encoded) {
    bytes_.reserve(encoded.size());
    short_copy(bytes_.end(), encoded.data(), encoded.size());
    bytes_.set_end(bytes_.end() + encoded.size());
  }

 private:
  enum class Wire : std::uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2 };

  // Writes the tag of a field. Returns where its value goes; there is room for a number and `bytes` more.
  char* begin_field(std::uint32_t field, Wire wire, std::size_t bytes = 0) {
    bytes_.reserve(2 * ProtoBytes::kMostVarint + bytes);
    return ProtoBytes::write_varint(bytes_.end(), field << 3 | static_cast<std::uint32_t>(wire));
  }

  ProtoBytes& bytes_;
  std::size_t field_at_ = 0;   // where the field begins in which this one is
  std::size_t length_at_ = 0;  // where its length is
  bool is_inside_ = false;
};

}  // namespace hoodtrace
