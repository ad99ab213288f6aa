// SPDX-License-Identifier: GPL-2.0-or-later
// How each type of record is laid out in columns when it is written: the writer's choice, which the
// file carries with it (see recording.hpp). A type that is not named here gets a plain layout.
#pragma once

#include <cstdint>
#include <span>

#include "stream/recording.hpp"

namespace hoodtrace {

struct RecordSchema {
  std::uint16_t type = 0;         // 0: any record, of any size
  std::uint16_t fixed_bytes = 0;  // of its struct, those that the columns cover
  std::uint16_t struct_bytes = 0;
  std::span<const ColumnCode> columns;
};

// The schema for the type when `bytes` hold its struct, else the one for any record.
const RecordSchema& schema_of(std::uint16_t type, std::uint32_t bytes);

// Its struct's size in this program; 0 when the type is not known.
std::uint16_t struct_bytes_of(std::uint16_t type);

}  // namespace hoodtrace
