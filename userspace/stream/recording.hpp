// The trace file: the stream's records as they are, each behind its length.
//
//   8 bytes   magic "HTREC\0\0\1" (the last byte is the version)
//   then, per record: u32 length in bytes, u32 zero, the record (length is a multiple of 8)
//
// Integers are little-endian, as the records' are. A file that ends inside a record was cut there.
#pragma once

#include <cstdint>

namespace hoodtrace {

inline constexpr char kRecordingMagic[8] = {'H', 'T', 'R', 'E', 'C', 0, 0, 1};
inline constexpr std::uint32_t kMaxRecordBytes = 1 << 20;

struct RecordPrefix {
  std::uint32_t bytes;
  std::uint32_t zero;
};

}  // namespace hoodtrace
