// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/column_encoder.hpp"

#include <algorithm>
#include <cstring>

namespace hoodtrace {
namespace {

// Records of a class are encoded in batches of this size, so that they stay in the cache while all
// columns read them.
constexpr std::size_t kBatch = 1024;

template <class Number>
void put(std::vector<std::uint8_t>& out, Number number) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&number);
  out.insert(out.end(), bytes, bytes + sizeof(number));
}

void put_bytes(std::vector<std::uint8_t>& out, const std::vector<std::uint8_t>& bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

std::uint32_t size_of(const std::vector<std::uint8_t>& bytes) {
  return static_cast<std::uint32_t>(bytes.size());
}

}  // namespace

ColumnEncoder::Class::Class(const RecordSchema& from) : schema(&from) {
  for (const ColumnCode& code : from.columns) coders.emplace_back(code);
  columns.resize(coders.size());
  all_zero.resize(coders.size());
}

ColumnEncoder::Class& ColumnEncoder::class_of(const RecordSchema& schema) {
  for (Class* known : used_)
    if (known->schema == &schema) return *known;
  Class* found = nullptr;
  for (const auto& known : classes_)
    if (known->schema == &schema) found = known.get();
  if (found == nullptr) {
    classes_.push_back(std::make_unique<Class>(schema));
    found = classes_.back().get();
  }
  for (std::size_t i = 0; i < found->coders.size(); i++) {
    found->coders[i].reset();
    found->columns[i].clear();
    found->all_zero[i] = true;
  }
  found->lengths.clear();
  found->tails.clear();
  found->has_lengths = false;
  found->number = static_cast<std::uint8_t>(used_.size());
  used_.push_back(found);
  return *found;
}

void ColumnEncoder::encode_batch(Class& of) {
  for (std::size_t i = 0; i < of.coders.size(); i++) {
    std::vector<std::uint8_t>& column = of.columns[i];
    std::uint64_t seen = 0;
    of.coders[i].encode(of.batch, [&](std::uint8_t*, std::uint64_t residual) {
      seen |= residual;
      put_varint(column, residual);
    });
    if (seen != 0) of.all_zero[i] = false;
  }
  of.batch.clear();
}

void ColumnEncoder::put_class(const Class& of) {
  const std::vector<std::uint8_t> none;
  const std::vector<std::uint8_t>& lengths = of.has_lengths ? of.lengths : none;
  put(payload_, of.schema->type);
  put(payload_, of.schema->fixed_bytes);
  put(payload_, static_cast<std::uint16_t>(of.coders.size()));
  put(payload_, of.schema->struct_bytes);
  put(payload_, size_of(lengths));
  put(payload_, size_of(of.tails));
  for (std::size_t i = 0; i < of.coders.size(); i++) {
    put(payload_, of.coders[i].code());
    put(payload_, of.all_zero[i] ? 0 : size_of(of.columns[i]));
  }
  for (std::size_t i = 0; i < of.coders.size(); i++)
    if (!of.all_zero[i]) put_bytes(payload_, of.columns[i]);
  put_bytes(payload_, lengths);
  put_bytes(payload_, of.tails);
}

const std::vector<std::uint8_t>& ColumnEncoder::encode(const RecordBuffer& records, Span& span) {
  used_.clear();
  order_.clear();
  times_.clear();
  payload_.clear();
  span = {};
  if (records.size() > 0) span.first_ns = span.last_ns = records.at(0).head->time_ns;
  for (std::size_t i = 0; i < records.size(); i++) {
    const ht_header& head = *records.at(i).head;
    span.first_ns = std::min<std::uint64_t>(span.first_ns, head.time_ns);
    span.last_ns = std::max<std::uint64_t>(span.last_ns, head.time_ns);
    if (head.cpu < HT_CPU_LIMIT) span.cpus = std::max<std::uint32_t>(span.cpus, head.cpu + 1U);
  }
  std::uint64_t before_ns = span.first_ns;
  for (std::size_t i = 0; i < records.size(); i++) {
    const RecordView record = records.at(i);
    Class& of = class_of(schema_of(record.head->type, record.bytes));
    order_.push_back(of.number);
    put_varint(times_, zigzag(static_cast<std::int64_t>(record.head->time_ns - before_ns)));
    before_ns = record.head->time_ns;
    const std::uint32_t extra = record.bytes - of.schema->fixed_bytes;
    put_varint(of.lengths, extra);
    auto* bytes = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(record.head));
    if (extra > 0) {
      of.has_lengths = true;
      of.tails.insert(of.tails.end(), bytes + of.schema->fixed_bytes, bytes + record.bytes);
    }
    of.batch.push_back(bytes);
    if (of.batch.size() >= kBatch) encode_batch(of);
  }
  for (Class* of : used_) encode_batch(*of);

  if (used_.size() == 1) order_.clear();
  put(payload_, static_cast<std::uint16_t>(used_.size()));
  put(payload_, std::uint16_t{0});
  put(payload_, size_of(order_));
  put(payload_, size_of(times_));
  put_bytes(payload_, order_);
  put_bytes(payload_, times_);
  for (const Class* of : used_) put_class(*of);
  return payload_;
}

}  // namespace hoodtrace
