// SPDX-License-Identifier: GPL-2.0-or-later
// The trace file, version 2: blocks of records. Each block is self-contained: a damaged block costs
// its own records only.
//
//   file     8 bytes "HTREC\0\0\2", blocks, and at a good end one index block and a Trailer
//   block    BlockHeader, then stored_bytes of payload
//   payload  of kEvents, after decompression (one zstd frame, or as it is): columns
//              u16 classes, u16 zero, u32 order_bytes, u32 times_bytes
//              order_bytes: per record, in the stream's order, the number of its class (1 byte);
//                none when there is one class
//              times_bytes: per record a varint, head.time_ns minus the one before it (the first:
//                minus first_ns), zigzag
//              per class: u16 type, u16 fixed_bytes, u16 columns, u16 struct_bytes, u32
//                lengths_bytes, u32 tails_bytes; `columns` ColumnCode, each with u32 bytes; the
//                columns' bytes; lengths_bytes: per record a varint, its size minus fixed_bytes
//                (none: all zero); tails_bytes: what follows the fixed part, one record's after the
//                other
//   payload  of kIndex: per block an IndexEntry
//
// A class is the records of one type (and of one size known to the writer). A column is one field
// of the class: per record one varint. Of a field v the stored number is, modulo its width,
//   kRaw    v + 1 (so that "unknown", all ones, is short)
//   kLast   zigzag(v - p), p = `source` + `add` of the last record with the same `key`
//   kChain  zigzag(v - p), p = the value that followed the last time that the field had its present
//           value under the same `key`: which task runs next on a CPU often repeats
// No bytes at all = all of them are 0. Keys share kSlots slots (key modulo kSlots; kChain:
// kKeySlots for the key, and (key * 40503 + last v) modulo kSlots for the pair); all slots start at
// 0 in every block. So the file says itself how its fields are laid out: a struct that grows or a
// type that is new needs no new version. Columns of a class stand in an order in which key, source
// and add are known when they are needed; head.time_ns and head.type come from elsewhere (a class
// of type 0, "others", has the type as a column).
//
// All integers are little-endian; a varint is LEB128. Checksums are zlib's crc32. A block whose
// payload does not fit its checksum is skipped; where a header does not, the next kBlockMark with a
// sound header is looked for, and records_before says how many records are missing. A file without
// its trailer was cut: it replays up to its last complete block.
//
// Version 1: magic "HTREC\0\0\1", then per record u32 length, u32 zero, the record.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hoodtrace {

inline constexpr char kRecordingMagic[7] = {'H', 'T', 'R', 'E', 'C', 0, 0};  // then the version
inline constexpr char kRecordingVersion = 2;
inline constexpr std::uint32_t kMaxRecordBytes = 1 << 20;
inline constexpr std::uint32_t kMaxBlockRecords = 1 << 17;
inline constexpr std::uint32_t kMaxBlockBytes = 64 << 20;  // of payload, stored or not
inline constexpr std::uint32_t kMaxFixedBytes = 1024;
inline constexpr std::uint32_t kMaxColumns = 256;

inline constexpr std::uint32_t kBlockMark = 0x4b425448;    // "HTBK"
inline constexpr std::uint32_t kTrailerMark = 0x444e5448;  // "HTND"

enum class BlockKind : std::uint16_t { kEvents = 1, kIndex = 2 };
enum class Compression : std::uint16_t { kNone = 0, kZstd = 1 };

struct BlockHeader {
  std::uint32_t mark = kBlockMark;
  std::uint32_t header_crc = 0;  // of what follows it in the header
  std::uint32_t payload_crc = 0;
  std::uint32_t stored_bytes = 0;
  std::uint32_t raw_bytes = 0;  // of the payload, decompressed
  std::uint32_t records = 0;
  std::uint64_t first_ns = 0;  // earliest and latest head.time_ns
  std::uint64_t last_ns = 0;
  std::uint64_t records_before = 0;  // in all blocks before this one
  BlockKind kind = BlockKind::kEvents;
  Compression compression = Compression::kNone;
  std::uint16_t cpus = 0;  // CPUs with records so far have numbers below this
  std::uint16_t zero = 0;
};
static_assert(sizeof(BlockHeader) == 56);

inline constexpr std::uint16_t kNoField = 0xffff;
inline constexpr std::size_t kSlots = 4096;
inline constexpr std::size_t kKeySlots = 1024;

enum class Predict : std::uint8_t { kRaw = 0, kLast = 1, kChain = 2 };

// How one field is stored; offsets into the record.
struct ColumnCode {
  std::uint16_t offset = 0;
  std::uint8_t width = 0;  // 1, 2, 4 or 8 bytes; of source and add too
  Predict predict = Predict::kRaw;
  std::uint16_t key = kNoField;
  std::uint8_t key_width = 0;
  std::uint8_t zero = 0;
  std::uint16_t source = 0;
  std::uint16_t add = kNoField;
};
static_assert(sizeof(ColumnCode) == 12);

struct IndexEntry {
  std::uint64_t offset = 0;  // of the block's header in the file
  std::uint64_t first_ns = 0;
  std::uint64_t last_ns = 0;
  std::uint32_t records = 0;
  std::uint32_t stored_bytes = 0;
};

struct Trailer {
  std::uint64_t index_offset = 0;
  std::uint32_t crc = 0;  // of index_offset
  std::uint32_t mark = kTrailerMark;
};

}  // namespace hoodtrace
