// SPDX-License-Identifier: GPL-2.0-or-later
// A table's cell as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "view/report.hpp"
#include "view/table.hpp"

namespace hoodtrace {

// Null for what was not measured; text is made valid UTF-8.
Json to_json(const Cell& cell);

// The same as JSON text: the very bytes that json_line() (output/json.hpp) prints for it.
void append_json(std::string& out, const Cell& cell);
void append_json(std::string& out, const Json& value);
void append_json_string(std::string& out, std::string_view hostile);
void append_json_number(std::string& out, std::uint64_t value);

}  // namespace hoodtrace
