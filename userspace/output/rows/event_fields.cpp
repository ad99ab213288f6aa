// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/rows/event_fields.hpp"

namespace hoodtrace {

std::string_view type_name(FieldType type) {
  switch (type) {
    case FieldType::kUnsigned:
    case FieldType::kWide:
    case FieldType::kSigned:
      return "integer";
    case FieldType::kTruth:
      return "boolean";
    case FieldType::kText:
      return "string";
    case FieldType::kJson:
      return "list";
  }
  return "?";
}

std::string_view empty_value(FieldType type) {
  switch (type) {
    case FieldType::kUnsigned:
    case FieldType::kSigned:
      return "0";
    case FieldType::kWide:
      return "18446744073709551615";
    case FieldType::kTruth:
      return "false";
    case FieldType::kText:
      return "\"\"";
    case FieldType::kJson:
      return "[]";
  }
  return "null";
}

}  // namespace hoodtrace
