// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "stream/column_decoder.hpp"
#include "stream/column_encoder.hpp"
#include "stream/column_schema.hpp"
#include "support/stream_builder.hpp"

namespace hoodtrace {
namespace {

std::vector<std::string> bytes_of(const RecordBuffer& records) {
  std::vector<std::string> list;
  for (std::size_t i = 0; i < records.size(); i++)
    list.emplace_back(reinterpret_cast<const char*>(records.at(i).head), records.at(i).bytes);
  return list;
}

// A payload with the slack that the decoder asks for.
std::vector<std::uint8_t> payload_of(ColumnEncoder& encoder, const RecordBuffer& records,
                                     ColumnEncoder::Span& span) {
  std::vector<std::uint8_t> payload = encoder.encode(records, span);
  payload.resize(payload.size() + ColumnDecoder::kSlackBytes);
  return payload;
}

std::vector<std::string> decoded(ColumnDecoder& decoder, const std::vector<std::uint8_t>& payload,
                                 std::uint32_t records, std::uint64_t first_ns, bool& malformed) {
  std::vector<std::string> list;
  const std::size_t size = payload.size() - ColumnDecoder::kSlackBytes;
  malformed = !decoder.begin({payload.data(), size}, records, first_ns);
  while (!malformed) {
    const auto views = decoder.next(malformed);
    if (views.empty()) break;
    for (const RecordView& view : views)
      list.emplace_back(reinterpret_cast<const char*>(view.head), view.bytes);
  }
  return list;
}

std::vector<std::string> decoded(const std::vector<std::uint8_t>& payload, std::uint32_t records,
                                 std::uint64_t first_ns, bool& malformed) {
  ColumnDecoder decoder;
  return decoded(decoder, payload, records, first_ns, malformed);
}

void expect_round_trip(ColumnEncoder& encoder, const RecordBuffer& records) {
  ColumnEncoder::Span span;
  const std::vector<std::uint8_t> payload = payload_of(encoder, records, span);
  bool malformed = false;
  const auto back =
      decoded(payload, static_cast<std::uint32_t>(records.size()), span.first_ns, malformed);
  ASSERT_FALSE(malformed);
  ASSERT_EQ(back, bytes_of(records));
}

// Two tasks in turn.
std::uint32_t from(std::uint64_t turn) { return turn % 2 == 0 ? 10 : 11; }

// Every byte of every struct is in one column, is the time or the type, or is stored as it is.
TEST(ColumnCodec, EverySchemaCoversItsStructOnce) {
#define HT_TYPE(id, NAME, type) {id, sizeof(type)},
  const std::vector<std::pair<std::uint16_t, std::size_t>> types = {HT_EVENTS(HT_TYPE)};
#undef HT_TYPE
  for (const auto& [type, bytes] : types) {
    const RecordSchema& schema = schema_of(type, static_cast<std::uint32_t>(bytes));
    ASSERT_EQ(schema.type, type);
    ASSERT_LE(schema.fixed_bytes, bytes);
    ASSERT_LE(schema.fixed_bytes, kMaxFixedBytes);
    ASSERT_LE(schema.columns.size(), kMaxColumns);
    std::vector<int> covered(schema.fixed_bytes, 0);
    const auto cover = [&](std::size_t offset, std::size_t width) {
      for (std::size_t i = offset; i < offset + width; i++) covered.at(i)++;
    };
    cover(offsetof(ht_header, time_ns), sizeof(ht_header::time_ns));
    cover(offsetof(ht_header, type), sizeof(ht_header::type));
    for (const ColumnCode& code : schema.columns) cover(code.offset, code.width);
    EXPECT_EQ(covered, std::vector<int>(schema.fixed_bytes, 1)) << event_name(type);
  }
}

// A key, a source or an addend must be known by the time that it is needed: it stands in a column
// before, or is the column's own.
TEST(ColumnCodec, EverySchemaIsInAnOrderThatCanBeDecoded) {
#define HT_TYPE(id, NAME, type) {id, sizeof(type)},
  const std::vector<std::pair<std::uint16_t, std::size_t>> types = {HT_EVENTS(HT_TYPE)};
#undef HT_TYPE
  for (const auto& [type, bytes] : types) {
    std::vector<std::uint16_t> known;
    for (const ColumnCode& code : schema_of(type, static_cast<std::uint32_t>(bytes)).columns) {
      const auto is_known = [&](std::uint16_t offset) {
        return std::find(known.begin(), known.end(), offset) != known.end();
      };
      if (code.key != kNoField) {
        EXPECT_TRUE(is_known(code.key)) << event_name(type) << " " << code.offset;
      }
      known.push_back(code.offset);
      EXPECT_TRUE(is_known(code.source)) << event_name(type) << " " << code.offset;
      if (code.add != kNoField) {
        EXPECT_TRUE(is_known(code.add)) << event_name(type) << " " << code.offset;
      }
    }
  }
}

// All types, lengths and values, ill-formed ones too; several blocks by the same encoder.
TEST(ColumnCodec, RandomRecordsDecodeByteForByte) {
  std::mt19937_64 random(6);
  ColumnEncoder encoder;
  for (int round = 0; round < 20; round++) {
    RecordBuffer records;
    const std::size_t count = round == 0 ? 1 : 1 + random() % 6000;
    for (std::size_t i = 0; i < count; i++) {
      std::vector<std::uint8_t> bytes(sizeof(ht_header) + random() % (i % 50 == 0 ? 400 : 60));
      for (std::uint8_t& byte : bytes)
        byte = static_cast<std::uint8_t>(random() % 3 == 0 ? random() : 0);
      auto* head = reinterpret_cast<ht_header*>(bytes.data());
      head->type = static_cast<std::uint16_t>(random() % 8 == 0 ? random() : random() % 90);
      head->cpu = static_cast<std::uint16_t>(random() % 4 == 0 ? random() : random() % 2);
      if (random() % 2 == 0) head->time_ns = 1'000'000 + i * 700;
      std::vector<std::uint64_t> aligned((bytes.size() + 7) / 8);
      std::memcpy(aligned.data(), bytes.data(), bytes.size());
      records.add_view({reinterpret_cast<const ht_header*>(aligned.data()),
                        static_cast<std::uint32_t>(bytes.size())});
    }
    expect_round_trip(encoder, records);
  }
}

TEST(ColumnCodec, AScenarioDecodesByteForByte) {
  StreamBuilder scenario;
  scenario.session().cgroup(9, "/a").seen(10, {.comm = "a"}).seen(11, {.comm = "b"});
  for (std::uint64_t i = 0; i < 10'000; i++)
    scenario.at(2000 + 1000 * i)
        .on_cpu(i % 3)
        .switches({.from = from(i), .to = 21 - from(i), .state = kSleeping, .wait_ns = i * i});
  scenario.end();
  ColumnEncoder encoder;
  expect_round_trip(encoder, scenario.records());
}

// What repeats itself costs almost nothing: the predictors work.
TEST(ColumnCodec, ASwitchIsStoredInFewBytes) {
  StreamBuilder scenario;
  scenario.session();
  for (std::uint64_t i = 0; i < 10'000; i++)
    scenario.at(2000 + 1000 * i)
        .switches({.from = from(i), .to = 21 - from(i), .state = kSleeping, .wait_ns = 100});
  ColumnEncoder encoder;
  ColumnEncoder::Span span;
  std::size_t other_than_zero = 0;
  const std::vector<std::uint8_t> payload = encoder.encode(scenario.records(), span);
  for (const std::uint8_t byte : payload) other_than_zero += byte != 0 ? 1 : 0;
  // Two bytes of time, one each for the class, the CPU, the wait, and to count the switch.
  EXPECT_LT(other_than_zero, 6 * 10'000U + 1000);
}

template <class Number>
void put(std::vector<std::uint8_t>& out, Number number) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&number);
  out.insert(out.end(), bytes, bytes + sizeof(number));
}

// A recording from when ht_cgroup_name was nothing but its header: the fields it has now are zero,
// and the tail is where it is now.
TEST(ColumnCodec, AStructThatGrewSinceIsFilledUpWithZeros) {
  std::vector<std::uint8_t> payload;
  put(payload, std::uint16_t{1});  // classes
  put(payload, std::uint16_t{0});
  put(payload, std::uint32_t{0});  // order
  put(payload, std::uint32_t{1});  // times
  put(payload, std::uint8_t{2});   // first_ns + 1
  put(payload, std::uint16_t{HT_CGROUP_NAME});
  put(payload, std::uint16_t{sizeof(ht_header)});
  put(payload, std::uint16_t{1});                  // columns
  put(payload, std::uint16_t{sizeof(ht_header)});  // the struct
  put(payload, std::uint32_t{1});                  // lengths
  put(payload, std::uint32_t{8});                  // tails
  ColumnCode tid;
  tid.offset = tid.source = offsetof(ht_header, tid);
  tid.width = sizeof(ht_header::tid);
  put(payload, tid);
  put(payload, std::uint32_t{1});
  put(payload, std::uint8_t{8});  // tid 7
  put(payload, std::uint8_t{8});  // eight bytes more
  for (const char letter : {'a', 'b', 'c', 'd', 'e', 'f', 'g', '\0'})
    payload.push_back(static_cast<std::uint8_t>(letter));
  payload.resize(payload.size() + ColumnDecoder::kSlackBytes);
  bool malformed = false;
  const auto records = decoded(payload, 1, 41, malformed);
  ASSERT_FALSE(malformed);
  ASSERT_EQ(records.size(), 1U);
  ASSERT_EQ(records[0].size(), sizeof(ht_cgroup_name) + 8);
  ht_cgroup_name name;
  std::memcpy(&name, records[0].data(), sizeof(name));
  EXPECT_EQ(name.head.time_ns, 42U);
  EXPECT_EQ(name.head.tid, 7U);
  EXPECT_EQ(name.cgroup_id, 0U);
  EXPECT_STREQ(records[0].data() + sizeof(name), "abcdefg");
}

// Whatever a payload contains, and however short it is: an error is reported and no memory outside
// of it is touched (ASan checks that).
TEST(ColumnCodec, AWrongPayloadIsRefusedOrYieldsRecords) {
  StreamBuilder scenario;
  scenario.session().cgroup(9, "/a").seen(10, {.comm = "a"});
  for (std::uint64_t i = 0; i < 50; i++) scenario.at(2000 + i).switches({.from = 0, .to = 10});
  ColumnEncoder encoder;
  ColumnEncoder::Span span;
  const std::vector<std::uint8_t> good = payload_of(encoder, scenario.records(), span);
  const std::size_t size = good.size() - ColumnDecoder::kSlackBytes;
  const auto count = static_cast<std::uint32_t>(scenario.records().size());
  // One for all of them, as for the blocks of a file: what a wrong one leaves behind must not matter.
  ColumnDecoder decoder;
  bool malformed = false;
  for (std::size_t length = 0; length < size; length++) {
    std::vector<std::uint8_t> cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length));
    cut.resize(length + ColumnDecoder::kSlackBytes);
    EXPECT_LE(decoded(decoder, cut, count, 0, malformed).size(), count);
    EXPECT_TRUE(malformed) << length;
  }
  for (std::size_t at = 0; at < size; at++)
    for (const int value : {0x00, 0x7f, 0x80, 0xff}) {
      std::vector<std::uint8_t> wrong = good;
      wrong[at] = static_cast<std::uint8_t>(value);
      EXPECT_LE(decoded(decoder, wrong, count, 0, malformed).size(), count);
    }
  EXPECT_LE(decoded(decoder, good, count + 7, 0, malformed).size(), count + 7);
  EXPECT_TRUE(malformed);
  EXPECT_EQ(decoded(decoder, good, count, span.first_ns, malformed), bytes_of(scenario.records()));
  EXPECT_FALSE(malformed);
}

}  // namespace
}  // namespace hoodtrace
