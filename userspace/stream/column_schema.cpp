// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/column_schema.hpp"

#include <array>
#include <cstddef>
#include <utility>

#include "events.h"

namespace hoodtrace {
namespace {

struct SchemaField {
  std::size_t offset;
  std::size_t width;
};
constexpr SchemaField kNothing{kNoField, 0};
constexpr SchemaField kTid{offsetof(ht_header, tid), sizeof(ht_header::tid)};
constexpr SchemaField kCpu{offsetof(ht_header, cpu), sizeof(ht_header::cpu)};
constexpr SchemaField kType{offsetof(ht_header, type), sizeof(ht_header::type)};

constexpr ColumnCode make(SchemaField field, Predict predict, SchemaField key, SchemaField source,
                          SchemaField add) {
  ColumnCode code;
  code.offset = static_cast<std::uint16_t>(field.offset);
  code.width = static_cast<std::uint8_t>(field.width);
  code.predict = predict;
  code.key = static_cast<std::uint16_t>(key.offset);
  code.key_width = static_cast<std::uint8_t>(key.width);
  code.source = static_cast<std::uint16_t>(source.offset);
  code.add = static_cast<std::uint16_t>(add.offset);
  return code;
}

constexpr ColumnCode raw(SchemaField field) {
  return make(field, Predict::kRaw, kNothing, field, kNothing);
}
// Like the record before; with a key: like the last one with the same key.
constexpr ColumnCode last(SchemaField field, SchemaField key = kNothing) {
  return make(field, Predict::kLast, key, field, kNothing);
}
// Like `source` (plus `add`) in the last record with the same key.
constexpr ColumnCode last_of(SchemaField field, SchemaField key, SchemaField source,
                             SchemaField add = kNothing) {
  return make(field, Predict::kLast, key, source, add);
}
constexpr ColumnCode chain(SchemaField field, SchemaField key) {
  return make(field, Predict::kChain, key, field, kNothing);
}

#define AT(record, field) (SchemaField{offsetof(record, field), sizeof(record::field)})

// A task and its counters. These records are consecutive, at the start and at ticks, ordered by
// tid.
template <class Record>
constexpr auto task_columns() {
  constexpr std::size_t kOwn = 18;
  std::array<ColumnCode, kOwn + (sizeof(Record) - sizeof(ht_task)) / 8> columns{
      raw(kCpu),
      last(kTid),
      last(AT(ht_task, start_boottime_ns)),
      last(AT(ht_task, cgroup_id)),
      last(AT(ht_task, run_delay_ns)),
      last(AT(ht_task, pcount)),
      last(AT(ht_task, nvcsw)),
      last(AT(ht_task, nivcsw)),
      last(AT(ht_task, min_flt)),
      last(AT(ht_task, maj_flt)),
      last(AT(ht_task, exec_runtime_ns)),
      last(AT(ht_task, pid)),
      last(AT(ht_task, parent_pid)),
      last(AT(ht_task, state)),
      last(SchemaField{offsetof(ht_task, prio), 4}),  // prio, nice, policy, flags
      last(AT(ht_task, pad)),
      last(SchemaField{offsetof(ht_task, comm), 8}),
      last(SchemaField{offsetof(ht_task, comm) + 8, 8}),
  };
  for (std::size_t i = kOwn; i < columns.size(); i++)
    columns[i] = last(SchemaField{sizeof(ht_task) + 8 * (i - kOwn), 8});
  return columns;
}

// Any struct: the thread, then its words as they differ from those of the record before.
template <class Record>
constexpr auto plain_columns() {
  constexpr std::size_t kWords = (sizeof(Record) - sizeof(ht_header)) / 8;
  std::array<ColumnCode, kWords + 2> columns{raw(kCpu), last(kTid)};
  for (std::size_t i = 0; i < kWords; i++)
    columns[i + 2] = last(SchemaField{sizeof(ht_header) + 8 * i, 8});
  return columns;
}

template <class Record>
constexpr bool kIsTask = requires(Record record) {
  record.task.comm;
};

// Of each type, unless it is laid out below.
template <std::uint16_t Type, class Record>
constexpr auto kColumns = [] {
  if constexpr (kIsTask<Record>)
    return task_columns<Record>();
  else
    return plain_columns<Record>();
}();

// prev is the last task on this CPU. Fields of a task seldom change, and its counters grow by
// one; its run_delay grows by the wait.
template <>
constexpr auto kColumns<HT_SWITCH, ht_switch> = std::array{
    raw(kCpu),
    chain(kTid, kCpu),
    last_of(AT(ht_switch, prev_tid), kCpu, kTid),
    raw(AT(ht_switch, wait_ns)),
    last_of(AT(ht_switch, run_delay_ns), kTid, AT(ht_switch, run_delay_ns), AT(ht_switch, wait_ns)),
    last(AT(ht_switch, next_pid), kTid),
    last(AT(ht_switch, prev_nvcsw), AT(ht_switch, prev_tid)),
    last(AT(ht_switch, prev_nivcsw), AT(ht_switch, prev_tid)),
    last(AT(ht_switch, prev_state), AT(ht_switch, prev_tid)),
    last(AT(ht_switch, nr_running), kTid),
    last(AT(ht_switch, next_prio), kTid),
    last(AT(ht_switch, next_nice), kTid),
    last(AT(ht_switch, next_policy), kTid),
    last(AT(ht_switch, flags), kTid),
    last(AT(ht_switch, clock_lag), kCpu),
    last(AT(ht_switch, prev_exec_ns), AT(ht_switch, prev_tid)),
};

template <>
constexpr auto kColumns<HT_WAKING, ht_waking> = std::array{
    raw(kCpu), chain(kTid, kCpu), last(AT(ht_waking, waker_tid), kTid),
    last(SchemaField{offsetof(ht_waking, waker_call), 4}),  // and context and flags
};

template <>
constexpr auto kColumns<HT_WAKEUP, ht_wakeup> = std::array{
    raw(kCpu),
    chain(kTid, kCpu),
    last(AT(ht_wakeup, target_cpu), kTid),
    last(AT(ht_wakeup, flags), kTid),
};

// The segments are left as they are, one record's after the other: waits on one CPU mostly saw the
// same runs, so that zstd finds most of each list in the list before; columns would tear it apart.
template <>
constexpr auto kColumns<HT_BEHIND, ht_behind> = std::array{
    raw(kCpu),
    chain(kTid, kCpu),
    raw(AT(ht_behind, rest_ns)),
    last(AT(ht_behind, count)),
    last(AT(ht_behind, pad)),
};

template <>
constexpr auto kColumns<HT_MIGRATE, ht_migrate> = std::array{
    raw(kCpu), last(kTid), last(AT(ht_migrate, from_cpu)),
    last(SchemaField{offsetof(ht_migrate, to_cpu), 4}),  // to_cpu, reason
};

// A task's faults walk through its mappings, and count up.
template <>
constexpr auto kColumns<HT_FAULT, ht_fault> = std::array{
    raw(kCpu),
    chain(kTid, kCpu),
    last(AT(ht_fault, address), kTid),
    raw(AT(ht_fault, took_ns)),
    last(AT(ht_fault, inode), kTid),
    last(AT(ht_fault, dev), kTid),
    last(AT(ht_fault, flt), kTid),
    last(AT(ht_fault, bytes), kTid),
    last(AT(ht_fault, facts), kTid),
    last(AT(ht_fault, place), kTid),
    last(AT(ht_fault, signal)),
    last(AT(ht_fault, pad)),
    last(AT(ht_fault, generation), kTid),
};

// Pages of a file come in order. Fields that belong to the file are keyed by its inode's lower
// half.
constexpr SchemaField kPagesFile{offsetof(ht_pages, file), 4};
template <>
constexpr auto kColumns<HT_PAGES, ht_pages> = std::array{
    raw(kCpu),
    last(kTid),
    last(AT(ht_pages, file.inode), kTid),
    last(AT(ht_pages, file.dev), kPagesFile),
    last(AT(ht_pages, file.generation), kPagesFile),
    last(AT(ht_pages, index), kPagesFile),
    last(AT(ht_pages, pages)),
    last(AT(ht_pages, cached), kPagesFile),
    last(AT(ht_pages, kind)),
    last(AT(ht_pages, flags)),
    last(SchemaField{offsetof(ht_pages, pad), 2}),
    last(SchemaField{offsetof(ht_pages, pad) + 2, 4}),
};

constexpr SchemaField kAccessFile{offsetof(ht_access, file), 4};
template <>
constexpr auto kColumns<HT_ACCESS, ht_access> = std::array{
    raw(kCpu),
    last(kTid),
    last(AT(ht_access, file.inode), kTid),
    last(AT(ht_access, file.dev), kAccessFile),
    last(AT(ht_access, file.generation), kAccessFile),
    last(AT(ht_access, first), kAccessFile),
    last(AT(ht_access, last), kAccessFile),
    last(AT(ht_access, size_pages), kAccessFile),
    last(AT(ht_access, present), kTid),
    last(AT(ht_access, cached), kAccessFile),
    last(SchemaField{offsetof(ht_access, kind), 4}, kTid),  // kind, flags and the orders
};

// How many bytes of the struct the columns cover; the rest is stored unencoded.
template <std::uint16_t Type, class Record>
constexpr std::uint16_t fixed_bytes_for() {
  return Type == HT_BEHIND ? offsetof(ht_behind, segments) : sizeof(Record);
}

#define HT_SCHEMA(id, NAME, record) \
  RecordSchema{id, fixed_bytes_for<id, record>(), sizeof(record), kColumns<id, record>},
constexpr std::array kSchemas = {HT_EVENTS(HT_SCHEMA)};
#undef HT_SCHEMA

constexpr std::array kAnyColumns = {raw(kCpu), last(kTid), raw(kType)};
constexpr RecordSchema kAny{0, sizeof(ht_header), sizeof(ht_header), kAnyColumns};

// By type id: its line in kSchemas.
constexpr auto kByType = [] {
  std::array<const RecordSchema*, 256> by_type{};
  for (const RecordSchema& schema : kSchemas) by_type[schema.type] = &schema;
  return by_type;
}();

}  // namespace

const RecordSchema& schema_of(std::uint16_t type, std::uint32_t bytes) {
  if (type >= kByType.size() || kByType[type] == nullptr) return kAny;
  return bytes < kByType[type]->struct_bytes ? kAny : *kByType[type];
}

std::uint16_t struct_bytes_of(std::uint16_t type) {
  return type < kByType.size() && kByType[type] != nullptr ? kByType[type]->struct_bytes
                                                           : std::uint16_t{0};
}

}  // namespace hoodtrace
