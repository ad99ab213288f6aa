// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/perfetto/message.hpp"

#include <gtest/gtest.h>

#include <string>

namespace hoodtrace {
namespace {

// protobuf.dev, "Encoding": 150 in field 1 is 08 96 01.
TEST(ProtoMessage, NumbersAreVarints) {
  ProtoBytes bytes;
  ProtoMessage message(bytes);
  message.add_uint64(1, 150);
  message.add_bool(16, true);
  message.add_int32(2, -1);
  EXPECT_EQ(bytes.view(), std::string_view("\x08\x96\x01\x80\x01\x01\x10"
                                           "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
                                           17));
}

TEST(ProtoMessage, FixedNumbersAreLittleEndian) {
  ProtoBytes bytes;
  ProtoMessage message(bytes);
  message.add_fixed64(3, 0x0102030405060708);
  message.add_double(4, 1.0);
  EXPECT_EQ(bytes.view(), std::string_view("\x19\x08\x07\x06\x05\x04\x03\x02\x01"
                                           "\x21\0\0\0\0\0\0\xf0\x3f",
                                           18));
}

TEST(ProtoMessage, AMessageInAMessageHasItsLengthInFront) {
  ProtoBytes bytes;
  ProtoMessage message(bytes);
  {
    ProtoMessage inner(message, 2);
    inner.add_string(1, "abc");
  }
  message.add_uint64(3, 7);
  EXPECT_EQ(bytes.view(), std::string_view("\x12\x05\x0a\x03"
                                           "abc\x18\x07",
                                           9));
}

TEST(ProtoMessage, ALongMessageHasALongerLength) {
  for (const std::size_t size : {125U, 126U, 16380U, 16381U, 70000U}) {
    const std::string text(size, 'x');
    ProtoBytes bytes;
    ProtoMessage message(bytes);
    {
      ProtoMessage inner(message, 1);
      inner.add_string(1, text);
    }
    message.add_uint64(2, 1);
    const auto varint = [](std::size_t number) {
      char room[ProtoBytes::kMostVarint];
      return std::string(room, ProtoBytes::write_varint(room, number));
    };
    const std::string inside = "\x0a" + varint(size) + text;
    EXPECT_EQ(bytes.view(), "\x0a" + varint(inside.size()) + inside + "\x10\x01") << size;
  }
}

TEST(ProtoMessage, AnEmptyMessageIsLeftOut) {
  ProtoBytes bytes;
  ProtoMessage message(bytes);
  {
    ProtoMessage outer(message, 1);
    const ProtoMessage inner(outer, 2);
  }
  EXPECT_TRUE(bytes.empty());
}

}  // namespace
}  // namespace hoodtrace
